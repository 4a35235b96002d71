import { type Decimal, maximum, minimum, ONE } from '../domain/decimal.ts'
import type { Instrument } from '../domain/instrument.ts'
import { unreachable } from '../domain/result.ts'
import type { LeverageRule } from '../domain/strategy.ts'
import type { EngineContext } from './context.ts'
import { failIncreases } from './increases.ts'
import { type AccountSession, type AccountState, bookKey, type HeldLink, type Holding } from './state.ts'

const RETRY_MS = 1_000

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
    context.ports.clock.after(0, () => refuse(context, holding, leverage.message))
    return false
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
  void session.venueAccount.setLeverage(holding.instrumentId, wanted).then(result => {
    if (result.ok) {
      holding.leverage = { kind: 'set', leverage: wanted }
      context.run(turn => turn.revisit(holding))
    } else if (result.error.kind === 'refused' && result.error.reason !== 'rate_limited') {
      holding.leverage = { kind: 'refused', wanted, message: result.error.message }
      refuse(context, holding, result.error.message)
    } else {
      holding.leverage = { kind: 'unknown' }
      context.ports.clock.after(RETRY_MS, () => context.run(turn => turn.revisit(holding)))
    }
  })
}

function refuse(context: EngineContext, holding: Holding, detail: string): void {
  context.run(turn => failIncreases(context, turn, holding, { reason: 'leverage_refused', detail }))
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
