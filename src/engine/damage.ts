import { add, formatDecimal, ZERO } from '../domain/decimal.ts'
import { signedQuantity } from '../domain/order.ts'
import type { Store, StoreImage } from '../ports/store.ts'
import type { AccountState } from './state.ts'

const WHAT_TO_DO =
  'Lockstep did not write it so: the database was changed by hand or is damaged. Restore a backup, or begin with an empty data folder.'

/**
 * What a store that only Lockstep has written cannot hold. Nothing is sent from such a store, because everything
 * that could be would be a guess.
 *
 * @returns a sentence for each, with what to do
 */
export async function findDamage(image: StoreImage, store: Store): Promise<readonly string[]> {
  const found: string[] = []
  const known = new Set(image.intents.map(({ intentId }) => intentId))
  for (const { id, status, intentId } of image.decisions) {
    if (status !== 'working' || intentId === null || known.has(intentId)) continue
    if ((await store.intent(intentId)) === null)
      found.push(`Decision ${id} is carried out by order ${intentId}, and there is none. ${WHAT_TO_DO}`)
  }
  for (const { clientOrderId, filled, quantity } of image.intents) {
    if (filled < ZERO || filled > quantity)
      found.push(
        `Order ${clientOrderId} of ${formatDecimal(quantity)} has ${formatDecimal(filled)} filled. ${WHAT_TO_DO}`,
      )
  }
  return found
}

/** Before orders are made of what a leader did while nobody looked: its trades must come to what it holds (I4). */
export async function findLeaderDamage(
  store: Store,
  { account: { id, name }, holdings }: AccountState,
): Promise<readonly string[]> {
  const stored = await store.fills(id)
  const found: string[] = []
  for (const { position } of holdings.values()) {
    const { instrumentId, positionIndex, openingQuantity, quantity } = position
    const counted = stored
      .filter(({ fill }) => fill.instrumentId === instrumentId && fill.positionIndex === positionIndex)
      .reduce((sum, { fill }) => add(sum, signedQuantity(fill.side, fill.quantity)), openingQuantity)
    if (counted === quantity) continue
    const sums = `${formatDecimal(counted)} by its trades, ${formatDecimal(quantity)} by its position`
    found.push(`The leader ${name} holds ${sums} of ${instrumentId}. ${WHAT_TO_DO}`)
  }
  return found
}
