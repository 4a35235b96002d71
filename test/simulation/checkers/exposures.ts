import type { AuditEntry } from '../../../exchange/core/types.ts'
import type { Pair, PairPause } from '../../../src/domain/pair.ts'
import type { EngineState } from '../../../src/engine/state.ts'
import type { Write } from '../../../src/ports/store.ts'
import { signed, size, textOf } from './amounts.ts'
import type { Checker, Evidence } from './checker.ts'
import { excuseOf, isBarred, type Looked } from './pair-excuses.ts'
import {
  imbalance,
  isBeyond,
  isHedge,
  isOfB,
  type PairSight,
  STOPPED,
  sightOf,
  smallestOrder,
  WHOLE_BPS,
} from './pair-sight.ts'
import { restingQuotes } from './resting-quotes.ts'

/**
 * What an exposure may last before somebody must act: a cancel that is waited for, the second that A's rest has beside
 * it, and the wait before a retry. Counted in looks, which nobody takes while the process is stopped.
 */
const GRACE_LOOKS = 8
/** A hedge that has ended is followed by the next one within its retry interval and this, ms. */
const RETRY_SLACK_MS = 2_000

/** Pauses that a person makes need no notice to one. */
const MADE_BY_HAND: ReadonlySet<PairPause> = new Set(['by_hand', 'flattened'])
const FAILED: ReadonlySet<PairPause> = new Set(['hedge_failed', 'unconfirmed'])

type Duty = 'cancel' | 'hedge'

/** I7: whatever is unhedged for longer than the grace, A does not add to it, and B is being hedged or people are told. */
export class ExposuresChecker implements Checker {
  readonly #evidence: Evidence
  /** Pairs of which more than the tolerance is unhedged, by the exchange's log. */
  readonly #beyond = new Set<string>()
  /** By pair: our monotonic clock, ms, when an order of B was last written. */
  readonly #hedgedAt = new Map<string, number>()
  /** Looks in a row at which a duty was owed, and nothing stood against it. */
  readonly #owed = new Map<string, number>()

  constructor(evidence: Evidence) {
    this.#evidence = evidence
  }

  killed(): void {
    this.#owed.clear()
  }

