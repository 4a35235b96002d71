import {
  absolute,
  add,
  type Decimal,
  decimal,
  divide,
  multiply,
  subtract,
  toNumber,
  ZERO,
} from './decimal.ts'
import type { AccountId, InstrumentId, IntentId, PairId, RoundId } from './ids.ts'
import type { Origin } from './strategy.ts'

/** One account's place for one instrument. */
export interface Leg {
  readonly accountId: AccountId
  readonly instrumentId: InstrumentId
}

export const LEG_NAMES = ['a', 'b'] as const
export type LegName = (typeof LEG_NAMES)[number]

/** Whose trades a pair hedges: those of anybody on A, or those of its own quotes there. */
export const PAIR_MODES = ['mirror', 'quote_cycle'] as const
export type PairMode = (typeof PAIR_MODES)[number]

/** Quote-cycle mode: A buys at the depth, then sells what it bought, and so on. */
export interface Quoting {
  /** Base units of A, > 0: what one cycle buys. */
  readonly quantity: Decimal
  /** 1 is the best price. */
  readonly depthLevel: number
  /** A quote is cancelled and made anew after this. */
  readonly makerTimeoutMs: number
  /** The pair pauses after so many; null: it goes on. */
  readonly maximumCycles: number | null
}

/** Two legs of which B follows A: B shall hold -ratio x what A holds. */
export interface Pair {
  readonly id: PairId
  readonly origin: Origin
  readonly name: string
  readonly a: Leg
  readonly b: Leg
  /** Of A's quantity, basis points: 10 000 is one to one. */
  readonly ratioBps: number
  /** Base units of B: while more than this is unhedged, A opens nothing. */
  readonly tolerance: Decimal
  /** The worst price of a hedge, away from the best opposite price, basis points. */
  readonly hedgeSlippageBps: number
  /** Hedges in a row that may end short before the pair pauses. */
  readonly attempts: number
  readonly retryEveryMs: number
  /** A hedge whose fate is not known for this long pauses the pair. */
  readonly confirmTimeoutMs: number
  /** Both legs are closed when hedging is impossible for this long. */
  readonly forceCloseAfterMs: number
  readonly forceCloseSlippageBps: number
  /** Null: mirror mode. */
  readonly quoting: Quoting | null
}

export function modeOf({ quoting }: Pick<Pair, 'quoting'>): PairMode {
  return quoting === null ? 'mirror' : 'quote_cycle'
}

export const PAIR_DEFAULTS = {
  ratioBps: 10_000,
  hedgeSlippageBps: 50,
  attempts: 3,
  retryEveryMs: 1_000,
  confirmTimeoutMs: 30_000,
  forceCloseAfterMs: 30_000,
  forceCloseSlippageBps: 200,
} as const

export const QUOTING_DEFAULTS = { depthLevel: 1, makerTimeoutMs: 30_000, maximumCycles: null } as const

export const PAIR_PHASES = ['idle', 'quoting', 'exposed', 'hedging', 'paused', 'closing'] as const
export type PairPhase = (typeof PAIR_PHASES)[number]

/** Why a pair is paused, with what to do. Sticky until somebody resumes it. */
export const PAIR_PAUSES = {
  by_hand: 'Somebody paused it. Resume it when it may quote again.',
  finished: 'It has made all its cycles. Raise maximumCycles or resume it for as many again.',
  misfit: 'Its settings do not fit its markets. Change them as the notice says, and resume it.',
  hedge_failed: 'B could not be hedged. Mend what the notice says, check both positions, and resume it.',
  unconfirmed:
    'The venue has not said what became of a hedge. Look at the order on the venue, and resume it.',
  force_closed: 'Both legs were closed because B could not be hedged. Find out why, and resume it.',
  flattened: 'Somebody flattened it. Resume it when it may trade again.',
} as const satisfies Record<string, string>
export type PairPause = keyof typeof PAIR_PAUSES

