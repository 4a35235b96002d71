import { absolute, type Decimal, minimum, negate, subtract, ZERO } from '../domain/decimal.ts'
import type { InstrumentId } from '../domain/ids.ts'
import { type Instrument, roundQuantity, tradableQuantity } from '../domain/instrument.ts'
import type { LinkState } from '../domain/link-state.ts'
import { sideOf } from '../domain/order.ts'
import type { Reason } from '../domain/reason.ts'
import type { LeaderChange } from './book.ts'
import { type CopySettings, copyFills, type LeaderStep } from './copy.ts'
import type { Exposure, Proposal, RiskVerdict } from './risk.ts'
import { exitGap } from './shortfall.ts'

/** What one part of a leader's fill would have been. */
export interface PreviewedPart {
  /** The venue's clock, ms. */
  readonly at: number
  /** The follower's. */
  readonly instrumentId: InstrumentId
  /** Signed, base units. */
  readonly leaderQuantity: Decimal
  readonly fillPrice: Decimal
  /** Signed, base units, as the venue would take it. */
  readonly quantity: Decimal
  /** Null: it would be copied. */
  readonly reason: Reason | null
}

/** A link's place for one instrument of its leader, as it would have been. */
export interface PreviewPlace {
  readonly instrumentId: InstrumentId
  /** Null: the follower's venue does not list it. */
  readonly instrument: Instrument | null
  readonly settings: CopySettings
  /** Where a link that begins before the first step stands. */
  readonly state: LinkState
}

export interface PreviewInput {
  /** In the source's own order. */
  readonly steps: readonly LeaderStep[]
  /** Asked once for each of the leader's instruments. @param first its first step */
  readonly placeOf: (first: LeaderStep) => PreviewPlace
  /** Null: the follower's equity is not known, and only sizes and filters are looked at. */
  readonly assess: ((proposal: Proposal, exposures: readonly Exposure[]) => RiskVerdict) | null
}

/**
 * Replays a leader's fills for a link that does not exist: by what the link would be told to do, each fill traded whole
 * at the leader's price. Nothing waits in it, so nothing is late.
 */
export function previewFills({ steps, placeOf, assess }: PreviewInput): readonly PreviewedPart[] {
  const places = new Map<InstrumentId, Place>()
  const rows: PreviewedPart[] = []
  for (const step of steps) {
    const known = places.get(step.fill.instrumentId)
    const place = known ?? { ...placeOf(step), mark: step.fill.fillPrice }
    places.set(step.fill.instrumentId, place)
    place.mark = step.fill.fillPrice
    const exposures = [...places.values()].map(exposureOf)
    for (const change of step.changes) rows.push(copyOne(place, { step, change, exposures, assess }))
  }
  return rows
}

interface Place extends Omit<PreviewPlace, 'state'> {
  state: LinkState
  /** Quote per base: the leader's last fill price. */
  mark: Decimal
}

interface One extends Pick<PreviewInput, 'assess'> {
  readonly step: LeaderStep
  readonly change: LeaderChange
  readonly exposures: readonly Exposure[]
}

interface Traded {
  readonly quantity: Decimal
  readonly reason: Reason | null
}

function copyOne(place: Place, one: One): PreviewedPart {
  const { step, change } = one
  const before = { ...place.state, cursor: step.sequence - 1 }
  const { state, drafts } = copyFills(before, [{ ...step, changes: [change] }], place.settings)
  place.state = state
  const [draft] = drafts
  let traded: Traded = { quantity: ZERO, reason: draft?.final?.reason ?? 'mode_off' }
  if (draft !== undefined && draft.final === null)
    traded = change.part === 'reduce' ? reduce(place) : increase(place, draft.quantity, one)
  const attributed = (place.state.attributed + traded.quantity) as Decimal
  place.state = { ...place.state, attributed }
  const leaderQuantity = change.part === 'reduce' ? subtract(change.to, change.from) : change.delta
  const { at, fillPrice } = step.fill
  return { at, instrumentId: place.instrumentId, leaderQuantity, fillPrice, ...traded }
}

function reduce({ instrument, state }: Place): Traded {
  const gap = exitGap(state, state.attributed)
  const size = instrument === null ? ZERO : roundQuantity(instrument, gap)
  if (size !== ZERO) return { quantity: negate(size), reason: null }
  return { quantity: ZERO, reason: state.attributed === ZERO ? 'nothing_to_reduce' : 'below_lot' }
}

/** @param added what the increase added to desired; it is taken back where no order may be made */
function increase(place: Place, added: Decimal, { assess, exposures }: One): Traded {
  const { instrument, state, mark } = place
  const forgo = (quantity: Decimal, reason: Reason): Traded => {
    place.state = { ...state, desired: subtract(state.desired, quantity) }
    return { quantity: ZERO, reason }
  }
  if (instrument === null) return forgo(added, 'symbol_unknown')
  if (instrument.status !== 'trading') return forgo(added, 'symbol_closed')
  const whole = tradableQuantity(instrument, subtract(state.desired, state.attributed), mark)
  if (whole === ZERO) return { quantity: ZERO, reason: 'below_lot' }
  const size = minimum(absolute(whole), roundQuantity(instrument, instrument.maximumMarketQuantity))
  const side = sideOf(whole)
  const proposal = { instrumentId: instrument.id, side, quantity: size, expectedPrice: mark, mark }
  const verdict = assess?.(proposal, exposures) ?? null
  if (verdict !== null && !verdict.approved) return forgo(added, verdict.reason)
  const quantity = side === 'buy' ? size : negate(size)
  if (quantity === whole) return { quantity, reason: null }
  forgo(subtract(whole, quantity), 'above_maximum')
  return { quantity, reason: 'above_maximum' }
}

function exposureOf({ instrumentId, state, mark }: Place): Exposure {
  const position = state.attributed
  return { instrumentId, position, mark, openBuyNotional: ZERO, openSellNotional: ZERO }
}
