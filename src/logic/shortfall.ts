import {
  absolute,
  add,
  type Decimal,
  maximum,
  minimum,
  negate,
  sign,
  subtract,
  ZERO,
} from '../domain/decimal.ts'
import type { LinkState } from '../domain/link-state.ts'
import { isTerminal, leavesQuantity, type Order, signedQuantity, unseenQuantity } from '../domain/order.ts'

/** Signed quantity that openings may still add: what rests, what is in doubt, what is reported but not yet seen. */
export function openingsInFlight(orders: readonly Order[]): Decimal {
  return inFlight(orders, order => order.purpose !== 'exit')
}

/** Whether an opening may still trade on the other side than desired: adding to it would net, not copy. */
export function isOpposed(state: LinkState, orders: readonly Order[]): boolean {
  const direction = sign(state.desired)
  return (
    direction !== 0 && orders.some(order => order.purpose !== 'exit' && sign(pending(order)) === -direction)
  )
}

/** Signed quantity that exits may still take away. */
export function exitsInFlight(orders: readonly Order[]): Decimal {
  return inFlight(orders, order => order.purpose === 'exit')
}

function inFlight(orders: readonly Order[], counts: (order: Order) => boolean): Decimal {
  let total: Decimal = ZERO
  for (const order of orders) {
    if (counts(order)) total = add(total, pending(order))
  }
  return total
}

/** Signed: what an order may still add to attributed. */
function pending(order: Order): Decimal {
  return signedQuantity(order.side, add(leavesQuantity(order), unseenQuantity(order)))
}

/**
 * desired - attributed - openings in flight: what is still to be opened, not yet rounded.
 *
 * @returns signed like desired; 0 when there is nothing to open or the other side is still held or bought
 */
export function openingGap(state: LinkState, orders: readonly Order[]): Decimal {
  const direction = sign(state.desired)
  if (sign(state.attributed) === -direction || isOpposed(state, orders)) return ZERO
  return missingQuantity(state, orders)
}

/** The same, whatever is still in the way. */
function missingQuantity(state: LinkState, orders: readonly Order[]): Decimal {
  const direction = sign(state.desired)
  const onItsWay = inFlight(orders, order => order.purpose !== 'exit' && sign(pending(order)) === direction)
  return onSide(direction, subtract(notHeld(state, orders), onItsWay))
}

/**
 * The part of desired that neither is held nor has an order whose increases want it: after an order's end
 * nobody follows it up. An order that its leader has overtaken may be larger than what its increases want by
 * now; what it is too large by stands for nothing.
 *
 * @param wantedOf size of the increases of an order in flight, base units, whatever it has brought of them
 * @returns size, base units, >= 0
 */
export function unownedQuantity(
  state: LinkState,
  orders: readonly Order[],
  wantedOf: (order: Order) => Decimal,
): Decimal {
  const direction = sign(state.desired)
  let size = absolute(notHeld(state, orders))
  for (const order of orders) {
    const quantity = pending(order)
    if (order.purpose === 'exit' || sign(quantity) !== direction) continue
    // What is reported and not yet counted is on its way like what may still trade.
    const awaited = maximum(ZERO, subtract(wantedOf(order), order.filled))
    size = subtract(size, minimum(absolute(quantity), awaited))
  }
  return size > 0n ? size : ZERO
}

/** Signed: the part of desired that is not held. What an exit in flight may close is not held. */
function notHeld(state: LinkState, orders: readonly Order[]): Decimal {
  const direction = sign(state.desired)
  const leaving = inFlight(orders, order => order.purpose === 'exit' && sign(pending(order)) === -direction)
  const stays = onSide(direction, add(state.attributed, leaving))
  return onSide(direction, subtract(state.desired, stays))
}

function onSide(direction: -1 | 0 | 1, quantity: Decimal): Decimal {
  return sign(quantity) === direction ? quantity : ZERO
}

/**
 * attributed - desired, at most the position on that side: what must be closed now.
 *
 * @param position the venue's signed position by our count, base units
 * @returns signed like attributed; 0 when nothing is to be closed
 */
