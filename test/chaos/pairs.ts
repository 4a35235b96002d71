/** Leg B follows leg A one to one, in base units: a judge can say from A's trades alone what B must hold. */
export interface ChaosPair {
  readonly name: string
  /** Accounts. A trades BTCUSDT. */
  readonly a: string
  readonly b: string
  readonly symbolB: string
  /** Decimal text, base units of B. */
  readonly lotB: string
  /** A quotes; otherwise somebody trades on it. */
  readonly isQuoting: boolean
}

export const SYMBOL_A = 'BTCUSDT'
const BTC = { symbolB: 'BTCUSDT', lotB: '0.001' }
const ETH = { symbolB: 'ETHUSDT', lotB: '0.01' }

/** Of a world that has pairs: both modes, and both ways in which B's order may meet A's rest. */
export const PAIRS: readonly ChaosPair[] = [
  { name: 'mirror', a: 'mirror-a', b: 'mirror-b', ...BTC, isQuoting: false },
  { name: 'across', a: 'across-a', b: 'across-b', ...ETH, isQuoting: false },
  { name: 'quoter', a: 'quoter-a', b: 'quoter-b', ...BTC, isQuoting: true },
]

export function legsOf(pairs: readonly ChaosPair[]): readonly string[] {
  return pairs.flatMap(({ a, b }) => [a, b])
}

/** Nobody is there who would resume a pair: it tries for as long as a server lives. */
const PATIENT = 'attempts: 100, retryEveryMs: 200, confirmTimeoutMs: 600000, forceCloseAfterMs: 600000'
/** By the defaults it may pause: then it must say so. */
const QUOTING = 'quoting: { quantity: 0.02, makerTimeoutMs: 700 }'

/** @param isCalm nobody quotes: what rests is cancelled, and B follows to the end */
export function pairLines(pairs: readonly ChaosPair[], isCalm: boolean): readonly string[] {
  if (pairs.length === 0) return []
  const row = ({ name, a, b, symbolB, lotB, isQuoting }: ChaosPair): string => {
    const legs = `a: { account: ${a}, symbol: ${SYMBOL_A} }, b: { account: ${b}, symbol: ${symbolB} }`
    const manner = isQuoting ? (isCalm ? '' : `, ${QUOTING}`) : `, ${PATIENT}`
    return `  - { name: ${name}, ${legs}, tolerance: ${lotB}${manner} }`
  }
  return ['pairs:', ...pairs.map(row)]
}
