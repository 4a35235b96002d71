import type { StoredFill, Write } from '../../../src/ports/store.ts'
import { textOf } from './amounts.ts'
import type { Checker, Evidence } from './checker.ts'
import { imbalance, sightOf, WHOLE_BPS } from './pair-sight.ts'

/** I4, for pairs: each trade on a leg is counted once by its pair, and what it says was held is what was. */
export class PairTradesChecker implements Checker {
  readonly #evidence: Evidence
  readonly #counted = new Map<string, number>()

  constructor(evidence: Evidence) {
    this.#evidence = evidence
  }

  applied(unit: readonly Write[]): void {
    const last = new Map<string, StoredFill>()
    for (const { kind, row } of unit) {
      if (kind !== 'fill' || row.pairId === null) continue
      last.set(row.pairId, row)
      const next = (this.#counted.get(row.pairId) ?? 0) + 1
      if (row.pairSequence !== next)
        this.#evidence.violate('I4', `trade ${row.pairSequence} of a pair came, and ${next} is the next`)
      this.#counted.set(row.pairId, next)
    }
    for (const [pairId, row] of last) this.#compare(pairId, row)
  }

  #compare(pairId: string, { exposure, pairSequence }: StoredFill): void {
    const { ledger, violate } = this.#evidence
    const pair = ledger.pairs.get(pairId)
    const sight = pair === undefined ? null : sightOf(this.#evidence, pair)
    if (sight === null) return
    const [a, b] = [sight.a.counted, sight.b.counted]
    const trade = `trade ${pairSequence} of ${sight.pair.name}`
    if (exposure?.a !== a || exposure.b !== b)
      violate('I4', `${trade} does not say that ${textOf(a)} and ${textOf(b)} were held`)
    else if (-exposure.gap !== imbalance(sight.pair, a, b) / WHOLE_BPS)
      violate('I4', `${trade} says that B lacked ${textOf(exposure.gap)}`)
  }
}
