import type { MarginMode } from '../../exchange/core/records.ts'
import { decimal } from '../../src/domain/decimal.ts'
import {
  type EntryStyle,
  type LeverageRule,
  type Mode,
  NO_LIMITS,
  type RiskLimits,
  type Sizing,
} from '../../src/domain/strategy.ts'
import type { Setup } from '../../src/engine/setup.ts'
import { drawPast, type PastConfiguration } from './past/past-configuration.ts'
import type { SeededRandom } from './seeded-random.ts'
import { BYBIT, type Outage, type VenueKind } from './venue-kinds.ts'

export const LEADER = 'leader'
/** In the worlds of pairs: trades with quotes that rest, and is nobody's account here. */
export const CROWD = 'crowd'

export interface Configuration {
  readonly setup: Setup
  /** Quote, by account. */
  readonly deposits: ReadonlyMap<string, string>
  readonly offsetMs: number
  readonly levelNotional: string
  /** How long the leader trades. */
  readonly tradingMs: number
  /** From one order of the leader to the next: from, to. */
  readonly leaderPaceMs: readonly [number, number]
  /** What accounts held before anybody looked. */
  readonly heldBefore: readonly HeldBefore[]
  readonly linksPerTurn: number
  /** By account; cross where nothing is said. */
  readonly marginModes: ReadonlyMap<string, MarginMode>
  /** Nothing goes wrong in it: what the others are measured against. */
  readonly isQuiet: boolean
  /** How what the venue remembers is read; null: it is not. */
  readonly past: PastConfiguration | null
  readonly venueKind: VenueKind
  readonly outage: Outage | null
}

export interface HeldBefore {
  readonly account: string
  readonly symbol: string
  /** Signed, what people count in. */
  readonly units: number
}

/** One in so many seeds has more links than one transaction takes. */
const CROWD_RATE = 0.01
/** How often an account, the leader too, is in isolated margin. */
const ISOLATED_RATE = 0.4

/** Who follows whom, how, and with what: drawn from the seed. @param wish `readsPast`: whatever it says */
export function drawConfiguration(
  random: SeededRandom,
  { readsPast = false }: { readonly readsPast?: boolean } = {},
): Configuration {
  const isCrowd = random.chance(CROWD_RATE)
  const count = isCrowd ? random.integer(101, 125) : random.integer(3, 12)
  const strategies = Array.from({ length: random.integer(1, 3) }, (_, index) =>
    drawStrategy(random, index + 1),
  )
  const followers = Array.from({ length: count }, (_, index) => `follower-${index + 1}`)
  const deposits = new Map([[LEADER, '1000000']])
  // One in five is too poor for most of what it should copy.
  for (const name of followers)
    deposits.set(name, random.chance(0.15) ? '60' : `${random.integer(5, 200)}000`)
  const drawn: Omit<Configuration, 'past'> = {
    deposits,
    offsetMs: random.chance(0.3) ? random.integer(-30_000, 30_000) : random.integer(-50, 50),
    // Thin books: an order of the leader trades in fifty executions and more.
    levelNotional: random.pick(['600', '3000', '20000', '20000', '20000']),
    tradingMs: isCrowd ? 20_000 : 325_000,
    // The short pauses bring an order while the last one is still on its way.
    leaderPaceMs: isCrowd
      ? [200, 4_000]
      : random.pick([
          [5, 500],
          [10, 1_000],
          [20, 2_500],
        ]),
    setup: {
      accounts: [LEADER, ...followers].map(name => ({
        name,
        venue: 'bybit',
        environment: 'paper',
        status: 'active',
        maximumLeverage: decimal(random.pick(['1', '3', '10', '50'])),
      })),
      sources: [{ name: 'source', account: LEADER }],
      strategies,
      pairs: [],
      links: followers.map((account, index) => ({
        account,
        strategy: `strategy-${1 + (index % strategies.length)}`,
        mode: drawMode(random),
        sizing: random.chance(0.3) ? drawSizing(random) : null,
      })),
    },
    heldBefore: random.chance(0.4) ? drawHeld(random, BYBIT, [LEADER, ...followers]) : [],
    // So few that even some followers take more than one transaction.
    linksPerTurn: random.pick([2, 5, 100, 100]),
    marginModes: drawMarginModes(random.fork(), [LEADER, ...followers]),
    isQuiet: false,
    venueKind: BYBIT,
    outage: null,
  }
  const isThin = drawn.levelNotional !== '20000'
  const wish = { leader: LEADER, followers, isThin, always: readsPast }
  return { ...drawn, past: drawPast(random.fork(), wish) }
}

/** The same with fewer followers, the first ones. */
export function withFollowers(configuration: Configuration, count: number): Configuration {
  const { setup, deposits, heldBefore, marginModes, past } = configuration
  const links = setup.links.slice(0, count)
  const names = new Set([LEADER, ...links.map(({ account }) => account)])
  return {
    ...configuration,
    deposits: new Map([...deposits].filter(([name]) => names.has(name))),
    heldBefore: heldBefore.filter(({ account }) => names.has(account)),
    marginModes: new Map([...marginModes].filter(([name]) => names.has(name))),
    past: past === null ? null : { ...past, accounts: past.accounts.filter(name => names.has(name)) },
    setup: { ...setup, links, accounts: setup.accounts.filter(({ name }) => names.has(name)) },
  }
}

