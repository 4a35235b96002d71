import { absolute, formatDecimal } from '../../domain/decimal.ts'
import { symbolOf } from '../../domain/ids.ts'
import { costBps, type Pair, type Round, unhedgedMs } from '../../domain/pair.ts'
import { clockTime } from './events.ts'

/** A round of the demo's pair that is over. */
export interface HedgeEvent {
  /** Our clock, ms. */
  readonly at: number
  readonly pair: string
  readonly round: number
  readonly symbol: string
  /** What A did. */
  readonly side: 'buy' | 'sell'
  /** Base units. */
  readonly quantity: string
  readonly outcome: string
  /** Orders of B. */
  readonly attempts: number
  /** By the venue's clock. */
  readonly unhedgedMs: number
  /** To hundredths. Null: nothing to compare. */
  readonly costBps: number | null
}

export function hedgeEvent(round: Round, { name, a }: Pair, at: number): HedgeEvent {
  const cost = costBps(round)
  return {
    at,
    pair: name,
    round: round.number,
    symbol: symbolOf(a.instrumentId),
    side: round.quantityA < 0n ? 'sell' : 'buy',
    quantity: formatDecimal(absolute(round.quantityA)),
    outcome: round.outcome,
    attempts: round.attempts.length,
    unhedgedMs: unhedgedMs(round) ?? 0,
    costBps: cost === null ? null : Math.round(cost * 100) / 100,
  }
}

export function hedgeJsonLine({ at: _, ...event }: HedgeEvent): string {
  return JSON.stringify({ event: 'hedge', ...event })
}

export function hedgePlainLine(event: HedgeEvent): string {
  const { at, outcome, pair, symbol, side, quantity } = event
  return `${clockTime(at)} ${outcome.padEnd(8)} ${pair.padEnd(6)} ${symbol} ${side} ${quantity}, ${timeAndCost(event)}`
}

/** 12 ms unhedged, cost 0.31 bps */
export function timeAndCost({ unhedgedMs: ms, costBps: cost }: HedgeEvent): string {
  return `${ms} ms unhedged${cost === null ? '' : `, cost ${cost.toFixed(2)} bps`}`
}
