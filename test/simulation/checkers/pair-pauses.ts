import type { EngineState } from '../../../src/engine/state.ts'
import type { Write } from '../../../src/ports/store.ts'
import type { OrderRequest } from '../../../src/ports/venue.ts'
import type { Checker, Evidence } from './checker.ts'
import { excuseOf } from './pair-excuses.ts'
import { isQuote, sightOf } from './pair-sight.ts'
import { restingQuotes } from './resting-quotes.ts'

/** Until what rests is cancelled, in looks at a process that could do it. */
const GRACE_LOOKS = 8

/**
 * I9 for pairs: behind a pause A opens nothing and nothing of it rests, and only a person ends it.
 *
 * One allowance, as for the gate: a process that was taken over may send what it had made durable before the pause was.
 */
export class PairPausesChecker implements Checker {
  readonly #evidence: Evidence
  /** By pair: those who have asked to resume it, and have no answer yet. */
  readonly #resuming = new Map<string, Set<symbol>>()
  /** By pair: looks in a row at which a quote rested behind the pause. */
  readonly #resting = new Map<string, number>()

  constructor(evidence: Evidence) {
    this.#evidence = evidence
  }

  /** @returns to be called with the answer: one that comes from a process that died ends no other's asking */
  resuming(pairId: string): () => void {
    const asking = Symbol(pairId)
    const all = this.#resuming.get(pairId) ?? new Set()
    this.#resuming.set(pairId, all.add(asking))
    return () => all.delete(asking)
  }

  /** What was asked of a process that died was not done. */
  killed(): void {
    this.#resuming.clear()
    this.#resting.clear()
  }

  durable(unit: readonly Write[]): void {
    for (const { kind, row } of unit) {
      if (kind !== 'pair_state' || row.pause !== null) continue
      const before = this.#evidence.ledger.pairStates.get(row.pairId)?.pause ?? null
      if (before !== null && (this.#resuming.get(row.pairId)?.size ?? 0) === 0)
        this.#evidence.violate('I9', `a pair that was paused ${before} goes on, and nobody has resumed it`)
    }
  }

  sent(_account: string, { clientOrderId }: OrderRequest): void {
    const { ledger, violate } = this.#evidence
    const order = ledger.intentOf(clientOrderId)
    const pair = ledger.pairs.get(order?.pairId ?? '')
    if (order === undefined || pair === undefined || !isQuote(order, pair)) return
    const state = ledger.pairStates.get(pair.id)
    const isPaused = state !== undefined && (state.pause !== null || state.phase === 'closing')
    if (isPaused && !this.#evidence.isFormers(order.intentId))
      violate('I9', `${clientOrderId} left while ${pair.name} was paused ${state.pause}`)
  }

  looked(state: EngineState, tickedAt: ReadonlyMap<string, number>): void {
    for (const pair of this.#evidence.ledger.pairs.values()) {
      const sight = sightOf(this.#evidence, pair)
      if (sight === null) continue
      const isPaused = sight.state.pause !== null || sight.state.phase === 'closing'
      const [first] = isPaused ? restingQuotes(this.#evidence, sight) : []
      if (first === undefined) this.#resting.delete(pair.id)
      else if (excuseOf(this.#evidence, sight, { state, tickedAt }) === null) {
        const looks = (this.#resting.get(pair.id) ?? 0) + 1
        this.#resting.set(pair.id, looks)
        if (looks === GRACE_LOOKS)
          this.#evidence.violate('I9', `${first.clientOrderId} rests while ${pair.name} is paused`)
      }
    }
  }

  atRest(): void {
    const { ledger, violate } = this.#evidence
    for (const pair of ledger.pairs.values()) {
      const sight = sightOf(this.#evidence, pair)
      if (sight === null || sight.state.pause === null) continue
      for (const { clientOrderId } of restingQuotes(this.#evidence, sight))
        violate('I9', `${clientOrderId} rests for good while ${pair.name} is paused ${sight.state.pause}`)
    }
  }
}
