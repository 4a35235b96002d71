import { DEFAULT_INSTRUMENTS } from '../../exchange/core/instruments.ts'
import { type Decimal, decimal } from '../../src/domain/decimal.ts'
import type { Quoting } from '../../src/domain/pair.ts'
import { must } from '../../src/domain/result.ts'
import type { Setup, SetupPair } from '../../src/engine/setup.ts'
import { type Configuration, CROWD, drawHeld, drawMarginModes } from './configuration.ts'
import type { SeededRandom } from './seeded-random.ts'

/** A's symbol and B's. */
type Markets = readonly [string, string]

/** What A trades on the one B's account can pay for on the other. */
const TWO_MARKETS: readonly [Markets, ...Markets[]] = [
  ['BTCUSDT', 'ETHUSDT'],
  ['BTCUSDT', 'SOLUSDT'],
  ['ETHUSDT', 'BTCUSDT'],
  ['ETHUSDT', 'SOLUSDT'],
  ['SOLUSDT', 'ETHUSDT'],
]
const ONE_MARKET: readonly [Markets, ...Markets[]] = [
  ['BTCUSDT', 'BTCUSDT'],
  ['ETHUSDT', 'ETHUSDT'],
  ['SOLUSDT', 'SOLUSDT'],
]

/** How often B cannot pay for most of what it should hold. */
const POOR_RATE = 0.1
/** How often nothing goes wrong: without such seeds hardly a round would be far enough from any fault. */
const QUIET_RATE = 0.1

/** Which legs, how they are hedged, and with what: drawn from the seed. */
export function drawPairs(random: SeededRandom): Configuration {
  const pairs = Array.from({ length: random.integer(1, 3) }, (_, index) => drawPair(random, index + 1))
  const accounts = pairs.flatMap(({ a, b }) => [a.account, b.account])
  const deposits = new Map([[CROWD, '1000000000']])
  for (const { a, b } of pairs) {
    deposits.set(a.account, `${random.integer(500, 5_000)}000`)
    deposits.set(b.account, random.chance(POOR_RATE) ? '900' : `${random.integer(500, 5_000)}000`)
  }
  return {
    deposits,
    offsetMs: random.chance(0.3) ? random.integer(-30_000, 30_000) : random.integer(-50, 50),
    // Thin books: an order trades in fifty executions and more, and a hedge may end short.
    levelNotional: random.pick(['600', '3000', '20000', '20000', '20000']),
    tradingMs: 240_000,
    leaderPaceMs: random.pick([
      [5, 500],
      [10, 1_000],
      [20, 2_500],
    ]),
    setup: {
      accounts: accounts.map(name => ({
        name,
        venue: 'bybit',
        environment: 'paper',
        status: 'active',
        maximumLeverage: decimal(random.pick(['3', '10', '50'])),
      })),
      sources: [],
      strategies: [],
      links: [],
      pairs,
    },
    heldBefore: random.chance(0.4) ? drawHeld(random, accounts) : [],
    linksPerTurn: 100,
    marginModes: drawMarginModes(random.fork(), accounts),
    isQuiet: random.chance(QUIET_RATE),
    past: null,
  }
}

/** The same with fewer pairs, the first ones. */
export function withPairs(configuration: Configuration, count: number): Configuration {
  const { setup, deposits, heldBefore, marginModes } = configuration
  const pairs = setup.pairs.slice(0, count)
  const names = new Set([CROWD, ...pairs.flatMap(({ a, b }) => [a.account, b.account])])
  return {
    ...configuration,
    deposits: new Map([...deposits].filter(([name]) => names.has(name))),
    heldBefore: heldBefore.filter(({ account }) => names.has(account)),
    marginModes: new Map([...marginModes].filter(([name]) => names.has(name))),
    setup: { ...setup, pairs, accounts: setup.accounts.filter(({ name }) => names.has(name)) },
  }
}

/** A person sets something else of one pair; its legs and its mode stay. */
export function redrawPair(setup: Setup, random: SeededRandom): Setup {
  const pairs = [...setup.pairs]
  const at = random.integer(0, pairs.length - 1)
  const pair = pairs[at]
  if (pair === undefined) return setup
  const quoting = pair.quoting === null ? null : drawQuoting(random, pair)
  const { ratioBps: drawn, ...terms } = drawTerms(random, pair.b.symbol)
  const ratioBps = random.chance(0.2) ? drawn : pair.ratioBps
  pairs[at] = { ...pair, ...terms, ratioBps, quoting }
  return { ...setup, pairs }
}

function drawPair(random: SeededRandom, number: number): SetupPair {
  const [symbolA, symbolB] = random.pick(random.chance(0.6) ? ONE_MARKET : TWO_MARKETS)
  const legs = {
    name: `pair-${number}`,
    a: { account: `a-${number}`, symbol: symbolA },
    b: { account: `b-${number}`, symbol: symbolB },
  }
  const isQuoting = random.chance(0.5)
  return {
    ...legs,
    ...drawTerms(random, symbolB),
    quoting: isQuoting ? drawQuoting(random, legs) : null,
  }
}

function drawTerms(random: SeededRandom, symbolB: string): Omit<SetupPair, 'name' | 'a' | 'b' | 'quoting'> {
  return {
    ratioBps: random.pick([10_000, 10_000, 5_000, 13_700]),
    tolerance: times(lotOf(symbolB), random.pick([1, 1, 2, 5, 20])),
    hedgeSlippageBps: random.pick([10, 50, 50, 100]),
    attempts: random.pick([1, 2, 3, 3, 5]),
    retryEveryMs: random.pick([100, 300, 1_000]),
    confirmTimeoutMs: random.pick([3_000, 30_000, 30_000, 30_000]),
    forceCloseAfterMs: random.pick([2_000, 5_000, 30_000, 30_000]),
    forceCloseSlippageBps: random.pick([50, 200, 500]),
  }
}

/** Timeouts so short that a quote is rarely older than a price. */
function drawQuoting(random: SeededRandom, { a, b }: Pick<SetupPair, 'a' | 'b'>): Quoting {
  const [lotA, lotB] = [lotOf(a.symbol), lotOf(b.symbol)]
  // Twice B's lot, because half of it may be all that B is to hold.
  const smallest = lotA > lotB ? lotA : times(lotB, 2)
  return {
    quantity: times(smallest, random.integer(2, 40)),
    depthLevel: random.pick([1, 1, 2, 5]),
    makerTimeoutMs: random.pick([1_000, 3_000, 10_000]),
    maximumCycles: random.pick([null, null, 5]),
  }
}

function lotOf(symbol: string): Decimal {
  return must(
    DEFAULT_INSTRUMENTS.find(instrument => instrument.symbol === symbol),
    'only listed symbols are drawn',
  ).lotSize
}

function times(amount: Decimal, count: number): Decimal {
  return (amount * BigInt(count)) as Decimal
}
