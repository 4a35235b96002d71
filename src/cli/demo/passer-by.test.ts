import { expect, test } from 'vitest'
import { createExchange } from '../../../exchange/core/exchange.ts'
import { DEFAULT_BASE_PRICES, DEFAULT_INSTRUMENTS } from '../../../exchange/core/instruments.ts'
import { seededPath } from '../../../exchange/core/path-seeded.ts'
import { decimal } from '../../domain/decimal.ts'
import { must } from '../../domain/result.ts'
import { meetQuote } from './passer-by.ts'
import { PASSER_BY, QUOTES } from './world.ts'

const AT = 1_700_000_000_000

test('[CL54] what the pair quotes is taken whole, and nothing worse than its price', () => {
  const instruments = DEFAULT_INSTRUMENTS
  const path = seededPath({ seed: 1, instruments, basePrices: DEFAULT_BASE_PRICES })
  const exchange = createExchange({ instruments, path, seed: 1, startAt: AT })
  for (const account of [QUOTES, PASSER_BY]) exchange.createAccount(account, decimal('10000000'))
  const { bids } = exchange.depth('BTCUSDT', 3)
  const limitPrice = must(bids[1], 'the book has a second level').price
  const order = { symbol: 'BTCUSDT', side: 'buy', type: 'limit', timeInForce: 'gtc', limitPrice } as const
  const quote = { ...order, quantity: decimal('0.01'), postOnly: false, reduceOnly: false, clientOrderId: '' }
  expect(exchange.submit(QUOTES, quote, AT).ok).toBe(true)
  meetQuote(exchange, AT)
  expect(exchange.position(QUOTES, 'BTCUSDT').quantity).toBe(decimal('0.01'))
  expect(exchange.openOrders(PASSER_BY)).toEqual([])
  meetQuote(exchange, AT)
  expect(exchange.executions(PASSER_BY).every(({ price }) => price >= limitPrice)).toBe(true)
})
