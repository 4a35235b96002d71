import { absolute, add, type Decimal, subtract, ZERO } from '../../../src/domain/decimal.ts'
import type { ExchangePosition } from '../../core/types.ts'
import type { TimedExchange } from '../shared/timed-exchange.ts'

/** The finest interval that the venue answers by (docs/v5/enum.mdx, intervalTime). */
const SAMPLE_MS = 300_000
/** A week of samples. */
const MAXIMUM_SAMPLES = 2_016

interface Sample {
  /** Wall clock, ms, a multiple of the sample's length. */
  readonly at: number
  readonly bySymbol: ReadonlyMap<string, Decimal>
}

export interface InterestSample {
  readonly at: number
  readonly held: Decimal
}

/** What all accounts hold long and short together, by symbol in base units, now and at every five minutes since the start. */
export class OpenInterest {
  readonly #held = new Map<string, Decimal>()
  readonly #totals = new Map<string, Decimal>()
  readonly #samples: Sample[] = []

  constructor({ exchange }: TimedExchange) {
    for (const account of exchange.accounts())
      for (const position of exchange.positions(account)) this.changed(account, position)
  }

  of(symbol: string): Decimal {
    return this.#totals.get(symbol) ?? ZERO
  }

  changed(account: string, position: ExchangePosition): void {
    const { symbol, positionIndex, quantity } = position
    const name = `${account} ${symbol} ${positionIndex}`
    const before = this.#held.get(name) ?? ZERO
    const held = absolute(quantity)
    this.#held.set(name, held)
    this.#totals.set(symbol, add(subtract(this.of(symbol), before), held))
  }

  sample(now: number): void {
    const at = Math.floor(now / SAMPLE_MS) * SAMPLE_MS
    if (this.#samples.at(-1)?.at === at) return
    this.#samples.push({ at, bySymbol: new Map(this.#totals) })
    if (this.#samples.length > MAXIMUM_SAMPLES) this.#samples.shift()
  }

  /** Newest first. @param intervalMs a multiple of five minutes */
  history(symbol: string, intervalMs: number): readonly InterestSample[] {
    const inStep = this.#samples.filter(({ at }, index) => at % intervalMs === 0 || index === 0)
    return inStep.map(({ at, bySymbol }) => ({ at, held: bySymbol.get(symbol) ?? ZERO })).reverse()
  }
}
