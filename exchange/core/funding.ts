import {
  add,
  basisPoints,
  type Decimal,
  decimal,
  divide,
  formatDecimal,
  maximum,
  minimum,
  multiply,
  negate,
  subtract,
  truncateToStep,
  ZERO,
} from '../../src/domain/decimal.ts'
import { sideOf } from '../../src/domain/order.ts'
import { type Account, type Holding, holdingsOf } from './account.ts'
import { notionalOf } from './contract.ts'
import { reportPosition } from './ending.ts'
import type { Market } from './market.ts'
import type { FundingPayment } from './records.ts'
import type { ExchangeInstrument, PricePath } from './types.ts'
import { marketOf, type World } from './world.ts'

/** Bybit's interest rate of 0.01 % per interval, and a cap as symbol/mark rules give it. */
const INTEREST = decimal('0.0001')
const CAP = decimal('0.00375')
/** How much of a price's move over the interval counts as premium. */
const PREMIUM_BPS = 200
const RATE_STEP = decimal('0.00000001')
/** A world that jumps farther pays for the newest intervals only. */
const MAXIMUM_INTERVALS_AT_ONCE = 30

/** Positive: longs pay shorts. A function of the path alone, so that it is known for every time: who rises pays. */
export function fundingRateAt(path: PricePath, instrument: ExchangeInstrument, at: number): Decimal {
  const { symbol, fundingIntervalMs } = instrument
  const before = path.priceAt(symbol, at - fundingIntervalMs)
  const move = divide(subtract(path.priceAt(symbol, at), before), before)
  const rate = add(INTEREST, basisPoints(move, PREMIUM_BPS))
  return truncateToStep(minimum(maximum(rate, negate(CAP)), CAP), RATE_STEP)
}

/** Intervals are counted from 1970, so that 8 hours pay at 0, 8 and 16 o'clock UTC. */
export function nextFundingAt({ fundingIntervalMs }: ExchangeInstrument, at: number): number {
  return (Math.floor(at / fundingIntervalMs) + 1) * fundingIntervalMs
}

/** Newest first, before a time. */
export function paymentsBefore(
  path: PricePath,
  instrument: ExchangeInstrument,
  before: number,
  limit: number,
): readonly FundingPayment[] {
  const newest = Math.ceil(before / instrument.fundingIntervalMs) - 1
  return Array.from({ length: Math.max(0, Math.min(limit, newest)) }, (_, index) => {
    const at = (newest - index) * instrument.fundingIntervalMs
    return { at, rate: fundingRateAt(path, instrument, at) }
  })
}

/** Pays every interval that ends after `from` and not after `to`. */
export function payFunding(world: World, path: PricePath, from: number, to: number): void {
  const due: { readonly at: number; readonly market: Market }[] = []
  for (const market of world.markets.values()) {
    const { fundingIntervalMs } = market.instrument
    const last = Math.floor(to / fundingIntervalMs)
    const first = Math.max(Math.floor(from / fundingIntervalMs) + 1, last - MAXIMUM_INTERVALS_AT_ONCE + 1)
    for (let number = first; number <= last; number += 1) due.push({ at: number * fundingIntervalMs, market })
  }
  due.sort((a, b) => a.at - b.at)
  for (const { at, market } of due) payInterval(world, path, market, at)
}

function payInterval(world: World, path: PricePath, market: Market, at: number): void {
  const { instrument } = market
  if (instrument.status !== 'trading') return
  const rate = fundingRateAt(path, instrument, at)
  const mark = path.priceAt(instrument.symbol, at)
  for (const account of world.exposed) {
    for (const holding of holdingsOf(account)) {
      const { symbol, quantity } = holding.position
      if (symbol === instrument.symbol && quantity !== ZERO) pay(world, account, holding, { rate, mark, at })
    }
  }
}

interface Terms {
  readonly rate: Decimal
  readonly mark: Decimal
  readonly at: number
}

function pay(world: World, account: Account, { position }: Holding, { rate, mark, at }: Terms): void {
  const { symbol, positionIndex, quantity } = position
  const market = marketOf(world, symbol)
  const amount = multiply(notionalOf(market.instrument, quantity, mark), rate)
  account.balance = subtract(account.balance, amount)
  account.safeUntilDrift = 0
  world.ledger.funding = add(world.ledger.funding, amount)
  market.sequence += 1
  position.sequence = market.sequence
  position.fees = add(position.fees, amount)
  position.cumulativeFees = add(position.cumulativeFees, amount)
  const size = quantity < 0n ? negate(quantity) : quantity
  const execution = {
    account: account.name,
    tradeId: world.nextId(),
    orderId: '',
    clientOrderId: '',
    symbol,
    positionIndex,
    side: sideOf(quantity),
    orderType: 'market',
    origin: 'user',
    orderQuantity: ZERO,
    limitPrice: null,
    leaves: ZERO,
    quantity: size,
    price: mark,
    markPrice: mark,
    fee: amount,
    feeRate: quantity < 0n ? negate(rate) : rate,
    isMaker: false,
    closedSize: ZERO,
    kind: 'funding',
    realizedPnl: ZERO,
    balanceAfter: account.balance,
    positionAfter: quantity,
    sequence: market.sequence,
    at,
  } as const
  account.executions.push(execution)
  const change = formatDecimal(negate(amount))
  world.audit.add({ kind: 'funded', at, account: account.name, clientOrderId: '', symbol, amount: change })
  world.events.push({ kind: 'execution', execution })
  reportPosition(world, account, position)
  world.events.push({ kind: 'wallet', account: account.name })
}
