import type { Decision } from '../../../src/domain/decision.ts'
import { symbolOf } from '../../../src/domain/ids.ts'
import type { LinkState } from '../../../src/domain/link-state.ts'
import type { Order } from '../../../src/domain/order.ts'
import type { Link, Sizing, Strategy } from '../../../src/domain/strategy.ts'
import type { StoredFill, Write } from '../../../src/ports/store.ts'
import { larger, size, textOf, times, UNIT } from './amounts.ts'
import type { Checker, Evidence } from './checker.ts'
import { byEquities, type Range } from './equities.ts'
import type { LeaderTrade } from './leader-trades.ts'

/** Every division loses less than one unit in the 18th place, and a run of fills makes some hundreds of them. */
const LAST_PLACES = 1_000n
/** A report of the wallet can be lost; at the latest an age at which it is no longer used mends it. */
const EQUITY_NEWS_MS = 75_000

/** What one link is owed of one instrument, by the judge's own count. */
interface Owed {
  /** Signed, by decision: what increases that are not done still want. */
  readonly wanted: Map<string, bigint>
  /** The most that may be desired on either side, were nothing ever forgone: sizes, long and short. */
  long: bigint
  short: bigint
}

/**
 * I15 and I17: an increase is what its sizing makes of the leader's fills, it shrinks as the leader reduces, and an
 * order takes no more than its increases want.
 */
export class SizingChecker implements Checker {
  readonly #evidence: Evidence
  readonly #owed = new Map<string, Owed>()

  constructor(evidence: Evidence) {
    this.#evidence = evidence
  }

  durable(unit: readonly Write[]): void {
    const { ledger } = this.#evidence
    const fresh: Decision[] = []
    for (const { kind, row } of unit)
      if (kind === 'decision' && row.part === 'increase' && !ledger.decisions.has(row.id)) fresh.push(row)
    for (const { kind, row } of unit) if (kind === 'fill') this.#lower(row)
    for (const { kind, row } of unit) if (kind === 'link_state') this.#follow(row, fresh)
    for (const { kind, row } of unit)
      if (kind === 'decision' && row.part === 'increase') this.#compareWanted(row)
    for (const { kind, row } of unit)
      if (kind === 'intent_insert' && row.purpose !== 'exit') this.#compareOrder(row, unit)
    for (const { kind, row } of unit)
      if (kind === 'decision' && row.status === 'done') this.#of(row).wanted.delete(row.id)
  }

  /** What others close of a copy is not desired any more either. */
  #lower(stored: StoredFill): void {
    const { fill, linkId, attributed } = stored
    if (linkId === null || !this.#evidence.ledger.isOwners(stored)) return
    const owed = this.#of({ linkId, instrumentId: fill.instrumentId })
    if (attributed < 0n) owed.long = larger(owed.long + attributed, 0n)
    else owed.short = larger(owed.short - attributed, 0n)
  }

