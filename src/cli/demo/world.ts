import { randomBytes } from 'node:crypto'
import type { Credential } from '../../domain/account.ts'
import { type Decimal, decimal } from '../../domain/decimal.ts'
import { PAIR_DEFAULTS, QUOTING_DEFAULTS } from '../../domain/pair.ts'
import { DEFAULT_MAX_AGE_MS, MODES, NO_LIMITS, type RiskLimits, type Sizing } from '../../domain/strategy.ts'
import type { Setup, SetupPair } from '../../engine/setup.ts'
import type { OwnExchange } from '../../main.ts'

export const LEADER = 'leader'
export const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'] as const

/** One follower of the demo: how it sizes is what its row shows. */
export interface Follower {
  readonly name: string
  readonly note: string
  readonly deposit: string
  readonly sizing: Sizing
}

const ratio = (text: string, inverse = false): Sizing => ({ kind: 'ratio', inverse, ratio: decimal(text) })

export const FOLLOWERS: readonly Follower[] = [
  { name: 'ada', note: 'half of the leader', deposit: '50000', sizing: ratio('0.5') },
  { name: 'ben', note: 'a tenth, the usual', deposit: '10000', sizing: ratio('0.1') },
  {
    name: 'chen',
    note: 'by equity',
    deposit: '25000',
    sizing: { kind: 'equity_ratio', inverse: false, ratio: decimal('1') },
  },
  {
    name: 'dana',
    note: '300 USDT per order',
    deposit: '10000',
    sizing: { kind: 'fixed_notional', inverse: false, notional: decimal('300') },
  },
  { name: 'emil', note: 'inverse of a fifth', deposit: '20000', sizing: ratio('0.2', true) },
  // Fails on purpose, so that its reason can be read.
  { name: 'flo', note: 'too little money', deposit: '20', sizing: ratio('0.5') },
]

/** The hedge pair: one quotes, the other holds the opposite of what it got. */
export const QUOTES = 'hana'
const HEDGES = 'hugo'
const PAIR: SetupPair = {
  ...PAIR_DEFAULTS,
  name: 'maker',
  a: { account: QUOTES, symbol: 'BTCUSDT' },
  b: { account: HEDGES, symbol: 'BTCUSDT' },
  tolerance: decimal('0.001'),
  // Shorter than usual, so that there is something to see.
  quoting: { ...QUOTING_DEFAULTS, quantity: decimal('0.01'), makerTimeoutMs: 5_000 },
}

/** Trades with whatever is quoted; no account of the server's. */
export const PASSER_BY = 'passer-by'

const LEADER_DEPOSIT = '100000'
const LEG_DEPOSIT = decimal('100000')
const PASSER_BY_DEPOSIT = decimal('10000000')
const LIMITS: RiskLimits = { ...NO_LIMITS, maximumOrderNotional: decimal('50000') }

export function demoSetup(): Setup {
  const account = (name: string) =>
    ({ name, venue: 'bybit', environment: 'paper', status: 'active', maximumLeverage: decimal('3') }) as const
  return {
    accounts: names().map(account),
    sources: [{ name: LEADER, account: LEADER }],
    strategies: FOLLOWERS.map(({ name, sizing }) => ({
      name: `follow as ${name}`,
      source: LEADER,
      mode: MODES[0],
      sizing,
      entry: { kind: 'market' },
      leverage: { kind: 'follow' },
      limits: LIMITS,
      symbolMap: new Map(),
      maxAgeMs: DEFAULT_MAX_AGE_MS,
      maxDriftBps: null,
    })),
    pairs: [PAIR],
    links: FOLLOWERS.map(({ name }) => ({
      strategy: `follow as ${name}`,
      account: name,
      mode: 'on',
      sizing: null,
    })),
  }
}

function names(): readonly string[] {
  return [LEADER, ...FOLLOWERS.map(({ name }) => name), QUOTES, HEDGES]
}

/** Keys of a world that ends with its process: new at each start, worth nothing anywhere else. */
export function demoCredentials(): ReadonlyMap<string, Credential> {
  const credential = (): Credential => ({
    key: randomBytes(9).toString('hex'),
    secret: randomBytes(18).toString('hex'),
  })
  return new Map([...names(), PASSER_BY].map(name => [name, credential()]))
}

export function demoAccounts(
  credentials: ReadonlyMap<string, Credential>,
): NonNullable<OwnExchange['accounts']> {
  const ofLegs = [QUOTES, HEDGES].map(name => [name, LEG_DEPOSIT] as const)
  const deposits = new Map([...demoDeposits(), ...ofLegs, [PASSER_BY, PASSER_BY_DEPOSIT]])
  return Array.from(credentials, ([account, { key, secret }]) => ({
    account,
    key,
    secret,
    deposit: deposits.get(account),
  }))
}

/** What everybody begins with, quote. */
export function demoDeposits(): ReadonlyMap<string, Decimal> {
  const ofFollowers = FOLLOWERS.map(({ name, deposit }) => [name, decimal(deposit)] as const)
  return new Map([[LEADER, decimal(LEADER_DEPOSIT)], ...ofFollowers])
}
