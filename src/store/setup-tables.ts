import type { Account } from '../domain/account.ts'
import type { Side } from '../domain/order.ts'
import type { Leg, Pair, Quoting } from '../domain/pair.ts'
import type {
  EntryStyle,
  LeverageRule,
  Link,
  RiskLimits,
  Sizing,
  Source,
  Strategy,
} from '../domain/strategy.ts'
import {
  amount,
  type Codec,
  entries,
  type Json,
  json,
  list,
  nullable,
  number,
  object,
  table,
  text,
  variants,
} from './codec.ts'

/** Inside JSON a boolean is itself. */
const truth: Codec<boolean, Json> = { encode: value => value, decode: stored => stored === true }

const sizing = variants<Sizing>({
  ratio: object({ kind: text(), inverse: truth, ratio: amount }),
  equity_ratio: object({ kind: text(), inverse: truth, ratio: amount }),
  fixed_notional: object({ kind: text(), inverse: truth, notional: amount }),
  fixed_quantity: object({ kind: text(), inverse: truth, quantity: amount }),
})

const entry = variants<EntryStyle>({
  market: object({ kind: text() }),
  limit: object({ kind: text() }),
  limit_follow: object({ kind: text(), discountBps: number(), maximumOpenOrders: number() }),
  marketable_limit: object({ kind: text(), slippageBps: number() }),
})

const leverage = variants<LeverageRule>({
  follow: object({ kind: text() }),
  fixed: object({ kind: text(), leverage: amount }),
  capped: object({ kind: text(), leverage: amount }),
})

const limits = object<RiskLimits>({
  killSwitch: truth,
  maximumLeverage: nullable(amount),
  maximumOrderNotional: nullable(amount),
  maximumSymbolNotional: nullable(amount),
  maximumTotalNotional: nullable(amount),
  maximumOrdersPerMinute: nullable(number()),
  allowedSymbols: nullable(list(text())),
  deniedSymbols: list(text()),
  allowedSides: nullable(list(text<Side>())),
  priceCollarBps: nullable(number()),
})

export const accounts = table<Account>('accounts', ['id'], {
  id: text(),
  kind: text(),
  origin: text(),
  name: text(),
  venue: text(),
  environment: text(),
  status: text(),
  maximumLeverage: amount,
})

export const sources = table<Source>('sources', ['id'], {
  id: text(),
  origin: text(),
  name: text(),
  accountId: text(),
})

export const strategies = table<Strategy>('strategies', ['id'], {
  id: text(),
  origin: text(),
  name: text(),
  sourceId: text(),
  mode: text(),
  sizing: json(sizing),
  entry: json(entry),
  leverage: json(leverage),
  limits: json(limits),
  symbolMap: json(entries()),
  maxAgeMs: number(),
  maxDriftBps: nullable(number()),
})

export const links = table<Link>('links', ['id'], {
  id: text(),
  origin: text(),
  strategyId: text(),
  accountId: text(),
  mode: text(),
  sizing: nullable(json(sizing)),
  startSequence: number(),
})

const leg = object<Leg>({ accountId: text(), instrumentId: text() })

const quoting = object<Quoting>({
  quantity: amount,
  depthLevel: number(),
  makerTimeoutMs: number(),
  maximumCycles: nullable(number()),
})

export const pairs = table<Pair>('pairs', ['id'], {
  id: text(),
  origin: text(),
  name: text(),
  a: json(leg),
  b: json(leg),
  ratioBps: number(),
  tolerance: amount,
  hedgeSlippageBps: number(),
  attempts: number(),
  retryEveryMs: number(),
  confirmTimeoutMs: number(),
  forceCloseAfterMs: number(),
  forceCloseSlippageBps: number(),
  quoting: nullable(json(quoting)),
})
