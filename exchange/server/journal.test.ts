import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decimal } from '../../src/domain/decimal.ts'
import { must } from '../../src/domain/result.ts'
import { createExchange } from '../core/exchange.ts'
import { DEFAULT_BASE_PRICES, DEFAULT_INSTRUMENTS } from '../core/instruments.ts'
import { seededPath } from '../core/path-seeded.ts'
import type { Exchange } from '../core/types.ts'
import { Journal } from './journal.ts'

const HEAD = { seed: 7, startAt: 1_700_000_000_000 }
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-journal-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function openWorld(path: string): { exchange: Exchange; journal: Journal } {
  const opened = Journal.open(path, HEAD)
  if (!opened.ok) throw new Error(opened.error)
  const journal = opened.value
  const prices = seededPath({
    seed: journal.head.seed,
    instruments: DEFAULT_INSTRUMENTS,
    basePrices: DEFAULT_BASE_PRICES,
  })
  const { seed, startAt } = journal.head
  const exchange = createExchange({
    instruments: DEFAULT_INSTRUMENTS,
    path: prices,
    seed,
    startAt,
    onCommand: journal.record,
  })
  journal.replay(exchange)
  return { exchange, journal }
}

function trade({ exchange }: { exchange: Exchange }): void {
  const at = HEAD.startAt
  exchange.createAccount('ada', decimal('10000'))
  exchange.setLeverage('ada', 'BTCUSDT', decimal('5'))
  const order = { symbol: 'BTCUSDT', postOnly: false, reduceOnly: false, clientOrderId: '' }
  const market = { ...order, type: 'market', timeInForce: 'ioc', limitPrice: null } as const
  exchange.advance(at + 100)
  exchange.submit('ada', { ...market, side: 'buy', quantity: decimal('0.05') }, at + 110)
  const ask = must(exchange.depth('BTCUSDT', 1).asks[0], 'there is an ask').price
  const resting = { ...order, type: 'limit', timeInForce: 'gtc', side: 'sell', limitPrice: ask } as const
  exchange.submit('ada', { ...resting, quantity: decimal('0.02') }, at + 120)
  for (let step = 2; step < 400; step += 1) exchange.advance(at + step * 250)
  exchange.submit('ada', { ...market, side: 'sell', quantity: decimal('0.01') }, at + 100_000)
}

describe('journal', () => {
  test('[XC50] an exchange that is opened again is the one that was left', () => {
    const path = join(folder, 'exchange.journal')
    const before = openWorld(path)
    trade(before)
    before.journal.close()
    const after = openWorld(path)
    after.journal.close()
    expect(after.exchange.audit(0, 1_000)).toEqual(before.exchange.audit(0, 1_000))
    expect(after.exchange.wallet('ada')).toEqual(before.exchange.wallet('ada'))
    expect(after.exchange.openOrders('ada')).toEqual(before.exchange.openOrders('ada'))
  })

  test('[XC51] a line that a kill cut short is left out', () => {
    const path = join(folder, 'exchange.journal')
    const before = openWorld(path)
    trade(before)
    before.journal.close()
    appendFileSync(path, '{"kind":"subm')
    const after = openWorld(path)
    expect(after.exchange.audit(0, 1_000)).toEqual(before.exchange.audit(0, 1_000))
    after.exchange.createAccount('ben', decimal('1'))
    after.journal.close()
    const later = openWorld(path)
    later.journal.close()
    expect(later.exchange.accounts()).toEqual(['ada', 'ben'])
  })

  test('[XC52] a file that is no journal is refused in words and left alone', () => {
    const path = join(folder, 'exchange.journal')
    writeFileSync(path, 'shopping list\nmilk\n')
    expect(Journal.open(path, HEAD)).toMatchObject({
      ok: false,
      error: expect.stringContaining('Move it away'),
    })
    expect(readFileSync(path, 'utf8')).toBe('shopping list\nmilk\n')
  })
})
