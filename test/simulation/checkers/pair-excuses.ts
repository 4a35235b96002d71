import type { AccountState, EngineState } from '../../../src/engine/state.ts'
import type { Fault } from '../fault-kinds.ts'
import type { Evidence } from './checker.ts'
import { isQuote, type LegSight, type PairSight } from './pair-sight.ts'

/** Prices younger than this are fresh by anybody's count, ms. */
const FRESH_MS = 5_000

/** What the engine goes by, and when a price of each symbol last reached it: our monotonic clock, ms. */
export interface Looked {
  readonly state: EngineState
  readonly tickedAt: ReadonlyMap<string, number>
}

/**
 * Faults after which acting may be impossible although all looks well, and for how long, ms. Everything else that makes
 * it impossible is seen while it lasts.
 */
const ALLOWANCES_MS: Partial<Record<Fault, number>> = {
  // A unit takes four seconds to become durable, the one that waits behind it as long again, and so the next.
  diskSlow: 15_000,
  // A cancel is asked for again every second or two, and its answer may be lost each time.
  cancelLost: 8_000,
  cancelAnswerLost: 8_000,
  cancelLate: 8_000,
  cancelTakenAndLost: 8_000,
  // Cancels are refused for as long as it lasts, and hedges end short.
  keyRevoked: 20_000,
  keyLimited: 20_000,
  addressRefused: 15_000,
  maintenance: 20_000,
  noBudget: 2_000,
  // Without the venue's time nothing is stamped, and it is not measured every second.
  ourClockJumped: 15_000,
  venueClockJumped: 5_000,
  // Awake again, it has to hear and to write down what happened meanwhile.
  frozen: 3_000,
  fenced: 5_000,
}

/** Why nobody could act on a pair at this moment, in words; null: it could be done. */
export function excuseOf(
  evidence: Evidence,
  { pair, a, b }: PairSight,
  { state, tickedAt }: Looked,
): string | null {
  for (const [leg, { accountId, instrumentId }] of [
    [a, pair.a],
    [b, pair.b],
  ] as const) {
    const account = state.accounts.get(accountId)
    if (account === undefined) return 'an account of it is gone'
    const status = account.session?.market.instrument(instrumentId)?.status
    const excuse = excuseOfLeg(evidence, leg, account)
    if (excuse !== null) return excuse
    if (status !== 'trading') return `${leg.symbol} does not trade, as far as is known`
    const ageMs = evidence.monotonic() - (tickedAt.get(leg.symbol) ?? Number.NEGATIVE_INFINITY)
    if (ageMs > FRESH_MS) return `${leg.symbol} has no fresh price`
  }
  const now = evidence.monotonic()
  const places = { accounts: [a.account, b.account], symbols: [a.symbol, b.symbol] }
  const sinceOf = (fault: Fault): number | null => {
    const allowedMs = ALLOWANCES_MS[fault]
    return allowedMs === undefined ? null : now - allowedMs
  }
  for (const fault of evidence.troubles.touching(places, sinceOf)) return `${fault} was just now`
  return null
}

function excuseOfLeg({ exchange }: Evidence, leg: LegSight, account: AccountState): string | null {
  if (account.session?.isLive() !== true) return `the session of ${leg.account} is not live`
  if (account.refusal !== null) return `${leg.account} is refused`
  if (leg.counted !== leg.traded) return `a trade of ${leg.account} has not been told yet`
  const isTrading = exchange.instruments.get(leg.symbol)?.status === 'trading'
  return isTrading ? null : `${leg.symbol} does not trade`
}

/** On one market a hedge could trade with a quote of A of which nobody knows whether it rests (I8): it waits. */
export function isBarred({ ledger }: Evidence, { pair, a, b }: PairSight): boolean {
  if (a.symbol !== b.symbol) return false
  for (const order of ledger.liveIntents.values())
    if (order.status === 'in_doubt' && isQuote(order, pair)) return true
  return false
}
