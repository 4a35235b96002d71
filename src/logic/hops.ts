import type { HopTimes } from '../domain/decision.ts'

/** The hops of a copy, in their order. */
export const HOPS = ['receive', 'decide', 'persist', 'send', 'ack', 'fill'] as const
export type Hop = (typeof HOPS)[number]

/** What each hop of a copy took, ms; null where it was not passed. */
export interface Hops extends Readonly<Record<Hop, number | null>> {
  /** From the leader's fill, by the venue's clock, to the follower's, by ours. */
  readonly total: number | null
}

export function hopsOf(times: HopTimes): Hops {
  const { leaderFillAt, receivedAt, decidedAt, persistedAt, sentAt, ackedAt, filledAt } = times
  return {
    receive: between(leaderFillAt, receivedAt),
    decide: between(receivedAt, decidedAt),
    persist: between(decidedAt, persistedAt),
    send: between(persistedAt, sentAt),
    ack: between(sentAt, ackedAt),
    fill: between(ackedAt, filledAt),
    total: between(leaderFillAt, filledAt),
  }
}

/** A report may overtake an answer, and clocks tick in whole milliseconds: never below 0. */
function between(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : Math.max(0, Math.round((to - from) * 10) / 10)
}
