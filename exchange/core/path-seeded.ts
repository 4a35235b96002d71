import { type Decimal, fromUnits, maximum, truncateToStep } from '../../src/domain/decimal.ts'
import { must } from '../../src/domain/result.ts'
import { seedOf, unitNoise } from './noise.ts'
import type { ExchangeInstrument, PricePath } from './types.ts'

const SECOND_MS = 1000
const BILLION = 1_000_000_000n

/** Slow large waves under fast small ones; an amplitude is the largest share of the base price it moves. */
const OCTAVES: readonly { readonly periodMs: number; readonly amplitude: number }[] = [
  { periodMs: 7 * 24 * 3600 * SECOND_MS, amplitude: 0.08 },
  { periodMs: 24 * 3600 * SECOND_MS, amplitude: 0.03 },
  { periodMs: 4 * 3600 * SECOND_MS, amplitude: 0.012 },
  { periodMs: 3600 * SECOND_MS, amplitude: 0.006 },
  { periodMs: 600 * SECOND_MS, amplitude: 0.0025 },
  { periodMs: 60 * SECOND_MS, amplitude: 0.0008 },
  { periodMs: 5 * SECOND_MS, amplitude: 0.0002 },
]

interface SeededPathOptions {
  readonly seed: number
  readonly instruments: readonly ExchangeInstrument[]
  /** By symbol, quote per base: the level that prices wander around. */
  readonly basePrices: ReadonlyMap<string, Decimal>
}

/** A wandering price for each instrument, known for every time at once: smooth value noise, in octaves. */
export function seededPath(options: SeededPathOptions): PricePath {
  const tracks = new Map(
    options.instruments.map(({ symbol, tickSize }) => [
      symbol,
      {
        seed: seedOf(options.seed, symbol),
        basePrice: must(options.basePrices.get(symbol), `no base price for ${symbol}: give it one`),
        tickSize,
      },
    ]),
  )
  return {
    priceAt(symbol, at) {
      const { seed, basePrice, tickSize } = must(tracks.get(symbol), `no price path for ${symbol}`)
      const billionths = BigInt(Math.round((1 + displacement(seed, at)) * 1e9))
      const wandered = fromUnits((basePrice * billionths) / BILLION)
      return maximum(truncateToStep(wandered, tickSize), tickSize)
    },
  }
}

function displacement(seed: number, at: number): number {
  let total = 0
  OCTAVES.forEach(({ periodMs, amplitude }, octave) => {
    total += amplitude * wave(seed, octave, at / periodMs)
  })
  return total
}

/** In [-1, 1], continuous in `place`: hashed values at whole places, joined by smoothstep. */
function wave(seed: number, octave: number, place: number): number {
  const whole = Math.floor(place)
  const part = place - whole
  const from = unitNoise(seed, octave, whole)
  const to = unitNoise(seed, octave, whole + 1)
  return (from + (to - from) * part * part * (3 - 2 * part)) * 2 - 1
}