/** What a pair remembers through a restart. */
export interface PairState {
  readonly pairId: PairId
  readonly phase: PairPhase
  /** Kept while closing: it is paused again afterwards. */
  readonly pause: PairPause | null
  /** The one leg that a person wants closed; null: both, or none. */
  readonly closingLeg: LegName | null
  /** Signed, base units: what the legs held when the pair began, which is not its business. Null: not begun. */
  readonly baseA: Decimal | null
  readonly baseB: Decimal | null
  /** Hedges in a row that ended short. */
  readonly attempts: number
  /** Our clock, ms: since when more than B's lot is unhedged; null: hedged. */
  readonly unhedgedSince: number | null
  /** What A's next quote is for. */
  readonly cycleSide: 'open' | 'close'
  readonly cycles: number
  /** Rounds so far. */
  readonly rounds: number
}

/** How a pair stood after a trade on one of its legs, by our count. Signed, base units. */
export interface PairExposure {
  /** What each leg had held since the pair began. */
  readonly a: Decimal
  readonly b: Decimal
  /** What B lacked by the settings of that moment, with what was carried because it was below B's lot. */
  readonly gap: Decimal
}

export function newPairState(pairId: PairId): PairState {
  return {
    pairId,
    phase: 'idle',
    pause: null,
    closingLeg: null,
    baseA: null,
    baseB: null,
    attempts: 0,
    unhedgedSince: null,
    cycleSide: 'open',
    cycles: 0,
    rounds: 0,
  }
}

export const ROUND_OUTCOMES = ['open', 'hedged', 'closed'] as const

/** From A's first unhedged trade until B has followed. */
export interface Round {
  readonly id: RoundId
  readonly pairId: PairId
  /** The pair's own count, from 1. */
  readonly number: number
  /** The venue's clock, ms: A's first trade. */
  readonly startedAt: number
  /** The venue's clock, ms: the trade that balanced it; null: open. */
  readonly endedAt: number | null
  /** Signed, base units. */
  readonly quantityA: Decimal
  /** Quote: sum of size x fill price. */
  readonly notionalA: Decimal
  /** Base units without a sign: what both notionals are averages of. */
  readonly tradedA: Decimal
  readonly quantityB: Decimal
  readonly notionalB: Decimal
  readonly tradedB: Decimal
  /** B's orders, oldest first. */
  readonly attempts: readonly IntentId[]
  /** closed: both legs were flattened instead. */
  readonly outcome: (typeof ROUND_OUTCOMES)[number]
}

/** ms by the venue's clock; null while it is open. */
export function unhedgedMs({ startedAt, endedAt }: Round): number | null {
  return endedAt === null ? null : Math.max(0, endedAt - startedAt)
}

/** What B's price lost against A's, of A's price, basis points; negative: it was a gain. Null: nothing to compare. */
export function costBps({ quantityA, notionalA, tradedA, notionalB, tradedB }: Round): number | null {
  if (tradedA === ZERO || tradedB === ZERO || quantityA === ZERO) return null
  const averageA = divide(notionalA, tradedA)
  const averageB = divide(notionalB, tradedB)
  if (averageA === ZERO) return null
  // Who bought A has sold B: a lower price there is the loss.
  const lost = quantityA > 0n ? subtract(averageA, averageB) : subtract(averageB, averageA)
  return toNumber(divide(multiply(lost, BPS), averageA))
}

const BPS = decimal('10000')

/** Signed change of a round by a trade on one of its legs. */
export function withTrade(
  round: Round,
  leg: LegName,
  { signed, fillPrice }: { readonly signed: Decimal; readonly fillPrice: Decimal },
): Round {
  const size = absolute(signed)
  const value = multiply(size, fillPrice)
  if (leg === 'a') {
    const { quantityA, notionalA, tradedA } = round
    return {
      ...round,
      quantityA: add(quantityA, signed),
      notionalA: add(notionalA, value),
      tradedA: add(tradedA, size),
    }
  }
  const { quantityB, notionalB, tradedB } = round
  return {
    ...round,
    quantityB: add(quantityB, signed),
    notionalB: add(notionalB, value),
    tradedB: add(tradedB, size),
  }
}
