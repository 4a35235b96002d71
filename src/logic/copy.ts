import type { Equity } from '../domain/account.ts'
import {
  absolute,
  add,
  type Decimal,
  divide,
  multiply,
  multiplyDivide,
  sign,
  subtract,
  ZERO,
} from '../domain/decimal.ts'
import type { Outcome } from '../domain/decision.ts'
import type { Fill } from '../domain/fill.ts'
import type { LinkState } from '../domain/link-state.ts'
import { sideOf } from '../domain/order.ts'
import type { Reason } from '../domain/reason.ts'
import type { Mode, RiskLimits, Sizing } from '../domain/strategy.ts'
import type { LeaderChange } from './book.ts'
import { sizedIncrement } from './sizing.ts'

/** One leader fill with what it did to the leader's book. */
export interface LeaderStep {
  /** The source's own count of fills. */
  readonly sequence: number
  readonly fill: Fill
  readonly changes: readonly LeaderChange[]
}

export interface CopySettings {
  readonly mode: Mode
  readonly sizing: Sizing
  /** System, strategy and account: each must agree. */
  readonly limits: readonly RiskLimits[]
  /** The follower's symbol. */
  readonly symbol: string
  readonly maxAgeMs: number
  readonly leaderEquity: Equity | null
  readonly followerEquity: Equity | null
  /** A reason that holds for every increase now (account inactive, wrong position mode, ...). */
  readonly refusal: Reason | null
  /** The leader's fill times minus our clock, ms: what validity is counted with. */
  readonly venueOffsetMs: number
  /** When the fills arrived, our clock, ms. */
  readonly receivedAt: number
}

/** A part of a decision: consecutive fills of one part become one row. */
export interface DecisionDraft {
  readonly part: 'reduce' | 'increase'
  readonly firstFill: number
  readonly lastFill: number
  readonly quantity: Decimal
  readonly leaderPrice: Decimal
  readonly leaderFillAt: number
  readonly validUntil: number | null
  /** Null: it wants an order. */
  readonly final: { readonly outcome: Outcome; readonly reason: Reason } | null
}

export interface CopyResult {
  readonly state: LinkState
  readonly drafts: readonly DecisionDraft[]
  /** What increases decided before this run, and not done yet, are reduced by. */
  readonly reductions: readonly Reduction[]
}

/** The leader's position before and after, signed, on one side. */
export interface Reduction {
  readonly from: Decimal
  readonly to: Decimal
}

/** Takes one link past a run of its leader's fills, in order, never netted. */
export function copyFills(
  before: LinkState,
  steps: readonly LeaderStep[],
  settings: CopySettings,
): CopyResult {
  let state = before
  let drafts: DecisionDraft[] = []
  const reductions: Reduction[] = []
  for (const step of steps) {
    if (step.sequence <= state.cursor) continue
    for (const change of step.changes) {
      const next = copyChange(state, change, step, settings)
      state = next.state
      if (next.draft === null) continue
      if (change.part === 'reduce') {
        reductions.push(change)
        drafts = drafts.map(draft =>
          isWaiting(draft) ? { ...draft, quantity: reduced(draft.quantity, change) } : draft,
        )
      }
      append(drafts, next.draft)
    }
    state = { ...state, cursor: step.sequence }
  }
  return { state, drafts, reductions }
}

/** A waiting increase is a part of desired, and shrinks with it: to nothing when the leader is flat. */
export function reduced(quantity: Decimal, { from, to }: Reduction): Decimal {
  return from === ZERO ? ZERO : multiplyDivide(quantity, to, from)
}

function isWaiting({ part, final }: DecisionDraft): boolean {
  return part === 'increase' && final === null
}

interface ChangeResult {
  readonly state: LinkState
  /** Null where the link is off: the leader is tracked, nothing is decided. */
  readonly draft: DecisionDraft | null
}

function copyChange(
  state: LinkState,
  change: LeaderChange,
  step: LeaderStep,
  settings: CopySettings,
): ChangeResult {
  if (settings.mode === 'off') return { state: trackOnly(state, change), draft: null }
  return change.part === 'reduce'
    ? copyReduction(state, change, step)
    : copyIncrease(state, change, step, settings)
}

/** Off: what is held stays desired, and the leader's own position goes on being known. */
function trackOnly(state: LinkState, change: LeaderChange): LinkState {
  return { ...state, leaderQuantity: change.to, stopped: change.to === ZERO ? false : state.stopped }
}

function copyReduction(
  state: LinkState,
  change: LeaderChange & { part: 'reduce' },
  step: LeaderStep,
): ChangeResult {
  const next = reduceState(state, change)
  const quantity = subtract(next.desired, state.desired)
  const nothing = state.desired === ZERO && state.attributed === ZERO
  const final = nothing ? ({ outcome: 'skipped', reason: 'nothing_to_reduce' } as const) : null
  return { state: next, draft: { ...draftOf(step, 'reduce', quantity), validUntil: null, final } }
}

