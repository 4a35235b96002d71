import { availableParallelism } from 'node:os'
import { createExchange } from '../exchange/core/exchange.ts'
import { DEFAULT_BASE_PRICES, DEFAULT_INSTRUMENTS } from '../exchange/core/instruments.ts'
import { hash32 } from '../exchange/core/noise.ts'
import { seededPath } from '../exchange/core/path-seeded.ts'
import type { Exchange, OrderCommand } from '../exchange/core/types.ts'
import { basisPoints, decimal, fromUnits, truncateToStep } from '../src/domain/decimal.ts'
import { must } from '../src/domain/result.ts'

/** Orders per second that the exchange's core takes on one core: no wire, no journal, one listener. */
const ACCOUNTS = 5_000
const ORDERS = 100_000
const ROUNDS = 5
const ADVANCE_EVERY = 1_000
const START_AT = 1_700_000_000_000
const DEPOSIT = decimal('1000000')

interface Round {
  readonly ordersPerSecond: number
  /** By the time that the one thread was given: the figure of a core that is not shared. */
  readonly ordersPerCoreSecond: number
  readonly refused: number
  readonly executions: number
  /** The slowest single move of the world, ms: every account is looked at for liquidation in it. */
  readonly slowestAdvanceMs: number
}

function makeExchange(seed: number): Exchange {
  const path = seededPath({ seed, instruments: DEFAULT_INSTRUMENTS, basePrices: DEFAULT_BASE_PRICES })
  // Kept short, so that what is measured is the work and not the memory of a long day.
  const exchange = createExchange({
    instruments: DEFAULT_INSTRUMENTS,
    path,
    seed,
    startAt: START_AT,
    auditLimit: 100_000,
  })
  for (let index = 0; index < ACCOUNTS; index += 1) exchange.createAccount(`account-${index}`, DEPOSIT)
  return exchange
}

/** Half market orders, a quarter resting limits, a quarter limits that cross: all sizes a few lots, both sides alike. */
function orderAt(exchange: Exchange, seed: number, count: number): OrderCommand {
  const { symbol, lotSize, tickSize, minimumNotional } = must(
    DEFAULT_INSTRUMENTS[hash32(seed, count, 1) % DEFAULT_INSTRUMENTS.length],
    'there are instruments',
  )
  const mid = exchange.priceAt(symbol, START_AT + count)
  const lots = BigInt(1 + (hash32(seed, count, 2) % 20)) + (minimumNotional * 10n ** 18n) / mid / lotSize
  const side = hash32(seed, count, 3) % 2 === 0 ? 'buy' : 'sell'
  const style = hash32(seed, count, 4) % 4
  const distance = basisPoints(mid, style === 2 ? 30 : -30)
  const limit = side === 'buy' ? mid - distance : mid + distance
  return {
    symbol,
    side,
    type: style < 2 ? 'market' : 'limit',
    timeInForce: style < 2 ? 'ioc' : 'gtc',
    postOnly: false,
    reduceOnly: false,
    quantity: fromUnits(lots * lotSize),
    limitPrice: style < 2 ? null : truncateToStep(fromUnits(limit), tickSize),
    clientOrderId: `order-${count}`,
  }
}

function play(seed: number): Round {
  const exchange = makeExchange(seed)
  const orders = Array.from({ length: ORDERS }, (_, count) => orderAt(exchange, seed, count))
  let executions = 0
  let refused = 0
  let slowestAdvanceMs = 0
  exchange.subscribe(event => {
    if (event.kind === 'execution') executions += 1
  })
  const startedAt = performance.now()
  const cpuBefore = process.threadCpuUsage()
  for (const [count, order] of orders.entries()) {
    const at = START_AT + count
    if (count % ADVANCE_EVERY === 0) {
      const before = performance.now()
      exchange.advance(at)
      slowestAdvanceMs = Math.max(slowestAdvanceMs, performance.now() - before)
    }
    if (!exchange.submit(`account-${hash32(seed, count, 5) % ACCOUNTS}`, order, at).ok) refused += 1
  }
  const tookMs = performance.now() - startedAt
  const cpu = process.threadCpuUsage(cpuBefore)
  const cpuMs = (cpu.user + cpu.system) / 1000
  const ordersPerCoreSecond = Math.round((ORDERS / cpuMs) * 1000)
  return {
    ordersPerSecond: Math.round((ORDERS / tookMs) * 1000),
    ordersPerCoreSecond,
    refused,
    executions,
    slowestAdvanceMs,
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return must(sorted[Math.floor(sorted.length / 2)], 'at least one round')
}

export async function main(argv: readonly string[]): Promise<void> {
  // The first round warms the compiler up and is not counted.
  const rounds = Array.from({ length: ROUNDS + 1 }, (_, index) => play(index + 1)).slice(1)
  const of = (figure: (round: Round) => number) => median(rounds.map(figure))
  const figures = {
    cores: availableParallelism(),
    node: process.version,
    rounds: ROUNDS,
    accounts: ACCOUNTS,
    orders: ORDERS,
    ordersPerSecond: of(round => round.ordersPerSecond),
    ordersPerCoreSecond: of(round => round.ordersPerCoreSecond),
    executionsPerOrder: of(round => round.executions) / ORDERS,
    refused: of(round => round.refused),
    slowestAdvanceMs: Math.round(of(round => round.slowestAdvanceMs) * 10) / 10,
  }
  console.log(
    `exchange core: ${figures.ordersPerCoreSecond} orders per second of one core ` +
      `(rounds ${rounds.map(round => round.ordersPerCoreSecond).join(', ')}), ${figures.ordersPerSecond} by the wall, ` +
      `${figures.accounts} accounts, ${figures.executionsPerOrder.toFixed(2)} executions per order, ` +
      `slowest advance ${figures.slowestAdvanceMs} ms; ${figures.cores} cores, Node ${figures.node}`,
  )
  if (argv.includes('--json')) console.log(JSON.stringify({ bench: 'exchange-core', ...figures }))
}