  /** The link has gone past some of its leader's fills. */
  #follow(state: LinkState, fresh: readonly Decision[]): void {
    const { ledger, leaderTrades, violate } = this.#evidence
    const { linkId, instrumentId, cursor, desired } = state
    const link = ledger.links.get(linkId)
    const strategy = ledger.strategies.get(link?.strategyId ?? '')
    if (link === undefined || strategy === undefined) return
    const owed = this.#of(state)
    const after = ledger.linkStates.get(`${linkId}/${instrumentId}`)?.cursor ?? link.startSequence
    const isOff = link.mode === 'off' || strategy.mode === 'off'
    if (cursor > after && !isOff) {
      const trades = leaderTrades.between(strategy.sourceId, instrumentId, after, cursor)
      for (const { reduced } of trades) if (reduced !== null) shrink(owed, reduced)
      for (const decision of fresh) {
        if (decision.linkId !== linkId || decision.instrumentId !== instrumentId) continue
        this.#compareQuantity(decision, trades, { link, strategy })
        owed.wanted.set(decision.id, decision.quantity)
        if (decision.quantity > 0n) owed.long += decision.quantity
        else owed.short -= decision.quantity
      }
    }
    const most = desired > 0n ? owed.long : owed.short
    if (size(desired) > most + LAST_PLACES)
      violate('I15', `link ${linkId} desires ${textOf(desired)}, its increases make at most ${textOf(most)}`)
  }

  #compareQuantity(decision: Decision, trades: readonly LeaderTrade[], { link, strategy }: SizedBy): void {
    const { id, firstFill, lastFill, quantity, outcome } = decision
    if (quantity === 0n && outcome === 'skipped') return
    const sizing = link.sizing ?? strategy.sizing
    let whole = 0n
    for (const trade of trades) {
      const { sequence, reduced } = trade
      // What the leader reduces further on in the same run makes the increase smaller at once.
      if (reduced !== null && sequence > lastFill) whole = (whole * reduced.to) / reduced.from
      if (sequence >= firstFill && sequence <= lastFill) whole += sized(sizing, trade)
    }
    const { low, high } = this.#rangeOf(whole, quantity, { link, strategy })
    if (isWithin(quantity, { low, high })) return
    const expected = low === high ? textOf(low) : `${textOf(low)} to ${textOf(high)}`
    this.#evidence.violate('I15', `${id} adds ${textOf(quantity)}, its sizing makes ${expected}`)
  }

  /** Exact, but for equities, which the engine knows late: only where those of now do not explain it, older ones are read. */
  #rangeOf(whole: bigint, quantity: bigint, { link, strategy }: SizedBy): Range {
    const { ledger, exchange, venueNow } = this.#evidence
    if ((link.sizing ?? strategy.sizing).kind !== 'equity_ratio') return { low: whole, high: whole }
    const nameOf = (id: string | undefined): string => ledger.accounts.get(id ?? '')?.name ?? ''
    const follower = nameOf(link.accountId)
    const leader = nameOf(ledger.sources.get(strategy.sourceId)?.accountId)
    const now = byEquities(exchange, whole, { follower, leader, since: null })
    if (isWithin(quantity, now)) return now
    return byEquities(exchange, whole, { follower, leader, since: venueNow() - EQUITY_NEWS_MS })
  }

  #compareWanted(row: Decision): void {
    const wanted = this.#of(row).wanted.get(row.id)
    if (wanted === undefined || size(row.wanted) <= size(wanted) + LAST_PLACES) return
    this.#evidence.violate(
      'I17',
      `${row.id} still wants ${textOf(row.wanted)}, the leader has left it ${textOf(wanted)}`,
    )
  }

  /** Its own increases, and what they carry: less than the venue trades. */
  #compareOrder(order: Order, unit: readonly Write[]): void {
    const { exchange, violate } = this.#evidence
    const { linkId, instrumentId, intentId, clientOrderId, quantity } = order
    const listed = exchange.instruments.get(symbolOf(instrumentId))
    if (linkId === null || listed === undefined) return
    const { wanted } = this.#of({ linkId, instrumentId })
    let sum = 0n
    for (const { kind, row } of unit)
      if (kind === 'decision' && row.intentId === intentId) sum += wanted.get(row.id) ?? 0n
    const { lotSize, minimumNotional } = listed
    const carried = ((minimumNotional * UNIT) / exchange.mark(listed.symbol) / lotSize + 1n) * lotSize
    if (quantity > size(sum) + carried)
      violate('I17', `${clientOrderId} opens ${textOf(quantity)}, its increases want ${textOf(sum)}`)
  }

  #of({ linkId, instrumentId }: Pick<LinkState, 'linkId' | 'instrumentId'>): Owed {
    const place = `${linkId}/${instrumentId}`
    const known = this.#owed.get(place)
    if (known !== undefined) return known
    const owed = { wanted: new Map<string, bigint>(), long: 0n, short: 0n }
    this.#owed.set(place, owed)
    return owed
  }
}

interface SizedBy {
  readonly link: Link
  readonly strategy: Strategy
}

type Reduced = NonNullable<LeaderTrade['reduced']>

function shrink(owed: Owed, { from, to }: Reduced): void {
  owed.long = (owed.long * to) / from
  owed.short = (owed.short * to) / from
  for (const [id, amount] of owed.wanted) owed.wanted.set(id, (amount * to) / from)
}

function isWithin(quantity: bigint, { low, high }: Range): boolean {
  return quantity >= low - LAST_PLACES && quantity <= high + LAST_PLACES
}

/** What a sizing makes of one increase, signed; by equity, before the equities are applied. */
function sized(sizing: Sizing, { added, fillPrice, orderQuantity }: LeaderTrade): bigint {
  const direction = sizing.inverse ? -added : added
  switch (sizing.kind) {
    case 'ratio':
    case 'equity_ratio':
      return times(direction, sizing.ratio)
    case 'fixed_quantity':
      return (sizing.quantity * direction) / orderQuantity
    case 'fixed_notional':
      return (((sizing.notional * UNIT) / fillPrice) * direction) / orderQuantity
  }
}
