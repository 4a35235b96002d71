import type { OrderStatus } from '../../src/domain/order.ts'
import type { DeskOptions } from './hedge-desk.ts'

/** Where the legs of a pair may be, and what that changes of the seven steps. */
export interface PairKind {
  readonly name: string
  readonly legs: Pick<DeskOptions, 'a' | 'b' | 'symbolB'>
  /** Both legs trade on one book: B could trade with what rests of A. */
  readonly isShared: boolean
  /** How a hedge is stored that B's venue took and then ended without a trade. */
  readonly endedShort: OrderStatus
}

export const PAIR_KINDS: readonly PairKind[] = [
  { name: 'on one market', legs: {}, isShared: true, endedShort: 'canceled' },
  { name: 'on two markets', legs: { symbolB: 'ETHUSDT' }, isShared: false, endedShort: 'canceled' },
  { name: 'across Bybit and Lighter', legs: { b: 'lighter' }, isShared: false, endedShort: 'rejected' },
  { name: 'across Lighter and Bybit', legs: { a: 'lighter' }, isShared: false, endedShort: 'canceled' },
  {
    name: 'on one market of Lighter',
    legs: { a: 'lighter', b: 'lighter' },
    isShared: true,
    endedShort: 'rejected',
  },
]
