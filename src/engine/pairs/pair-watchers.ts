import { type Decimal, ZERO } from '../../domain/decimal.ts'
import { type AccountId, type PairId, type PositionKey, positionKey } from '../../domain/ids.ts'
import { LEG_NAMES, type Leg, type LegName, newPairState, type Pair } from '../../domain/pair.ts'
import { standingOf } from '../../logic/hedge/standing.ts'
import type { PairView, PairWatch, PairWatching } from '../../ports/pair-watch.ts'
import type { Write } from '../../ports/store.ts'
import type { WatchState } from '../../ports/watch.ts'
import type { Durable, EngineContext } from '../context.ts'
import { Listeners } from '../listeners.ts'

/** What the view of a pair is made of. */
type Parts = Pick<PairView, 'pair' | 'state' | 'round'> & {
  /** Signed, base units: what each account holds there. */
  readonly held: Readonly<Record<LegName, Decimal>>
}

interface Kept {
  parts: Parts
  view: PairView
  isRemoved: boolean
  readonly listeners: Listeners<void>
}

/** Those who look at pairs: what they see is read off the units that have become durable, as it is of accounts. */
export class PairWatchers implements PairWatch {
  readonly #context: EngineContext
  readonly #kept = new Map<PairId, Kept>()
  /** Which pair a place is a leg of. */
  readonly #legs = new Map<PositionKey, { readonly kept: Kept; readonly leg: LegName }>()
  readonly #sessions = new Map<AccountId, WatchState>()
  readonly #endings: readonly (() => void)[]

  constructor(context: EngineContext) {
    this.#context = context
    for (const { pair, state, round } of context.state.pairs.values()) this.#keep(pair, { state, round })
    this.#endings = [
      context.durable.add(unit => this.#take(unit)),
      context.sessionMoves.add(({ accountId, state }) => {
        this.#sessions.set(accountId, state)
        for (const kept of this.#kept.values()) if (isOf(kept.view.pair, accountId)) kept.listeners.tell()
      }),
    ]
  }

  view(pairId: PairId): PairView | null {
    return this.#kept.get(pairId)?.view ?? null
  }

  watch(pairId: PairId, changed: () => void): PairWatching | null {
    const kept = this.#kept.get(pairId)
    if (kept === undefined) return null
    const stateOf = (): WatchState => this.#stateOf(kept)
    return {
      get state() {
        return stateOf()
      },
      get view() {
        return kept.view
      },
      end: kept.listeners.add(changed),
    }
  }

  close(): void {
    for (const end of this.#endings) end()
  }

  #take({ writes }: Durable): void {
    const touched = new Map<Kept, Parts>()
    for (const write of writes) {
      const kept = this.#keptOf(write)
      if (kept === null) continue
      touched.set(kept, this.#with(touched.get(kept) ?? kept.parts, write))
    }
    for (const [kept, parts] of touched) {
      kept.parts = parts
      kept.view = viewOf(parts)
      kept.listeners.tell()
    }
  }

  /** Null: it is about no pair. */
  #keptOf(write: Write): Kept | null {
    switch (write.kind) {
      case 'pair':
        return this.#put(write.row)
      case 'pair_state':
      case 'round':
        return this.#kept.get(write.row.pairId) ?? null
      case 'position': {
        const { accountId, instrumentId, positionIndex } = write.row
        return this.#legs.get(positionKey(accountId, instrumentId, positionIndex))?.kept ?? null
      }
      default:
        return null
    }
  }

  #with(parts: Parts, write: Write): Parts {
    switch (write.kind) {
      case 'pair':
        return { ...parts, pair: write.row }
      case 'pair_state':
        return { ...parts, state: write.row }
      case 'round':
        return { ...parts, round: write.row }
      case 'position': {
        const { accountId, instrumentId, positionIndex, quantity } = write.row
        const place = this.#legs.get(positionKey(accountId, instrumentId, positionIndex))
        return place === undefined ? parts : { ...parts, held: { ...parts.held, [place.leg]: quantity } }
      }
      default:
        return parts
    }
  }

  #put(pair: Pair): Kept {
    const kept = this.#kept.get(pair.id) ?? this.#keep(pair, { state: newPairState(pair.id), round: null })
    if (pair.origin !== 'removed') return kept
    kept.isRemoved = true
    this.#kept.delete(pair.id)
    for (const leg of LEG_NAMES) this.#legs.delete(placeOf(pair[leg]))
    return kept
  }

  #keep(pair: Pair, memory: Pick<Parts, 'state' | 'round'>): Kept {
    const { holdings } = this.#context.state
    const heldOf = (leg: Leg): Decimal => holdings.get(placeOf(leg))?.position.quantity ?? ZERO
    const parts: Parts = { pair, ...memory, held: { a: heldOf(pair.a), b: heldOf(pair.b) } }
    const listeners = new Listeners<void>(this.#context.ports.log)
    const kept: Kept = { parts, view: viewOf(parts), isRemoved: false, listeners }
    this.#kept.set(pair.id, kept)
    for (const leg of LEG_NAMES) this.#legs.set(placeOf(pair[leg]), { kept, leg })
    return kept
  }

  #stateOf({ view, isRemoved }: Kept): WatchState {
    if (isRemoved) return 'closed'
    const states = LEG_NAMES.map(leg => this.#sessions.get(view.pair[leg].accountId) ?? 'closed')
    return states.find(state => state !== 'live') ?? 'live'
  }
}

function viewOf({ pair, state, round, held }: Parts): PairView {
  return { pair, state, round, ...standingOf(pair, state, held) }
}

function isOf({ a, b }: Pair, accountId: AccountId): boolean {
  return a.accountId === accountId || b.accountId === accountId
}

/** A leg is traded in one-way mode. */
function placeOf({ accountId, instrumentId }: Leg): PositionKey {
  return positionKey(accountId, instrumentId, 0)
}
