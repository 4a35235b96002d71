import { createExchange } from '../../exchange/core/exchange.ts'
import { DEFAULT_INSTRUMENTS } from '../../exchange/core/instruments.ts'
import { BYBIT_RULES } from '../../exchange/core/rules.ts'
import type { Exchange } from '../../exchange/core/types.ts'
import { type ExchangeServer, startExchangeServer } from '../../exchange/server/server.ts'
import { decimal } from '../../src/domain/decimal.ts'
import type { Side } from '../../src/domain/order.ts'

const SYMBOL = 'BTCUSDT'
const HOUR_MS = 3_600_000
const DEPOSIT = decimal('1000000')
/** More than one level of the book: closed in several fills of one moment. */
const LARGE = '30'

export interface PastExchange {
  readonly exchange: Exchange
  readonly server: ExchangeServer
}

/** An exchange with days behind it: each account trades every few hours, rests an order now and then, cancels some. */
export async function exchangeWithPast(accounts: readonly string[], days: number): Promise<PastExchange> {
  const now = Date.now()
  let mid = decimal('60000')
  const exchange = createExchange({
    instruments: DEFAULT_INSTRUMENTS.filter(({ symbol }) => symbol === SYMBOL),
    path: { priceAt: () => mid },
    seed: 1,
    startAt: now - days * 24 * HOUR_MS,
    rules: { ...BYBIT_RULES, closedPnlRows: 'per_fill' },
  })
  for (const account of accounts) exchange.createAccount(account, DEPOSIT)
  let step = 0
  for (let at = now - days * 24 * HOUR_MS + HOUR_MS; at < now - HOUR_MS; at += 4 * HOUR_MS) {
    step += 1
    mid = decimal(String(60_000 + (step % 7) * 10))
    exchange.advance(at)
    for (const account of accounts) trade(exchange, account, { step, at })
  }
  const startAt = Date.now()
  exchange.advance(startAt)
  const server = await startExchangeServer({ exchange, startAt })
  for (const account of accounts) addKey(server, account)
  return { exchange, server }
}

export function keyOf(account: string): { readonly key: string; readonly secret: string } {
  return { key: `key-${account}`, secret: `secret-${account}` }
}

function addKey(server: ExchangeServer, account: string): void {
  const added = server.addAccount({ account, ...keyOf(account) })
  if (!added.ok) throw new Error(added.error)
}

function trade(exchange: Exchange, account: string, { step, at }: { step: number; at: number }): void {
  const side: Side = step % 2 === 1 ? 'buy' : 'sell'
  place(exchange, account, { side, at, quantity: step % 6 === 0 || step % 6 === 5 ? LARGE : '0.01' })
  if (step % 5 !== 0) return
  const orderId = place(exchange, account, { side: 'buy', at, quantity: '0.01', limitPrice: '55000' })
  if (step % 10 === 0) exchange.cancel(account, { symbol: SYMBOL, orderId, clientOrderId: '' }, at + 60_000)
}

/** A market order unless it has a price. @returns its id */
export function place(
  exchange: Exchange,
  account: string,
  order: {
    readonly side: Side
    readonly at: number
    readonly quantity: string
    readonly limitPrice?: string
  },
): string {
  const { side, at, quantity, limitPrice } = order
  const placed = exchange.submit(
    account,
    {
      symbol: SYMBOL,
      side,
      type: limitPrice === undefined ? 'market' : 'limit',
      timeInForce: 'gtc',
      postOnly: false,
      reduceOnly: false,
      quantity: decimal(quantity),
      limitPrice: limitPrice === undefined ? null : decimal(limitPrice),
      clientOrderId: '',
    },
    at,
  )
  if (!placed.ok) throw new Error(`refused: ${placed.error}`)
  return placed.value.orderId
}
