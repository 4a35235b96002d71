import { decimal, ZERO } from '../../domain/decimal.ts'
import type { AccountId, PairId } from '../../domain/ids.ts'
import { newPairState, PAIR_DEFAULTS, type Pair } from '../../domain/pair.ts'
import { must } from '../../domain/result.ts'
import type { PairView, PairWatch, PairWatching } from '../../ports/pair-watch.ts'
import type { WatchState } from '../../ports/watch.ts'
import { BTC, ETH } from './accounts.ts'

export function pairIdOf(number: number): PairId {
  return `00000000-0000-7000-9000-${String(number).padStart(12, '0')}` as PairId
}

function viewOf(id: PairId, [a, b]: readonly [AccountId, AccountId]): PairView {
  const pair: Pair = {
    ...PAIR_DEFAULTS,
    id,
    origin: 'api',
    name: `pair ${id.slice(-1)}`,
    a: { accountId: a, instrumentId: BTC },
    b: { accountId: b, instrumentId: ETH },
    tolerance: decimal('0.01'),
    quoting: null,
  }
  return { pair, state: newPairState(id), a: ZERO, b: ZERO, gap: ZERO, unhedged: ZERO, round: null }
}

/** A pair that does what a test says, and tells whoever watches. */
export class ScriptedPair {
  view: PairView
  state: WatchState = 'live'
  readonly listeners = new Set<() => void>()

  constructor(view: PairView) {
    this.view = view
  }

  change(to: Partial<PairView>): void {
    this.view = { ...this.view, ...to }
    this.#tell()
  }

  become(state: WatchState): void {
    this.state = state
    this.#tell()
  }

  #tell(): void {
    for (const changed of this.listeners) changed()
  }
}

export class ScriptedPairs implements PairWatch {
  readonly #pairs = new Map<PairId, ScriptedPair>()

  add(id: PairId, legs: readonly [AccountId, AccountId]): ScriptedPair {
    const pair = new ScriptedPair(viewOf(id, legs))
    this.#pairs.set(id, pair)
    return pair
  }

  remove(id: PairId): void {
    const pair = must(this.#pairs.get(id), `the test has no pair ${id}`)
    this.#pairs.delete(id)
    pair.become('closed')
  }

  view(id: PairId): PairView | null {
    return this.#pairs.get(id)?.view ?? null
  }

  watch(id: PairId, changed: () => void): PairWatching | null {
    const pair = this.#pairs.get(id)
    if (pair === undefined) return null
    pair.listeners.add(changed)
    return {
      get state() {
        return pair.state
      },
      get view() {
        return pair.view
      },
      end: () => void pair.listeners.delete(changed),
    }
  }
}
