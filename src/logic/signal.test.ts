import fc from 'fast-check'
import { expect, test } from 'vitest'
import { add, type Decimal, decimal, multiply, ZERO } from '../domain/decimal.ts'
import { type AccountId, instrumentId, type SignalId, type SourceId } from '../domain/ids.ts'
import { signedQuantity } from '../domain/order.ts'
import { must } from '../domain/result.ts'
import type { Signal, SignalAction, SignalSize } from '../domain/signal.ts'
import { fillOfSignal, isMove, isReduction } from './signal.ts'

function aSignal(action: SignalAction): Signal {
  return {
    id: 'signal-1' as SignalId,
    sourceId: 'source-1' as SourceId,
    externalId: 'theirs',
    digest: '',
    instrumentId: instrumentId('bybit', 'BTCUSDT'),
    action,
    signalPrice: null,
    at: 1_000,
    receivedAt: 1_200,
    status: 'pending',
    reason: null,
  }
}

function fillOf(action: SignalAction, held: Decimal = ZERO) {
  const signal = aSignal(action)
  return fillOfSignal({ signal, accountId: 'a' as AccountId, held, fillPrice: decimal('50000'), sequence: 7 })
}

test('[SG1] a trade is one whole order of the virtual leader, told once by its own id and time', () => {
  const quantity = decimal('0.25')
  expect(fillOf({ kind: 'trade', side: 'sell', size: { kind: 'quantity', quantity } })).toMatchObject({
    tradeId: 'signal-1',
    side: 'sell',
    quantity,
    orderQuantity: quantity,
    fillPrice: decimal('50000'),
    fee: ZERO,
    venueSequence: 7,
    at: 1_000,
  })
})

test('[SG2] a notional is divided by the price; one too small for any quantity moves nothing', () => {
  const notional = (text: string) =>
    fillOf({ kind: 'trade', side: 'buy', size: { kind: 'notional', notional: decimal(text) } })
  expect(notional('1000')?.quantity).toBe(decimal('0.02'))
  expect(notional('0.000000000000000001')).toBeNull()
})

test('[SG3] a target is what the book holds after it, from wherever it was', () => {
  const amount = fc.bigInt(-(10n ** 24n), 10n ** 24n).map(value => value as Decimal)
  fc.assert(
    fc.property(amount, amount, (held, target) => {
      const fill = fillOf({ kind: 'target', quantity: target }, held)
      expect(fill === null).toBe(held === target)
      if (fill === null) return
      expect(add(held, signedQuantity(fill.side, fill.quantity))).toBe(target)
      expect(multiply(fill.quantity, fill.fillPrice)).toBeGreaterThanOrEqual(0n)
    }),
  )
})

test('[SG3] a target that is held already moves nothing and needs no price', () => {
  const target = { kind: 'target', quantity: decimal('2') } as const
  expect(isMove(aSignal(target), decimal('2'))).toBe(false)
  expect(isMove(aSignal(target), ZERO)).toBe(true)
  expect(fillOf(target, decimal('2'))).toBeNull()
  expect(must(fillOf(target, decimal('5')), 'it moves')).toMatchObject({
    side: 'sell',
    quantity: decimal('3'),
  })
})

test.each<[string, SignalAction, held: string, expected: boolean]>([
  ['a close', { kind: 'target', quantity: ZERO }, '-2', true],
  ['a smaller target', { kind: 'target', quantity: decimal('1') }, '2', true],
  ['a larger target', { kind: 'target', quantity: decimal('3') }, '2', false],
  ['a turn', { kind: 'target', quantity: decimal('-1') }, '2', false],
  ['a target from nothing', { kind: 'target', quantity: decimal('1') }, '0', false],
  ['a sale of all', sell({ kind: 'quantity', quantity: decimal('2') }), '2', true],
  ['a sale of more', sell({ kind: 'quantity', quantity: decimal('3') }), '2', false],
  ['a sale from below zero', sell({ kind: 'quantity', quantity: decimal('1') }), '-2', false],
  ['a sale for an amount', sell({ kind: 'notional', notional: decimal('50000') }), '2', true],
])('[SG15] whether it only takes away: %s', (_, action, held, expected) => {
  const signal = aSignal(action)
  expect(isReduction({ signal, held: decimal(held), fillPrice: decimal('50000') })).toBe(expected)
})

function sell(size: SignalSize): SignalAction {
  return { kind: 'trade', side: 'sell', size }
}
