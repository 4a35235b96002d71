import { symbolOf } from '../../../src/domain/ids.ts'
import type { Order } from '../../../src/domain/order.ts'
import { NO_LIMITS, type Strategy } from '../../../src/domain/strategy.ts'
import type { Write } from '../../../src/ports/store.ts'
import type { OrderRequest } from '../../../src/ports/venue.ts'
import { textOf } from './amounts.ts'
import type { Checker, Evidence, KnownPrices } from './checker.ts'

/** Where nobody set a collar ([RK7] in docs/spec/risk.md), basis points. */
const DEFAULT_COLLAR_BPS = 500
/** Clocks are compared now and then: the venue may have set its own meanwhile, ms. */
const CLOCK_TOLERANCE_MS = 2_500

/** I17 and I12: for how long an increase may be carried out, and what its order may cost. */
export class BoundsChecker implements Checker {
  readonly #evidence: Evidence

  /** What the engine has decided by, durable or not yet; what died with its process is read from the ledger again. */
  readonly #decided = new Map<string, Strategy>()
  /** The same: the strategies of links. */
  readonly #followed = new Map<string, string>()
  /** By decision: how old its strategy let it become when it was made, ms. */
  readonly #maximumAges = new Map<string, number>()

  constructor(evidence: Evidence) {
    this.#evidence = evidence
  }

  killed(): void {
    this.#decided.clear()
    this.#followed.clear()
  }

  asked(unit: readonly Write[], known: ReadonlyMap<string, KnownPrices>): void {
    for (const { kind, row } of unit) {
      if (kind === 'strategy') this.#decided.set(row.id, row)
      if (kind === 'link') this.#followed.set(row.id, row.strategyId)
      if (kind === 'decision' && row.part === 'increase' && !this.#maximumAges.has(row.id))
        this.#maximumAges.set(row.id, this.#strategyOf(row.linkId)?.maxAgeMs ?? 0)
    }
    for (const { kind, row } of unit)
      if (kind === 'intent_insert' && row.purpose !== 'exit')
        this.#compareCollar(row, known.get(symbolOf(row.instrumentId)))
  }

  durable(unit: readonly Write[]): void {
    for (const { kind, row } of unit)
      if (kind === 'intent_insert' && row.purpose !== 'exit') this.#compareEnd(row, unit)
  }

  /** By the venue's clock alone, which dated the leader's fills: ours may be anywhere. */
  sent(_account: string, { clientOrderId, purpose }: OrderRequest): void {
    const { ledger, leaderTrades, venueNow, violate } = this.#evidence
    const intent = purpose === 'exit' ? undefined : ledger.intentOf(clientOrderId)
    const strategy = ledger.strategies.get(ledger.links.get(intent?.linkId ?? '')?.strategyId ?? '')
    if (intent === undefined || strategy === undefined) return
    const leaderId = ledger.sources.get(strategy.sourceId)?.accountId ?? ''
    // A signal carries its sender's time, which is ours here.
    const isVirtual = ledger.accounts.get(leaderId)?.kind === 'virtual'
    const fillNow = isVirtual ? this.#evidence.now() : venueNow()
    for (const { id, instrumentId, firstFill, lastFill } of ledger.decisionsOf(intent.intentId)) {
      // What a person has set meanwhile may count for it as well: it is what they want now.
      const maximumAgeMs = Math.max(this.#maximumAges.get(id) ?? 0, strategy.maxAgeMs)
      const oldestAt = fillNow - maximumAgeMs - CLOCK_TOLERANCE_MS
      const [oldest] = leaderTrades.between(strategy.sourceId, instrumentId, firstFill - 1, lastFill)
      if (oldest === undefined || oldest.at < oldestAt)
        violate(
          'I17',
          `${clientOrderId} left ${oldestAt - (oldest?.at ?? 0)} ms too late for its increase ${id}`,
        )
    }
  }

  /** What is late in part is late. */
  #compareEnd({ intentId, clientOrderId, validUntil }: Order, unit: readonly Write[]): void {
    for (const { kind, row } of unit) {
      if (kind !== 'decision' || row.intentId !== intentId || row.validUntil === null) continue
      if (validUntil === null || validUntil > row.validUntil)
        this.#evidence.violate('I17', `${clientOrderId} is valid for longer than its increase ${row.id}`)
    }
  }

  /** By the prices that the engine could know: neither its limit nor what it is expected to cost is beyond the collar. */
  #compareCollar(order: Order, prices: KnownPrices | undefined): void {
    const limits = order.linkId === null ? NO_LIMITS : this.#strategyOf(order.linkId)?.limits
    if (limits === undefined || prices === undefined) return
    const { side, limitPrice, collarPrice, clientOrderId } = order
    const bps = BigInt(limits.priceCollarBps ?? DEFAULT_COLLAR_BPS)
    const [opposite, sign] = side === 'buy' ? [prices.ask, 1n] : [prices.bid, -1n]
    const collar = prices.mark + (sign * prices.mark * bps) / 10_000n
    const isBeyond = (price: bigint | null): boolean => price !== null && (price - collar) * sign > 0n
    const say = (what: string, price: bigint): void =>
      this.#evidence.violate(
        'I12',
        `${clientOrderId}, a ${side}, ${what} ${textOf(price)}, the collar is ${textOf(collar)}`,
      )
    if (isBeyond(collarPrice)) say('may cost', collarPrice ?? 0n)
    if (isBeyond(limitPrice)) say('has the limit', limitPrice ?? 0n)
    if (limitPrice === null && isBeyond(opposite)) say('is expected to cost', opposite)
  }

  #strategyOf(linkId: string | null): Strategy | undefined {
    const { links, strategies } = this.#evidence.ledger
    const id = this.#followed.get(linkId ?? '') ?? links.get(linkId ?? '')?.strategyId ?? ''
    return this.#decided.get(id) ?? strategies.get(id)
  }
}
