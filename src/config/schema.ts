import { z } from 'zod'
import { ENVIRONMENTS } from '../domain/account.ts'
import { HISTORY_KINDS } from '../domain/history.ts'
import { VENUES } from '../domain/ids.ts'
import { PAIR_DEFAULTS, QUOTING_DEFAULTS } from '../domain/pair.ts'
import {
  DEFAULT_MAX_AGE_MS,
  DEFAULT_MAXIMUM_LEVERAGE,
  DEFAULT_RATIO,
  type EntryStyle,
  type LeverageRule,
  MODES,
  type RiskLimits,
  type Sizing,
} from '../domain/strategy.ts'
import { DEFAULT_ENGINE_OPTIONS } from '../engine/context.ts'
import { isCron } from '../history/cron.ts'
import { SWEEP_AT } from '../history/limits.ts'
import {
  amount,
  amountOrNone,
  cronOrNone,
  flag,
  integer,
  integerOrNone,
  line,
  lineOrNone,
  list,
  listOrNone,
  network,
  oneOf,
  url,
} from './values.ts'

const DAY_MS = 86_400_000
/** Where REST and live push are unless something else is said. */
export const DEFAULT_HTTP_PORT = 8_787
const PORT = { least: 0, most: 65_535 }
/** More often would only take the requests from each other. */
const LEAST_HISTORY_MS = 5_000
const SWEEP_DAYS = { least: 1, most: 730 }
const BASIS_POINTS = { least: 0, most: 10_000 }

const name = () => line('a name')
const milliseconds = (usual: number, { least } = { least: 1 }) =>
  integer({ least, most: DAY_MS }).prefault(String(usual))
const symbol = () => line('a symbol like BTCUSDT')

const limits = z.strictObject({
  killSwitch: flag().prefault('false'),
  maximumLeverage: amountOrNone().prefault('none'),
  maximumOrderNotional: amountOrNone().prefault('none'),
  maximumSymbolNotional: amountOrNone().prefault('none'),
  maximumTotalNotional: amountOrNone().prefault('none'),
  maximumOrdersPerMinute: integerOrNone({ least: 1, most: 100_000 }).prefault('none'),
  allowedSymbols: listOrNone(symbol(), 'symbols').prefault('none'),
  deniedSymbols: list(symbol(), 'symbols').prefault([]),
  allowedSides: listOrNone(oneOf(['buy', 'sell']), 'buy, sell or both').prefault('none'),
  priceCollarBps: integerOrNone(BASIS_POINTS).prefault('none'),
}) satisfies z.ZodType<RiskLimits>

const inverse = flag().prefault('false')
const sizing = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('ratio'), inverse, ratio: amount().prefault(DEFAULT_RATIO) }),
    z.strictObject({ kind: z.literal('equity_ratio'), inverse, ratio: amount().prefault(DEFAULT_RATIO) }),
    z.strictObject({ kind: z.literal('fixed_notional'), inverse, notional: amount() }),
    z.strictObject({ kind: z.literal('fixed_quantity'), inverse, quantity: amount() }),
  ],
  { error: 'a sizing whose kind is ratio, equity_ratio, fixed_notional or fixed_quantity' },
) satisfies z.ZodType<Sizing>

const entry = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('market') }),
    z.strictObject({ kind: z.literal('limit') }),
    z.strictObject({
      kind: z.literal('limit_follow'),
      discountBps: integer(BASIS_POINTS),
      maximumOpenOrders: integer({ least: 1, most: 100 }).prefault('1'),
    }),
    z.strictObject({ kind: z.literal('marketable_limit'), slippageBps: integer(BASIS_POINTS) }),
  ],
  { error: 'an entry whose kind is market, limit, limit_follow or marketable_limit' },
) satisfies z.ZodType<EntryStyle>

const leverage = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('follow') }),
    z.strictObject({ kind: z.literal('fixed'), leverage: amount() }),
    z.strictObject({ kind: z.literal('capped'), leverage: amount() }),
  ],
  { error: 'a leverage whose kind is follow, fixed or capped' },
) satisfies z.ZodType<LeverageRule>