export function exitGap(state: LinkState, position: Decimal): Decimal {
  const side = sign(state.attributed)
  if (side === 0 || sign(position) !== side) return ZERO
  const kept =
    sign(state.desired) === side ? minimum(absolute(state.desired), absolute(state.attributed)) : ZERO
  const size = minimum(subtract(absolute(state.attributed), kept), absolute(position))
  return side > 0 ? size : negate(size)
}

/** Resting openings that would carry the follower past desired when they trade, newest first. */
export function openingsInTheWay(state: LinkState, orders: readonly Order[]): readonly Order[] {
  const openings = orders.filter(isResting)
  const inTheWay: Order[] = []
  let held = add(state.attributed, openingsInFlight(orders))
  for (const order of [...openings].sort((a, b) => b.sequence - a.sequence)) {
    const over =
      sign(state.desired) === 0 ||
      sign(held) !== sign(state.desired) ||
      absolute(held) > absolute(state.desired)
    if (held === ZERO || !over) break
    inTheWay.push(order)
    held = subtract(held, signedQuantity(order.side, leavesQuantity(order)))
  }
  return inTheWay
}

/** Every opening that rests: where nothing may be opened any more. */
export function restingOpenings(orders: readonly Order[]): readonly Order[] {
  return orders.filter(isResting)
}

/** What is not good till cancelled ends by itself; a cancel could only race it. */
function isResting(order: Order): boolean {
  return order.purpose !== 'exit' && order.timeInForce === 'gtc' && !isTerminal(order.status)
}

/**
 * Forgoes up to `quantity` of what is still to be opened, so that trying again can never buy it.
 *
 * @param quantity size, base units, >= 0
 */
export function writeDown(state: LinkState, orders: readonly Order[], quantity: Decimal): LinkState {
  return lower(state, quantity, missingQuantity(state, orders))
}

/** The same of what no order carries: it is a part of desired, whatever is held or on its way. */
export function forgoWaiting(state: LinkState, quantity: Decimal): LinkState {
  return lower(state, quantity, state.desired)
}

/** @param most signed like desired */
function lower(state: LinkState, quantity: Decimal, most: Decimal): LinkState {
  const size = minimum(quantity, absolute(most))
  return { ...state, desired: subtract(state.desired, most < 0n ? negate(size) : size) }
}

/**
 * A trade that no order of ours stands behind, on an account that a link follows with.
 *
 * What closes takes the foreign part of the position first; the rest lowers attributed and desired
 * together, so that nothing closed by a stop or by hand is opened again. When all of it is closed, what
 * was still to be opened is not wanted either. What opens touches no link. In how many trades an order
 * closes makes no difference.
 *
 * @param position signed, before the trade @param traded signed
 * @returns the state, and the signed part that moved attributed
 */
export function applyForeignTrade(
  state: LinkState,
  position: Decimal,
  traded: Decimal,
): { readonly state: LinkState; readonly attributed: Decimal } {
  const side = sign(state.attributed)
  if (side === 0 || sign(position) !== side || sign(traded) !== -side) return { state, attributed: ZERO }
  const foreign = subtract(position, state.attributed)
  const foreignCover = sign(foreign) === side ? absolute(foreign) : ZERO
  const closed = minimum(absolute(traded), absolute(position))
  const beyond = subtract(closed, foreignCover)
  if (beyond <= 0n) return { state, attributed: ZERO }
  const moved = side > 0 ? negate(beyond) : beyond
  const attributed = add(state.attributed, moved)
  // A side that was to be closed anyway was closed for us: that is no reason to stop.
  if (sign(state.desired) !== side) return { state: { ...state, attributed }, attributed: moved }
  const lowered = add(state.desired, moved)
  const desired = attributed !== ZERO && sign(lowered) === side ? lowered : ZERO
  return {
    state: { ...state, attributed, desired, stopped: state.stopped || desired === ZERO },
    attributed: moved,
  }
}
