import type { Verdict } from './evidence.ts'

export interface CandleRun {
  /** CSV text with the header that exchange/core/candles.ts reads. */
  readonly candles: string
  /** World seconds per second, at most 20. */
  readonly speed: number
  /** Of the world. */
  readonly hours: number
  readonly seed: number
  /** Progress, a line at a time. */
  print(line: string): void
}

export interface CandleReport extends Verdict {
  readonly speed: number
  readonly hours: number
  readonly wallSeconds: number
  readonly leaderOrders: number
  /** How often the venue refused the leader, by its code. */
  readonly leaderRefused: Readonly<Record<string, number>>
  /** Warnings and errors of the server, by event. */
  readonly events: Readonly<Record<string, number>>
  readonly rssMb: number
}
