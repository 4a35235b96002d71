import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  absolute,
  add,
  type Decimal,
  decimal,
  fromUnits,
  multiply,
  negate,
  sign,
  subtract,
  ZERO,
} from './decimal.ts'
import { addToDay, applyTrade, dayOf, FLAT, NO_DAY, type Position, unrealizedPnl } from './position.ts'

const LOT = 10n ** 15n
const TICK = 10n ** 17n
const price = fc.bigInt({ min: 1n, max: 1_000_000n }).map(ticks => fromUnits(ticks * TICK))
const quantity = fc
  .bigInt({ min: -100_000n, max: 100_000n })
  .filter(lots => lots !== 0n)
  .map(lots => fromUnits(lots * LOT))
const trades = fc.array(fc.record({ quantity, price }), { minLength: 1, maxLength: 40 })

interface Account {
  readonly position: Position
  readonly realizedPnl: Decimal
  readonly cash: Decimal
}

/** Each trade pays quantity x price out of the cash: what an auditor would count. */
function play(list: readonly { quantity: Decimal; price: Decimal }[]): Account {
  let account: Account = { position: FLAT, realizedPnl: ZERO, cash: ZERO }
  for (const trade of list) {
    const change = applyTrade(account.position, trade.quantity, trade.price)
    account = {
      position: change.position,
      realizedPnl: add(account.realizedPnl, change.realizedPnl),
      cash: subtract(account.cash, multiply(trade.quantity, trade.price)),
    }
  }
  return account
}

test('[DM6] a position is the exact sum of its trades', () => {
  fc.assert(
    fc.property(trades, list => {
      const sum = list.reduce((total, trade) => add(total, trade.quantity), ZERO)
      expect(play(list).position.quantity).toBe(sum)
    }),
  )
})

test('[DM6] the closed and the opened part of a trade make the whole of it, and only one of them in the same direction', () => {
  fc.assert(
    fc.property(quantity, price, quantity, price, (held, paid, traded, fillPrice) => {
      const { closed, opened } = applyTrade({ quantity: held, averagePrice: paid }, traded, fillPrice)
      expect(add(closed, opened)).toBe(traded)
      if (sign(held) === sign(traded)) expect(closed).toBe(ZERO)
      else expect(absolute(closed) <= absolute(held)).toBe(true)
    }),
  )
})

test('[DM7] realized and unrealized PnL together are what the cash flow says', () => {
  // Averages are rounded at the 18th place: each trade may lose its quantity's worth of that, no more.
  fc.assert(
    fc.property(trades, price, (list, mark) => {
      const { position, realizedPnl, cash } = play(list)
      const byPosition = add(realizedPnl, unrealizedPnl(position, mark))
      const byCash = add(cash, multiply(position.quantity, mark))
      const allowed = fromUnits(BigInt(list.length) * 10_000n)
      expect(absolute(subtract(byPosition, byCash)) <= allowed).toBe(true)
    }),
  )
})

test('[DM8] a flip closes the old side at its average and opens the new one at the fill price', () => {
  const long: Position = { quantity: decimal('2'), averagePrice: decimal('100') }
  const flip = applyTrade(long, decimal('-5'), decimal('110'))
  expect(flip.closed).toBe(decimal('-2'))
  expect(flip.opened).toBe(decimal('-3'))
  expect(flip.realizedPnl).toBe(decimal('20'))
  expect(flip.position).toEqual({ quantity: decimal('-3'), averagePrice: decimal('110') })
})

test('[DM8] a position that is closed is flat, without an average', () => {
  fc.assert(
    fc.property(quantity, price, price, (held, paid, fillPrice) => {
      const { position } = applyTrade({ quantity: held, averagePrice: paid }, negate(held), fillPrice)
      expect(position).toEqual(FLAT)
    }),
  )
})

test("[WA35] a day's gain is that of its own trades, and one of yesterday that comes late is not today's", () => {
  const midnight = Date.UTC(2026, 0, 2)
  const [yesterday, today] = [dayOf(midnight - 1), dayOf(midnight)]
  expect(today - yesterday).toBe(1)
  const first = addToDay(NO_DAY, yesterday, decimal('5'))
  expect(addToDay(first, yesterday, decimal('-2')).realizedPnl).toBe(decimal('3'))
  const second = addToDay(first, today, decimal('1'))
  expect(second).toEqual({ realizedDay: today, realizedPnl: decimal('1') })
  expect(addToDay(second, yesterday, decimal('9'))).toEqual(second)
})