/** desired x P' / P, exactly zero when the leader is flat. Never refused, never expires. */
export function reduceState(state: LinkState, change: Reduction): LinkState {
  const flat = change.to === ZERO
  const desired = reduced(state.desired, change)
  return { ...state, leaderQuantity: change.to, desired, stopped: flat ? false : state.stopped }
}

/**
 * The leader's position turns out to be another than its fills told: follow it down, never up.
 *
 * Nobody knows at what price the missing part was bought, so desired x min(1, P_new / P_old), and a change
 * of sign leaves nothing.
 */
export function rebaseState(state: LinkState, leaderQuantity: Decimal): LinkState {
  const before = state.leaderQuantity
  if (sign(before) === 0) return { ...state, leaderQuantity }
  const turned = sign(before) !== sign(leaderQuantity)
  const grew = !turned && absolute(leaderQuantity) >= absolute(before)
  const reduced = reduceState(state, { from: before, to: turned ? ZERO : grew ? before : leaderQuantity })
  return { ...reduced, leaderQuantity }
}

function copyIncrease(
  state: LinkState,
  change: LeaderChange & { part: 'increase' },
  step: LeaderStep,
  settings: CopySettings,
): ChangeResult {
  const tracked = { ...state, leaderQuantity: change.to }
  const sized = sizedIncrement({ ...settings, delta: change.delta, fill: step.fill })
  // Whatever a clock says that has just jumped: a fill is not younger than its arrival.
  const filledAt = Math.min(step.fill.at - settings.venueOffsetMs, settings.receivedAt)
  const validUntil = filledAt + settings.maxAgeMs
  const refusal = sized.ok ? refuseIncrease(state, sized.value, settings) : sized.error
  if (!sized.ok || refusal !== null) {
    const final = { outcome: 'skipped', reason: refusal ?? 'equity_unknown' } as const
    return { state: tracked, draft: { ...draftOf(step, 'increase', ZERO), validUntil, final } }
  }
  return {
    state: { ...tracked, desired: add(state.desired, sized.value) },
    draft: { ...draftOf(step, 'increase', sized.value), validUntil, final: null },
  }
}

/** What can be known before an order is made. What depends on the order itself is logic/risk. */
function refuseIncrease(state: LinkState, increment: Decimal, settings: CopySettings): Reason | null {
  if (settings.mode === 'close_only') return 'mode_close_only'
  if (settings.refusal !== null) return settings.refusal
  if (state.stopped) return 'no_reentry'
  // The link still holds the other side (it was off, or its exit was refused): adding would net, not copy.
  if (sign(state.desired) !== 0 && sign(state.desired) === -sign(increment)) return 'other_side_held'
  for (const limits of settings.limits) {
    if (limits.killSwitch) return 'kill_switch'
    if (!allowsSymbol(limits, settings.symbol)) return 'symbol_not_allowed'
    if (limits.allowedSides !== null && !limits.allowedSides.includes(sideOf(increment)))
      return 'side_not_allowed'
  }
  return null
}

export function allowsSymbol({ allowedSymbols, deniedSymbols }: RiskLimits, symbol: string): boolean {
  return (allowedSymbols === null || allowedSymbols.includes(symbol)) && !deniedSymbols.includes(symbol)
}

function draftOf(
  step: LeaderStep,
  part: 'reduce' | 'increase',
  quantity: Decimal,
): Omit<DecisionDraft, 'validUntil' | 'final'> {
  return {
    part,
    firstFill: step.sequence,
    lastFill: step.sequence,
    quantity,
    leaderPrice: step.fill.fillPrice,
    leaderFillAt: step.fill.at,
  }
}

/** Joins a draft to the one before when both say the same of neighbouring fills: one row, one outcome. */
function append(drafts: DecisionDraft[], draft: DecisionDraft): void {
  const last = drafts.at(-1)
  const joins =
    last !== undefined &&
    last.part === draft.part &&
    last.final?.reason === draft.final?.reason &&
    last.lastFill + 1 === draft.firstFill &&
    sign(last.quantity) === sign(draft.quantity)
  if (!joins) {
    drafts.push(draft)
    return
  }
  const quantity = add(last.quantity, draft.quantity)
  drafts[drafts.length - 1] = {
    ...last,
    lastFill: draft.lastFill,
    quantity,
    leaderPrice: quantity === ZERO ? draft.leaderPrice : averagePrice(last, draft, quantity),
    // The oldest fill decides: what is late in part is late.
    validUntil: earliest(last.validUntil, draft.validUntil),
  }
}

function averagePrice(a: DecisionDraft, b: DecisionDraft, quantity: Decimal): Decimal {
  return divide(add(multiply(a.quantity, a.leaderPrice), multiply(b.quantity, b.leaderPrice)), quantity)
}

function earliest(a: number | null, b: number | null): number | null {
  if (a === null) return b
  return b === null ? a : Math.min(a, b)
}
