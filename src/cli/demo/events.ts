import { absolute, formatDecimal } from '../../domain/decimal.ts'
import type { Decision } from '../../domain/decision.ts'
import { symbolOf } from '../../domain/ids.ts'
import { knownFilled, type Order, type Side } from '../../domain/order.ts'
import { REASONS } from '../../domain/reason.ts'
import { LEADER } from './world.ts'

/** The hops of a copy, in their order. */
export const HOPS = ['receive', 'decide', 'persist', 'send', 'ack', 'fill'] as const

/** What each hop of a copy took, ms; null where it was not passed. */
export interface Hops extends Readonly<Record<(typeof HOPS)[number], number | null>> {
  /** From the leader's fill, by the venue's clock, to the follower's, by ours. */
  readonly total: number | null
}

/** One follower's outcome for one leader fill, as the demo shows it. */
export interface CopyEvent {
  /** Our clock, ms. */
  readonly at: number
  readonly account: string
  readonly symbol: string
  readonly side: Side | null
  /** Base units. */
  readonly quantity: string
  readonly outcome: string
  readonly reason: string
  /** For a person: why, and what to do. */
  readonly sentence: string
  readonly ms: Hops
}

export function copyEvent(
  decision: Decision,
  order: Order | null,
  of: { account: string; at: number },
): CopyEvent {
  const reason = decision.reason ?? 'copied'
  return {
    ...of,
    symbol: symbolOf(decision.instrumentId),
    side: order?.side ?? null,
    quantity: formatDecimal(order === null ? absolute(decision.quantity) : knownFilled(order)),
    outcome: decision.outcome ?? decision.status,
    reason,
    sentence: decision.detail === null ? REASONS[reason] : `${REASONS[reason]} (${decision.detail})`,
    ms: hopsOf(decision),
  }
}

export function isCopy(event: CopyEvent): boolean {
  return event.outcome === 'copied' || event.outcome === 'partly'
}

function hopsOf({ times }: Decision): Hops {
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

export function readyLine({ url, ms }: { url: string; ms: number }, show: 'lines' | 'json'): string {
  if (show === 'json') return JSON.stringify({ event: 'ready', url, ms })
  return `Ready in ${ms} ms. PAPER: a simulated Bybit exchange at ${url}, where "${LEADER}" trades every few seconds.`
}

/** One object per line; the keys are fixed by the measures of the project. */
export function jsonLine(event: CopyEvent): string {
  const { account, symbol, quantity, side, outcome, reason, ms, sentence } = event
  if (isCopy(event)) return JSON.stringify({ event: 'copy', account, symbol, quantity, side, outcome, ms })
  return JSON.stringify({ event: 'skip', account, reason, symbol, outcome, sentence })
}

export function plainLine(event: CopyEvent): string {
  const { account, symbol, side, quantity, outcome, ms, sentence } = event
  const head = `${clockTime(event.at)} ${outcome.padEnd(8)} ${account.padEnd(6)} ${symbol}`
  if (!isCopy(event)) return `${head}: ${sentence}`
  const hops = HOPS.map(hop => `${hop} ${ms[hop] ?? '-'}`).join(', ')
  return `${head} ${side} ${quantity} in ${ms.total ?? '-'} ms (${hops})`
}

/** 20 copied · 4 skipped */
export function countsText(counts: ReadonlyMap<string, number>): string {
  const most = [...counts].sort(([, a], [, b]) => b - a)
  return most.map(([outcome, count]) => `${count} ${outcome}`).join(' · ')
}

/** The demo's symbols are all in USDT: what they are of is enough. */
export function shortSymbol(symbol: string): string {
  return symbol.replace(/USDT$/, '')
}

export function clockTime(at: number): string {
  return new Date(at).toTimeString().slice(0, 8)
}
