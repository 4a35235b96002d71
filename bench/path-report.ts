import { cpus } from 'node:os'
import type { Decision, HopTimes } from '../src/domain/decision.ts'
import { percentile } from '../test/e2e/percentile.ts'

export interface Spread {
  readonly p50: number | null
  readonly p99: number | null
  readonly mean: number | null
}

export const STAGES = ['receive', 'decide', 'persist', 'send'] as const
export type StageName = (typeof STAGES)[number]

export interface PathReport {
  readonly followers: number
  readonly rounds: number
  /** Ms, over every order of every round. */
  readonly stages: Readonly<Record<StageName, Spread>>
  /** Ms by the exchange's clock, over the rounds: its receipt of the last order after the leader's fill. */
  readonly lastOrderMs: Spread
  readonly floorLastOrderMs: Spread
  /** Medians. */
  readonly ratioToFloor: number | null
  /** This process, from the leader's order to the last fill counted; the leader's own request is in it. */
  readonly cpuUsPerOrder: number | null
  readonly floorCpuUsPerOrder: number | null
  readonly cpuRatioToFloor: number | null
  readonly rssMb: number
  /** One 4 KiB write and fsync in the same folder, between the rounds: what a durable commit cannot be below. */
  readonly fsyncMs: Spread
  /** Orders that the rounds did not bring to the exchange; 0 when everyone copied. */
  readonly missing: number
  readonly cores: number
  readonly node: string
}

/** One order of a leader, and what followed. */
export interface Round {
  readonly lastOrderMs: number | null
  readonly orders: number
  readonly cpuUs: number
}

export interface Measured {
  readonly followers: number
  readonly rounds: readonly Round[]
  readonly floorRounds: readonly Round[]
  readonly copies: readonly Decision[]
  readonly fsyncMs: readonly number[]
}

export function reportOf({ followers, rounds, floorRounds, copies, fsyncMs }: Measured): PathReport {
  const stage = (hop: (times: HopTimes) => number | null): Spread =>
    spread(copies.map(({ times }) => hop(times)).filter(ms => ms !== null))
  const lastOrderMs = lastOrders(rounds)
  const floorLastOrderMs = lastOrders(floorRounds)
  const cpuUsPerOrder = cpuOf(rounds)
  const floorCpuUsPerOrder = cpuOf(floorRounds)
  return {
    followers,
    rounds: rounds.length,
    stages: {
      receive: stage(({ leaderFillAt, receivedAt }) => receivedAt - leaderFillAt),
      decide: stage(({ receivedAt, decidedAt }) => decidedAt - receivedAt),
      persist: stage(({ decidedAt, persistedAt }) => (persistedAt === null ? null : persistedAt - decidedAt)),
      send: stage(({ persistedAt, sentAt }) =>
        persistedAt === null || sentAt === null ? null : sentAt - persistedAt,
      ),
    },
    lastOrderMs,
    floorLastOrderMs,
    ratioToFloor: ratio(lastOrderMs.p50, floorLastOrderMs.p50),
    cpuUsPerOrder,
    floorCpuUsPerOrder,
    cpuRatioToFloor: ratio(cpuUsPerOrder, floorCpuUsPerOrder),
    rssMb: Math.round(process.memoryUsage.rss() / 1_048_576),
    fsyncMs: spread(fsyncMs),
    missing: rounds.reduce((missing, { orders }) => missing + followers - orders, 0),
    cores: cpus().length,
    node: process.version,
  }
}

function lastOrders(rounds: readonly Round[]): Spread {
  return spread(rounds.map(({ lastOrderMs }) => lastOrderMs).filter(ms => ms !== null))
}

function cpuOf(rounds: readonly Round[]): number | null {
  const orders = rounds.reduce((sum, round) => sum + round.orders, 0)
  const cpuUs = rounds.reduce((sum, round) => sum + round.cpuUs, 0)
  return orders === 0 ? null : Math.round(cpuUs / orders)
}

function ratio(a: number | null, b: number | null): number | null {
  return a === null || b === null || b === 0 ? null : Math.round((a / b) * 100) / 100
}

function spread(values: readonly number[]): Spread {
  const sum = values.reduce((total, value) => total + value, 0)
  const mean = values.length === 0 ? null : Math.round((sum / values.length) * 100) / 100
  return { p50: percentile(values, 0.5), p99: percentile(values, 0.99), mean }
}
