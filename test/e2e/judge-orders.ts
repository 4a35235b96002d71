import { symbolOf } from '../../src/domain/ids.ts'
import { isTerminal, type Order } from '../../src/domain/order.ts'
import { amountOf } from '../simulation/checkers/amounts.ts'
import type { OrderFact, Received } from './audit.ts'
import type { Evidence } from './evidence.ts'
import { splitKey } from './records.ts'

/** Two clocks that are read in whole milliseconds, and world time that is rounded to them. */
const CLOCK_TOLERANCE_MS = 2

/** I1 and I2: no intent accepted twice, no order of ours without one, and each durable before its bytes left. */
export function judgeOrders(evidence: Evidence): { readonly orders: number } {
  const { audit, records, leader, meddlers, violate } = evidence
  const persisted = persistedTimes(evidence)
  const prefix = `LS${records.image.installationTag}`
  let orders = 0
  for (const [key, fact] of audit.orders) {
    const [account, clientOrderId] = splitKey(key)
    if (!clientOrderId.startsWith(prefix)) {
      if (account !== leader && !meddlers.has(account))
        violate('I2', `${account} sent ${clientOrderId}, which is not one of ours`)
      continue
    }
    orders += 1
    if (fact.accepted > 1) violate('I1', `${key} was accepted ${fact.accepted} times`)
    const intent = records.intents.get(key)
    if (intent === undefined) violate('I2', `the exchange received ${key}, which has no intent`)
    else judgeOrder(evidence, intent, fact, persisted.get(intent.intentId) ?? null)
  }
  return { orders }
}

function judgeOrder(
  { violate, wallAt }: Evidence,
  intent: Order,
  fact: OrderFact,
  persistedAt: number | null,
): void {
  const { clientOrderId, status } = intent
  for (const received of fact.received) {
    if (!isSame(intent, received)) violate('I2', `${clientOrderId} arrived unlike its intent`)
    const receivedAt = wallAt(received.at)
    if (persistedAt !== null && persistedAt > receivedAt + CLOCK_TOLERANCE_MS)
      violate('I2', `${clientOrderId} arrived at ${receivedAt}, durable only at ${persistedAt}`)
  }
  if (!isTerminal(status)) violate('I15', `${clientOrderId} is still ${status} at rest`)
  if ((status === 'filled') !== (fact.ended === 'filled'))
    violate('I10', `${clientOrderId} is ${status} here and ${fact.ended} at the exchange`)
  if (status === 'never_accepted' && fact.accepted > 0)
    violate('I10', `${clientOrderId} was given up but the exchange had accepted it`)
}

function isSame(intent: Order, received: Received): boolean {
  return (
    symbolOf(intent.instrumentId) === received.symbol &&
    intent.side === received.side &&
    intent.reduceOnly === received.reduceOnly &&
    intent.quantity === amountOf(received.quantity)
  )
}

/** Our clock, ms, by intent: when the commit that made it was acknowledged, as its decisions noted it. */
function persistedTimes({ records }: Evidence): ReadonlyMap<string, number> {
  const times = new Map<string, number>()
  for (const { decisions } of records.links) {
    for (const { intentId, times: hops } of decisions) {
      if (intentId !== null && hops.persistedAt !== null) times.set(intentId, hops.persistedAt)
    }
  }
  return times
}