const account = z.strictObject({
  name: name(),
  venue: oneOf(VENUES),
  environment: oneOf(ENVIRONMENTS).prefault('paper'),
  key: line('the key that the venue gave'),
  secret: lineOrNone('the secret that the venue gave').prefault('none'),
  secretFile: lineOrNone('the path of a file that holds the secret').prefault('none'),
  maximumLeverage: amount().prefault(DEFAULT_MAXIMUM_LEVERAGE),
  status: oneOf(['active', 'inactive']).prefault('active'),
  /** Where a paper account's exchange is, each venue with its own; without it, the one that this server runs itself. */
  urls: z
    .strictObject({
      rest: url(['http:', 'https:']),
      publicStream: url(['ws:', 'wss:']).optional(),
      privateStream: url(['ws:', 'wss:']).optional(),
      tradeStream: url(['ws:', 'wss:']).optional(),
      stream: url(['ws:', 'wss:']).optional(),
    })
    .optional(),
})

const strategy = z.strictObject({
  name: name(),
  source: name(),
  mode: oneOf(MODES).prefault('on'),
  sizing: sizing.prefault({ kind: 'ratio' }),
  entry: entry.prefault({ kind: 'market' }),
  leverage: leverage.prefault({ kind: 'follow' }),
  limits: limits.prefault({}),
  /** The leader's symbol -> the follower's, where they differ. */
  symbols: z.record(z.string(), symbol()).prefault({}),
  maxAgeMs: milliseconds(DEFAULT_MAX_AGE_MS),
  maxDriftBps: integerOrNone(BASIS_POINTS).prefault('none'),
})

const link = z.strictObject({
  strategy: name(),
  account: name(),
  mode: oneOf(MODES).prefault('on'),
  /** Without it, the strategy's. */
  sizing: sizing.optional(),
})

const leg = z.strictObject({ account: name(), symbol: symbol() })

const pair = z.strictObject({
  name: name(),
  a: leg,
  b: leg,
  ratioBps: integer({ least: 1, most: 1_000_000 }).prefault(String(PAIR_DEFAULTS.ratioBps)),
  tolerance: amount(),
  hedgeSlippageBps: integer(BASIS_POINTS).prefault(String(PAIR_DEFAULTS.hedgeSlippageBps)),
  attempts: integer({ least: 1, most: 100 }).prefault(String(PAIR_DEFAULTS.attempts)),
  retryEveryMs: milliseconds(PAIR_DEFAULTS.retryEveryMs),
  confirmTimeoutMs: milliseconds(PAIR_DEFAULTS.confirmTimeoutMs),
  forceCloseAfterMs: milliseconds(PAIR_DEFAULTS.forceCloseAfterMs),
  forceCloseSlippageBps: integer(BASIS_POINTS).prefault(String(PAIR_DEFAULTS.forceCloseSlippageBps)),
  /** Without it the pair mirrors what anybody trades on A. */
  quoting: z
    .strictObject({
      quantity: amount(),
      depthLevel: integer({ least: 1, most: 50 }).prefault(String(QUOTING_DEFAULTS.depthLevel)),
      makerTimeoutMs: milliseconds(QUOTING_DEFAULTS.makerTimeoutMs),
      maximumCycles: integerOrNone({ least: 1, most: 1_000_000 }).prefault('none'),
    })
    .optional(),
})

/** One more reading of every account's past, by an interval or by times. */
const historySchedule = z.strictObject({
  name: name(),
  kinds: list(oneOf(HISTORY_KINDS), `some of ${HISTORY_KINDS.join(', ')}`).prefault(HISTORY_KINDS.join(',')),
  everyMs: integerOrNone({ least: LEAST_HISTORY_MS, most: DAY_MS }).prefault('none'),
  cron: cronOrNone(isCron).prefault('none'),
  /** Reads so far back whether it is complete or not; none: what is new. */
  sweepDays: integerOrNone(SWEEP_DAYS).prefault('none'),
})

