import { type Decimal, maximum, minimum, ONE } from '../domain/decimal.ts'
import type { Instrument } from '../domain/instrument.ts'
import { type Result, unreachable } from '../domain/result.ts'
import type { LeverageRule } from '../domain/strategy.ts'
import type { RefusalReason, VenueError } from '../ports/venue.ts'
import type { EngineContext } from './context.ts'
import { failIncreases } from './increases.ts'
import { type AccountSession, type AccountState, bookKey, type HeldLink, type Holding } from './state.ts'

const RETRY_MS = 1_000
/** A refusal may end with the position or the risk tier that caused it. */
const REFUSED_FOR_MS = 60_000
/** What says no to the leverage itself, and not to this request for it. */
const LASTING: ReadonlySet<RefusalReason> = new Set(['leverage', 'symbol', 'position_mode'])

interface LeverageInput {
  readonly account: AccountState
  readonly held: HeldLink
  readonly session: AccountSession
  readonly instrument: Instrument
}

/**
 * Whether the venue has the leverage that the strategy wants; asks for it when not.
 *
 * Leverage is set before the first opening, because an order that is already margined keeps the old one.
 */
export function ensureLeverage(context: EngineContext, holding: Holding, input: LeverageInput): boolean {
  const wanted = wantedLeverage(input)
  const { leverage } = holding
  if (leverage.kind === 'set' && leverage.leverage === wanted) return true
  if (leverage.kind === 'setting') return false
  if (leverage.kind === 'refused' && leverage.wanted === wanted) {
    // In a turn of its own: the plan that asks is still being made.
    if (context.monotonic() < leverage.until) {
      context.ports.clock.after(0, () => refuse(context, holding, leverage.message))
      return false
    }
  }
  if (!input.session.isLive()) return false
  setLeverage(context, holding, input, wanted)
  return false
}

function setLeverage(
  context: EngineContext,
  holding: Holding,
  { session }: LeverageInput,
  wanted: Decimal,
): void {
  holding.leverage = { kind: 'setting', wanted }
  const setting = session.venueAccount.setLeverage(holding.instrumentId, wanted)
  context.detach(setting.then(result => takeLeverage(context, holding, wanted, result)))
}

function takeLeverage(
  context: EngineContext,
  holding: Holding,
  wanted: Decimal,
  result: Result<void, VenueError>,
): void {
  if (result.ok) {
    holding.leverage = { kind: 'set', leverage: wanted }
    context.run(turn => turn.revisit(holding))
    return
  }
  const { error } = result
  if (error.kind === 'refused' && LASTING.has(error.reason)) {
    holding.leverage = {
      kind: 'refused',
      wanted,
      message: error.message,
      until: context.monotonic() + REFUSED_FOR_MS,
    }
    refuse(context, holding, error.message)
    return
  }
  holding.leverage = { kind: 'unknown' }
  context.ports.clock.after(RETRY_MS, () => context.run(turn => turn.revisit(holding)))
}

function refuse(context: EngineContext, holding: Holding, detail: string): void {
  context.run(turn => {
    failIncreases(context, turn, holding, { outcome: 'failed', reason: 'leverage_refused', detail })
    // Without them less is desired than is held, perhaps.
    turn.revisit(holding)
  })
}

/** The strategy's rule, within the account's and the instrument's cap, never below 1. */
function wantedLeverage({ held, account, instrument }: LeverageInput): Decimal {
  const { strategy, source } = held.runtime
  const leader = source.books.get(bookKey(held.state.instrumentId, held.state.positionIndex))?.leverage ?? ONE
  const cap = minimum(account.account.maximumLeverage, instrument.maximumLeverage)
  const wanted = minimum(byRule(strategy.leverage, leader), cap)
  return maximum(wanted, ONE)
}

function byRule(rule: LeverageRule, leader: Decimal): Decimal {
  switch (rule.kind) {
    case 'follow':
      return leader
    case 'fixed':
      return rule.leverage
    case 'capped':
      return minimum(leader, rule.leverage)
    default:
      return unreachable(rule)
  }
}
