import { type Decimal, decimal } from '../../src/domain/decimal.ts'
import type { Quoting } from '../../src/domain/pair.ts'
import type { Setup, SetupPair } from '../../src/engine/setup.ts'
import { type Configuration, CROWD, drawHeld, drawMarginModes } from './configuration.ts'
import type { SeededRandom } from './seeded-random.ts'
import { drawAround } from './traders.ts'
import { BYBIT, LIGHTER, type Outage, unitOf, type VenueKind } from './venue-kinds.ts'
import type { Wish } from './world.ts'

/** A's market and B's, by their places among the venue's symbols. */
type Markets = readonly [number, number]

/** What A trades on the one B's account can pay for on the other. */
const TWO_MARKETS: readonly [Markets, ...Markets[]] = [
  [0, 1],
  [0, 2],
  [1, 0],
  [1, 2],
  [2, 1],
]
const ONE_MARKET: readonly [Markets, ...Markets[]] = [
  [0, 0],
  [1, 1],
  [2, 2],
]

/** How often B cannot pay for most of what it should hold. */
const POOR_RATE = 0.1
/** How often nothing goes wrong: without such seeds hardly a round would be far enough from any fault. */
const QUIET_RATE = 0.1
/** How often the venue is Lighter. */
const LIGHTER_RATE = 0.5
/** How often Lighter is away, and for how long, ms. */
const OUTAGE_RATE = 0.3
const OUTAGES_MS = [30_000, 30_000, 120_000, 120_000, 600_000, 16_200_000] as const
const TRADING_MS = 240_000

/** Which legs, how they are hedged, and with what: drawn from the seed. */
export function drawPairs(random: SeededRandom, { later }: Pick<Wish, 'later'>): Configuration {
  const venueKind = later.chance(LIGHTER_RATE) ? drawLighter(later) : BYBIT
  const outage = venueKind === BYBIT ? null : drawOutage(later)
  const pairs = Array.from({ length: random.integer(1, 3) }, (_, index) =>
    drawPair(random, venueKind, index + 1),
  )
  const accounts = pairs.flatMap(({ a, b }) => [a.account, b.account])
  const deposits = new Map([[CROWD, '1000000000']])
  for (const { a, b } of pairs) {
    deposits.set(a.account, `${random.integer(500, 5_000)}000`)
    deposits.set(b.account, random.chance(POOR_RATE) ? '900' : `${random.integer(500, 5_000)}000`)
  }
  const drawn: Configuration = {
    deposits,
    offsetMs: random.chance(0.3) ? random.integer(-30_000, 30_000) : random.integer(-50, 50),
    // Thin books: an order trades in fifty executions and more, and a hedge may end short.
    levelNotional: random.pick(['600', '3000', '20000', '20000', '20000']),
    tradingMs: TRADING_MS,
    leaderPaceMs: random.pick([
      [5, 500],
      [10, 1_000],
      [20, 2_500],
    ]),
    setup: {
      accounts: accounts.map(name => ({
        name,
        venue: venueKind.capability.venue,
        environment: 'paper',
        status: 'active',
        maximumLeverage: decimal(random.pick(['3', '10', '50'])),
      })),
      sources: [],
      strategies: [],
      links: [],
      pairs,
    },
    heldBefore: random.chance(0.4) ? drawHeld(random, venueKind, accounts) : [],
    linksPerTurn: 100,
    marginModes: drawMarginModes(random.fork(), accounts),
    isQuiet: random.chance(QUIET_RATE),
    past: null,
    venueKind,
    outage: null,
  }
  return outage === null || drawn.isQuiet ? drawn : { ...drawn, outage, tradingMs: TRADING_MS + outage.forMs }
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
export function redrawPair(kind: VenueKind, setup: Setup, random: SeededRandom): Setup {
  const pairs = [...setup.pairs]
  const at = random.integer(0, pairs.length - 1)
  const pair = pairs[at]
  if (pair === undefined) return setup
  const quoting = pair.quoting === null ? null : drawQuoting(random, kind, pair)
  const { ratioBps: drawn, ...terms } = drawTerms(random, unitOf(kind, pair.b.symbol))
  const ratioBps = random.chance(0.2) ? drawn : pair.ratioBps
  pairs[at] = { ...pair, ...terms, ratioBps, quoting }
  return { ...setup, pairs }
}

/** Whether orders that only reduce must reach its minima nobody says: both are drawn. */
function drawLighter(later: SeededRandom): VenueKind {
  return { ...LIGHTER, rules: { ...LIGHTER.rules, minimumsBindReductions: later.chance(0.5) } }
}

function drawOutage(later: SeededRandom): Outage | null {
  if (!later.chance(OUTAGE_RATE)) return null
  return { afterMs: later.integer(10_000, TRADING_MS), forMs: later.pick(OUTAGES_MS) }
}

function drawPair(random: SeededRandom, kind: VenueKind, number: number): SetupPair {
  const [placeA, placeB] = random.pick(random.chance(0.6) ? ONE_MARKET : TWO_MARKETS)
  const [symbolA = '', symbolB = ''] = [kind.symbols[placeA], kind.symbols[placeB]]
  const legs = {
    name: `pair-${number}`,
    a: { account: `a-${number}`, symbol: symbolA },
    b: { account: `b-${number}`, symbol: symbolB },
  }
  const isQuoting = random.chance(0.5)
  return {
    ...legs,
    ...drawTerms(random, unitOf(kind, symbolB)),
    quoting: isQuoting ? drawQuoting(random, kind, legs) : null,
  }
}

function drawTerms(random: SeededRandom, unitB: Decimal): Omit<SetupPair, 'name' | 'a' | 'b' | 'quoting'> {
  return {
    ratioBps: random.pick([10_000, 10_000, 5_000, 13_700]),
    tolerance: times(unitB, random.pick([1, 1, 2, 5, 20])),
    hedgeSlippageBps: random.pick([10, 50, 50, 100]),
    attempts: random.pick([1, 2, 3, 3, 5]),
    retryEveryMs: random.pick([100, 300, 1_000]),
    confirmTimeoutMs: random.pick([3_000, 30_000, 30_000, 30_000]),
    forceCloseAfterMs: random.pick([2_000, 5_000, 30_000, 30_000]),
    forceCloseSlippageBps: random.pick([50, 200, 500]),
  }
}

/** Timeouts so short that a quote is rarely older than a price. */
function drawQuoting(random: SeededRandom, kind: VenueKind, { a, b }: Pick<SetupPair, 'a' | 'b'>): Quoting {
  const [unitA, unitB] = [unitOf(kind, a.symbol), unitOf(kind, b.symbol)]
  // Twice B's unit, because half of it may be all that B is to hold.
  const smallest = unitA > unitB ? unitA : times(unitB, 2)
  const count = Number(smallest / unitA) * random.integer(2, 40)
  return {
    quantity: drawAround(kind, random, { symbol: a.symbol, count }),
    depthLevel: random.pick([1, 1, 2, 5]),
    makerTimeoutMs: random.pick([1_000, 3_000, 10_000]),
    maximumCycles: random.pick([null, null, 5]),
  }
}

function times(amount: Decimal, count: number): Decimal {
  return (amount * BigInt(count)) as Decimal
}
