import type { AuditEntry } from '../../exchange/core/types.ts'
import { symbolOf } from '../../src/domain/ids.ts'
import type { Leg, Pair } from '../../src/domain/pair.ts'
import { size } from './checkers/amounts.ts'
import type { Checker, Evidence } from './checkers/checker.ts'
import {
  imbalance,
  type PairSight,
  STOPPED,
  sightOf,
  smallestOrder,
  WHOLE_BPS,
} from './checkers/pair-sight.ts'
import { lastsMs } from './troubles.ts'

/** From the trade that left as much of B unhedged as its market takes as an order to the one after which less was. */
export interface UnhedgedRound {
  /** By the exchange's clock. */
  readonly ms: number
  /** A fault was, or may have been, in the way of one of its legs. */
  readonly isTouched: boolean
}

interface Begun {
  /** The exchange's clock, ms. */
  readonly at: number
  /** The simulator's, ms. */
  readonly monotonic: number
}

/**
 * How long each exposure lasted, by the exchange's own log: what the engine believes of its rounds is not asked.
 *
 * What begins while a pair is stopped is no round: nobody is to hedge it before a person has looked.
 */
export class UnhedgedTimes implements Checker {
  readonly rounds: UnhedgedRound[] = []
  readonly #evidence: Evidence
  readonly #begun = new Map<string, Begun>()

  constructor(evidence: Evidence) {
    this.#evidence = evidence
  }

  audit(entry: AuditEntry): void {
    if (entry.kind !== 'filled') return
    for (const pair of this.#evidence.ledger.pairs.values())
      if (this.#isOn(pair.a, entry) || this.#isOn(pair.b, entry)) this.#measure(pair, entry.at)
  }

  #isOn(
    { accountId, instrumentId }: Leg,
    { account, symbol }: { readonly account: string; readonly symbol: string },
  ): boolean {
    return (
      symbolOf(instrumentId) === symbol && this.#evidence.ledger.accounts.get(accountId)?.name === account
    )
  }

  #measure(pair: Pair, at: number): void {
    const sight = sightOf(this.#evidence, pair)
    if (sight === null) return
    const { state, a, b } = sight
    const smallest = smallestOrder(this.#evidence.exchange, b.symbol)
    const isUnhedged = size(imbalance(pair, a.traded, b.traded)) >= smallest * WHOLE_BPS
    const begun = this.#begun.get(pair.id)
    if (isUnhedged && begun === undefined && !STOPPED.has(state.pause))
      this.#begun.set(pair.id, { at, monotonic: this.#evidence.monotonic() })
    if (isUnhedged || begun === undefined) return
    this.#begun.delete(pair.id)
    this.rounds.push({ ms: at - begun.at, isTouched: this.#isTouched(sight, begun) })
  }

  #isTouched({ a, b }: PairSight, { monotonic }: Begun): boolean {
    const places = { accounts: [a.account, b.account], symbols: [a.symbol, b.symbol] }
    for (const _ of this.#evidence.troubles.touching(places, fault => monotonic - lastsMs(fault))) return true
    return false
  }
}