  audit(entry: AuditEntry): void {
    if (entry.kind !== 'filled') return
    for (const pair of this.#evidence.ledger.pairs.values()) this.#measure(pair)
  }

  durable(unit: readonly Write[]): void {
    for (const { kind, row } of unit) {
      if (kind !== 'pair_state') continue
      const { pairStates, pairs } = this.#evidence.ledger
      const before = pairStates.get(row.pairId)?.pause ?? null
      const pair = pairs.get(row.pairId)
      if (row.pause !== null && row.pause !== before && pair !== undefined)
        this.#compareNotice(pair, row.pause, unit)
    }
  }

  applied(unit: readonly Write[]): void {
    const { ledger } = this.#evidence
    for (const { kind, row } of unit) {
      if (kind === 'pair') this.#measure(row)
      if (kind !== 'intent_insert' && kind !== 'intent_update') continue
      const pair = ledger.pairs.get(row.pairId ?? '')
      if (pair !== undefined && isHedge(row, pair)) this.#hedgedAt.set(pair.id, this.#evidence.monotonic())
    }
  }

  looked(state: EngineState, tickedAt: ReadonlyMap<string, number>): void {
    for (const id of this.#beyond) {
      const pair = this.#evidence.ledger.pairs.get(id)
      const sight = pair === undefined ? null : sightOf(this.#evidence, pair)
      if (sight !== null) this.#look(sight, { state, tickedAt })
    }
  }

  /** Nothing is in the way any more: a pair is in step to what B can trade, or it is paused. */
  atRest(): void {
    const { ledger, exchange, violate } = this.#evidence
    for (const pair of ledger.pairs.values()) {
      const sight = sightOf(this.#evidence, pair)
      if (sight === null) continue
      const { state, a, b } = sight
      if (state.phase === 'closing') violate('I7', `${pair.name} is still being closed`)
      const smallest = smallestOrder(exchange, b.symbol)
      if (STOPPED.has(state.pause) || state.phase === 'closing' || smallest === 0n) continue
      const missing = imbalance(pair, a.traded, b.traded)
      if (size(missing) >= smallest * WHOLE_BPS)
        violate(
          'I7',
          `${pair.name} rests with ${textOf(missing / WHOLE_BPS)} unhedged, paused: ${state.pause}`,
        )
    }
  }

  #measure(pair: Pair): void {
    const sight = sightOf(this.#evidence, pair)
    if (sight !== null && isBeyond(pair, imbalance(pair, sight.a.traded, sight.b.traded)))
      this.#beyond.add(pair.id)
    else {
      this.#beyond.delete(pair.id)
      for (const duty of ['cancel', 'hedge'] as const) this.#owed.delete(`${pair.id}/${duty}`)
    }
  }

  #look(sight: PairSight, looked: Looked): void {
    const { pair, state, a, b } = sight
    const missing = imbalance(pair, a.traded, b.traded)
    const say = textOf(missing / WHOLE_BPS)
    const adding = restingQuotes(this.#evidence, sight).filter(({ side, leaves }) => {
      const after = imbalance(pair, a.traded + signed(side, leaves), b.traded)
      return size(after) > size(missing)
    })
    const [first] = adding
    this.#count(sight, looked, {
      duty: 'cancel',
      text:
        first === undefined
          ? null
          : `${first.clientOrderId} rests and can add to the ${say} of ${pair.name} that is unhedged`,
    })
    // A tolerance that was the smallest order when the pair began is less than that when prices have fallen.
    const isCarried = size(missing) < smallestOrder(this.#evidence.exchange, b.symbol) * WHOLE_BPS
    const isLeft =
      STOPPED.has(state.pause) ||
      state.phase === 'closing' ||
      isCarried ||
      this.#isHedging(pair) ||
      isBarred(this.#evidence, sight)
    this.#count(sight, looked, {
      duty: 'hedge',
      text: isLeft ? null : `${say} of ${pair.name} is unhedged, and nobody hedges it`,
    })
  }

  #count(sight: PairSight, looked: Looked, { duty, text }: { duty: Duty; text: string | null }): void {
    const key = `${sight.pair.id}/${duty}`
    if (text === null) {
      this.#owed.delete(key)
      return
    }
    if (excuseOf(this.#evidence, sight, looked) !== null) return
    const looks = (this.#owed.get(key) ?? 0) + 1
    this.#owed.set(key, looks)
    // Once: what goes on is no other violation.
    if (looks === GRACE_LOOKS) this.#evidence.violate('I7', text)
  }

  #isHedging(pair: Pair): boolean {
    // A close that somebody has ended meanwhile may be on its way: until it is known what it trades nothing else goes.
    for (const order of this.#evidence.ledger.liveIntents.values()) if (isOfB(order, pair)) return true
    const hedgedAt = this.#hedgedAt.get(pair.id) ?? Number.NEGATIVE_INFINITY
    return this.#evidence.monotonic() - hedgedAt < pair.retryEveryMs + RETRY_SLACK_MS
  }

  /** Whoever is to look at it learns of it with it, or never. */
  #compareNotice(pair: Pair, pause: PairPause, unit: readonly Write[]): void {
    if (MADE_BY_HAND.has(pause)) return
    const code = FAILED.has(pause) ? 'account_b_hedge_failed' : `pair_${pause}`
    const isTold = unit.some(({ kind, row }) => {
      if (kind !== 'notice' || row.code !== code) return false
      const { pair: name } = row.details ?? {}
      return name === pair.name
    })
    if (!isTold) this.#evidence.violate('I7', `${pair.name} is paused ${pause}, and nobody is told`)
  }
}
