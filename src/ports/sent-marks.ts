import type { AccountId } from '../domain/ids.ts'
import type { Order } from '../domain/order.ts'

/**
 * How far a process has come with handing orders to the network, kept where its death leaves it and no disk is waited for.
 *
 * It outlives the process, not the machine: what it cannot tell is doubted.
 */
export interface SentMarks {
  /** Told before the first byte of an order may leave. Throws when it cannot be kept: then no byte may leave. */
  mark(sequence: number): void
  /** Whether the process that claimed the order certainly ended before a byte of it left. */
  neverLeft(order: Order): boolean
}

/** @param epochs of the leases that this process has from now on: what it claims is known by them */
export type OpenSentMarks = (epochs: ReadonlyMap<AccountId, number>) => SentMarks

export const NO_MARKS: SentMarks = { mark: () => {}, neverLeft: () => false }
