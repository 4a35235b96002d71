import { absolute, add, type Decimal, divide, subtract, ZERO } from '../domain/decimal.ts'
import type { Fill } from '../domain/fill.ts'
import type { AccountId, TradeId, VenueOrderId } from '../domain/ids.ts'
import { type Side, sideOf, signedQuantity } from '../domain/order.ts'
import type { Signal } from '../domain/signal.ts'

export interface SignalInput {
  readonly signal: Signal
  /** The virtual leader that it moves. */
  readonly accountId: AccountId
  /** What the leader holds of the instrument, signed, base units. */
  readonly held: Decimal
  /** Quote per base: the sender's, or the mark when it came. */
  readonly fillPrice: Decimal
  /** The source's own count of fills, this one included. */
  readonly sequence: number
}

/** Whether it moves anything: a target that is held already does not, and needs no price. */
export function isMove({ action }: Signal, held: Decimal): boolean {
  return action.kind === 'trade' || action.quantity !== held
}

/** Whether it only takes away from what is held, down to nothing at most: then a price only says what was gained. */
export function isReduction(input: Pick<SignalInput, 'signal' | 'held' | 'fillPrice'>): boolean {
  const { held } = input
  const { side, quantity } = tradeOf(input)
  const after = add(held, signedQuantity(side, quantity))
  return held > ZERO ? after >= ZERO && after < held : after <= ZERO && after > held
}

/**
 * The trade that a signal makes of its virtual leader, as if a venue had told it: one signal, one whole order.
 *
 * @returns null: it moves nothing
 */
export function fillOfSignal(input: SignalInput): Fill | null {
  const { signal, accountId, fillPrice, sequence } = input
  const { side, quantity } = tradeOf(input)
  if (quantity === ZERO) return null
  return {
    accountId,
    instrumentId: signal.instrumentId,
    positionIndex: 0,
    tradeId: asVenueId<TradeId>(signal),
    venueOrderId: asVenueId<VenueOrderId>(signal),
    clientOrderId: null,
    side,
    quantity,
    fillPrice,
    orderQuantity: quantity,
    fee: ZERO,
    liquidity: 'taker',
    cause: 'trade',
    venueSequence: sequence,
    at: signal.at,
  }
}

/** A notional may be too small to make any quantity of it in 18 places. */
function tradeOf({
  signal: { action },
  held,
  fillPrice,
}: Pick<SignalInput, 'signal' | 'held' | 'fillPrice'>): { side: Side; quantity: Decimal } {
  if (action.kind === 'target') {
    const missing = subtract(action.quantity, held)
    if (missing === ZERO) return { side: 'buy', quantity: ZERO }
    return { side: sideOf(missing), quantity: absolute(missing) }
  }
  const { side, size } = action
  return { side, quantity: size.kind === 'quantity' ? size.quantity : divide(size.notional, fillPrice) }
}

/** A signal's id is unique like a venue's: it is what counts its trade once. */
function asVenueId<T extends TradeId | VenueOrderId>({ id }: Signal): T {
  return id as string as T
}