/** What config.yaml, the environment and the flags may say. Unknown keys are refused. */
export const schema = z.strictObject({
  data: z.strictObject({ folder: line('a folder').prefault('./data') }).prefault({}),
  log: z
    .strictObject({
      level: oneOf(['debug', 'info', 'warn', 'error', 'silent']).prefault('info'),
      format: oneOf(['json', 'pretty']).prefault('json'),
    })
    .prefault({}),
  risk: limits.prefault({}),
  sessions: z
    .strictObject({ lingerMs: milliseconds(DEFAULT_ENGINE_OPTIONS.lingerMs, { least: 0 }) })
    .prefault({}),
  engine: z
    .strictObject({
      reportTimeoutMs: milliseconds(DEFAULT_ENGINE_OPTIONS.reportTimeoutMs),
      fillLagMs: milliseconds(DEFAULT_ENGINE_OPTIONS.fillLagMs),
      reconcileEveryMs: milliseconds(DEFAULT_ENGINE_OPTIONS.reconcileEveryMs),
      marketMaxAgeMs: milliseconds(DEFAULT_ENGINE_OPTIONS.marketMaxAgeMs),
      equityMaxAgeMs: milliseconds(DEFAULT_ENGINE_OPTIONS.equityMaxAgeMs),
      doubtNoticeMs: milliseconds(DEFAULT_ENGINE_OPTIONS.doubtNoticeMs),
    })
    .prefault({}),
  /** REST and live push. */
  http: z
    .strictObject({
      /** Anything but this machine's own address counts only once there is an owner. */
      host: line('an address to listen on').prefault('127.0.0.1'),
      /** 0: any free one; none: neither REST nor live push. */
      port: integerOrNone(PORT).prefault(String(DEFAULT_HTTP_PORT)),
      /** Pages that come from elsewhere and may use this server, like https://desk.example. */
      allowedOrigins: list(url(['https:', 'http:']), 'an origin like https://desk.example').prefault([]),
      /** True where browsers come by HTTPS, through a proxy in front of this server. */
      behindHttps: flag().prefault('false'),
      /** Whose word is taken on whom they pass on (X-Forwarded-For). */
      trustedProxies: list(network(), 'addresses like 127.0.0.1').prefault([]),
      /** Where a collector reads metrics, on this machine only; none: nowhere. */
      metricsPort: integerOrNone(PORT).prefault('none'),
    })
    .prefault({}),
  security: z
    .strictObject({
      /** The keys that everything secret is sealed with; without it, master.keys in the data folder. */
      masterKeyFile: lineOrNone('the path of a file').prefault('none'),
    })
    .prefault({}),
  /** What venues remember of accounts, kept complete. */
  history: z
    .strictObject({
      enabled: flag().prefault('true'),
      /** Closed PnL and orders. */
      everyMs: integer({ least: LEAST_HISTORY_MS, most: DAY_MS }).prefault('30000'),
      /** Executions and the wallet. */
      moneyEveryMs: integer({ least: LEAST_HISTORY_MS, most: DAY_MS }).prefault('300000'),
      /** When the last days are read once more, complete or not; none: every day, from an hour after the start. */
      sweepAt: cronOrNone(isCron).prefault(SWEEP_AT),
      sweepDays: integer(SWEEP_DAYS).prefault('7'),
      schedules: z.array(historySchedule, { error: 'a list of schedules' }).prefault([]),
    })
    .prefault({}),
  exchange: z
    .strictObject({
      host: line('an address to listen on').prefault('127.0.0.1'),
      /** 0: any free one. */
      port: integer(PORT).prefault('0'),
      seed: integer({ least: 0, most: 4_294_967_295 }).prefault('1'),
      speed: integer({ least: 1, most: 1_000 }).prefault('1'),
      /** off: neither does the exchange count requests, nor the server those per address to paper exchanges. */
      limits: oneOf(['venue', 'off']).prefault('venue'),
    })
    .prefault({}),
  /** What Lighter has agreed with the wallet that owns the accounts. */
  lighter: z.strictObject({ tier: oneOf(['standard', 'premium']).prefault('standard') }).prefault({}),
  accounts: z.array(account, { error: 'a list of accounts' }).prefault([]),
  sources: z
    .array(z.strictObject({ name: name(), account: name() }), { error: 'a list of sources' })
    .prefault([]),
  strategies: z.array(strategy, { error: 'a list of strategies' }).prefault([]),
  links: z.array(link, { error: 'a list of links' }).prefault([]),
  pairs: z.array(pair, { error: 'a list of pairs' }).prefault([]),
})

export type ConfigValues = z.output<typeof schema>
