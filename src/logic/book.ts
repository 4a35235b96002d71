import { type Decimal, ZERO } from '../domain/decimal.ts'
import type { Fill } from '../domain/fill.ts'
import type { Book } from '../domain/link-state.ts'
import { signedQuantity } from '../domain/order.ts'
import { applyTrade } from '../domain/position.ts'

/** What one leader fill did to the leader's position. A flip is a full reduction, then an increase. */
export type LeaderChange =
  | { readonly part: 'reduce'; readonly from: Decimal; readonly to: Decimal }
  /** `delta` is signed: what was added in the direction of the position. `to` is the position after. */
  | { readonly part: 'increase'; readonly delta: Decimal; readonly to: Decimal }

export interface BookStep {
  readonly book: Book
  readonly changes: readonly LeaderChange[]
}

/** Adds one fill to a source's book. The caller has made sure that it is new and in order. */
export function applyLeaderFill(book: Book, fill: Fill): BookStep {
  const before = book.quantity
  const traded = applyTrade(book, signedQuantity(fill.side, fill.quantity), fill.fillPrice)
  const changes: LeaderChange[] = []
  if (traded.closed !== ZERO) {
    const to = traded.opened === ZERO ? traded.position.quantity : ZERO
    changes.push({ part: 'reduce', from: before, to })
  }
  if (traded.opened !== ZERO) {
    changes.push({ part: 'increase', delta: traded.opened, to: traded.position.quantity })
  }
  const venueSequence = Math.max(book.venueSequence, fill.venueSequence)
  return { book: { ...book, ...traded.position, venueSequence }, changes }
}