export function drawMarginModes(
  random: SeededRandom,
  accounts: readonly string[],
): ReadonlyMap<string, MarginMode> {
  const isolated = accounts.filter(() => random.chance(ISOLATED_RATE))
  return new Map(isolated.map(name => [name, 'isolated']))
}

export function drawHeld(
  random: SeededRandom,
  { symbols }: VenueKind,
  accounts: readonly string[],
): readonly HeldBefore[] {
  return accounts.flatMap(account => {
    if (!random.chance(0.4)) return []
    const symbol = random.pick(symbols)
    return [{ account, symbol, units: random.integer(1, 60) * random.pick([1, -1]) }]
  })
}

/** A person sets something else: of one strategy or of one link. */
export function redraw(setup: Setup, random: SeededRandom): Setup {
  const strategies = [...setup.strategies]
  const links = [...setup.links]
  const at = random.integer(0, strategies.length - 1)
  const strategy = strategies[at]
  const index = random.integer(0, links.length - 1)
  const link = links[index]
  if (strategy === undefined || link === undefined) return setup
  switch (random.integer(1, 4)) {
    case 1:
      links[index] = { ...link, mode: random.pick(['on', 'on', 'close_only', 'off']) }
      break
    case 2:
      links[index] = { ...link, sizing: drawSizing(random) }
      break
    case 3:
      strategies[at] = { ...strategy, limits: { ...drawLimits(random), killSwitch: random.chance(0.2) } }
      break
    default:
      strategies[at] = { ...drawStrategy(random, at + 1), mode: random.pick(['on', 'on', 'close_only']) }
  }
  return { ...setup, strategies, links }
}

export function drawStrategy(random: SeededRandom, number: number): Setup['strategies'][number] {
  return {
    name: `strategy-${number}`,
    source: 'source',
    mode: random.chance(0.95) ? 'on' : 'close_only',
    sizing: drawSizing(random),
    entry: drawEntry(random),
    leverage: random.pick<LeverageRule>([
      { kind: 'follow' },
      { kind: 'fixed', leverage: decimal('5') },
      { kind: 'capped', leverage: decimal('3') },
    ]),
    limits: drawLimits(random),
    symbolMap: new Map(),
    maxAgeMs: random.pick([1_500, 5_000, 30_000]),
    maxDriftBps: random.pick([null, null, 5, 30, 200]),
  }
}

function drawMode(random: SeededRandom): Mode {
  if (random.chance(0.92)) return 'on'
  return random.pick(['close_only', 'off'])
}

export function drawSizing(random: SeededRandom): Sizing {
  const inverse = random.chance(0.15)
  switch (random.integer(1, 5)) {
    case 1:
    case 2:
      return { kind: 'ratio', inverse, ratio: decimal(random.pick(['0.1', '0.37', '1', '0.013'])) }
    case 3:
      return { kind: 'equity_ratio', inverse, ratio: decimal(random.pick(['1', '3'])) }
    case 4:
      return { kind: 'fixed_notional', inverse, notional: decimal(random.pick(['20', '500', '4000'])) }
    default:
      return { kind: 'fixed_quantity', inverse, quantity: decimal(random.pick(['0.003', '0.05', '0.0333'])) }
  }
}

function drawEntry(random: SeededRandom): EntryStyle {
  return random.pick<EntryStyle>([
    { kind: 'market' },
    { kind: 'market' },
    { kind: 'limit' },
    {
      kind: 'limit_follow',
      discountBps: random.integer(0, 10),
      maximumOpenOrders: random.integer(1, 5),
    },
    { kind: 'marketable_limit', slippageBps: random.integer(1, 50) },
  ])
}

/** Narrower than the best price or than what an entry may cost, in half of the cases. */
function narrowed(collarBps: number): number {
  if (collarBps >= 260) return collarBps
  return collarBps % 2 === 0 ? 1 : 2 + (collarBps % 7)
}

function drawLimits(random: SeededRandom): RiskLimits {
  const maybe = <T>(value: T): T | null => (random.chance(0.12) ? value : null)
  return {
    ...NO_LIMITS,
    maximumLeverage: maybe(decimal('4')),
    maximumOrderNotional: maybe(decimal('3000')),
    maximumSymbolNotional: maybe(decimal('9000')),
    maximumTotalNotional: maybe(decimal('20000')),
    maximumOrdersPerMinute: maybe(random.integer(3, 12)),
    allowedSides: random.chance(0.05) ? ['buy'] : null,
    deniedSymbols: random.chance(0.05) ? ['ETHUSDT'] : [],
    priceCollarBps: random.chance(0.2) ? narrowed(random.integer(20, 500)) : null,
  }
}
