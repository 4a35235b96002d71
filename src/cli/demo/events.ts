import { absolute, formatDecimal } from '../../domain/decimal.ts'
import type { Decision } from '../../domain/decision.ts'
import type { Interval } from '../../domain/history.ts'
import { symbolOf } from '../../domain/ids.ts'
import { knownFilled, type Order, type Side } from '../../domain/order.ts'
import { REASONS } from '../../domain/reason.ts'
import { HOPS, type Hops, hopsOf } from '../../logic/hops.ts'
import { dateText } from '../job-bar.ts'
import { LEADER } from './world.ts'

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
    ms: hopsOf(decision.times),
  }
}

export function isCopy(event: CopyEvent): boolean {
  return event.outcome === 'copied' || event.outcome === 'partly'
}

/** Where everything is, as soon as all accounts are live. */
export interface Ready {
  /** Of the simulated exchange. */
  readonly exchangeUrl: string
  /** Of REST and live push. */
  readonly serverUrl: string
  /** Null: somebody owns it. */
  readonly firstOwnerUrl: string | null
  /** What a person types to see an account live. */
  readonly watchCommand: string
  /** And to see how far the past of the accounts is here. */
  readonly historyCommand: string
  /** Since the start, ms. */
  readonly ms: number
}

export function readyText(ready: Ready, show: 'lines' | 'json'): string {
  const { exchangeUrl, serverUrl, firstOwnerUrl, watchCommand, ms } = ready
  if (show === 'json')
    return JSON.stringify({
      event: 'ready',
      url: exchangeUrl,
      ms,
      server: serverUrl,
      firstOwner: firstOwnerUrl,
    })
  const lines = [
    `Ready in ${ms} ms. PAPER: a simulated Bybit exchange at ${exchangeUrl}, where "${LEADER}" trades every few seconds.`,
    `REST and live push at ${serverUrl}; see an account live with: ${watchCommand}`,
    ...(firstOwnerUrl === null
      ? []
      : [`Nobody owns this server yet. Open ${firstOwnerUrl} once, on this machine.`]),
  ]
  return lines.join('\n')
}

/** What can be said of the past of all accounts. */
export interface HistoryWhole extends Pick<Ready, 'historyCommand'> {
  readonly accounts: number
  /** The venue's clock, ms. */
  readonly complete: Interval
}

export function historyText(
  { accounts, complete, historyCommand }: HistoryWhole,
  show: 'lines' | 'json',
): string {
  if (show === 'json') return JSON.stringify({ event: 'history', accounts, ...complete })
  return `${historyLine(accounts, complete)}; see it with: ${historyCommand}`
}

/** Times in UTC, like those of the command. */
export function historyLine(accounts: number, { from, to }: Interval): string {
  return `History of ${accounts} accounts complete from ${dateText(from)} to ${dateText(to)} UTC`
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
