import { expect, test } from 'vitest'
import { type Decimal, decimal, formatDecimal, ZERO } from '../domain/decimal.ts'
import type { Result } from '../domain/result.ts'
import { draftByHand, draftClose, HAND_MAX_AGE_MS, type HandView, type HandWish } from './by-hand.ts'
import { anInstrument, NOW } from './testing/builders.ts'

const WISH: HandWish = { side: 'buy', quantity: decimal('1'), limitPrice: null, reduceOnly: false }
const LISTED = anInstrument({
  lotSize: decimal('0.01'),
  minimumQuantity: decimal('0.02'),
  minimumNotional: decimal('5'),
  maximumMarketQuantity: decimal('10'),
  maximumLimitQuantity: decimal('50'),
})

function view(over: Partial<HandView> = {}): HandView {
  return {
    instrument: LISTED,
    position: ZERO,
    market: { mark: decimal('100'), bid: decimal('99.5'), ask: decimal('100.5') },
    assess: () => ({ approved: true, collarPrice: decimal('105') }),
    now: NOW,
    ...over,
  }
}

function why(result: Result<unknown, { readonly kind: string; readonly message: string }>): string {
  return result.ok ? 'taken' : `${result.error.kind}: ${result.error.message}`
}

test('[HD4] what the venue would not take just so is refused with what it would take, and never rounded', () => {
  const cases: readonly (readonly [Partial<HandWish>, string])[] = [
    [{ quantity: decimal('1.234') }, 'invalid: BTCUSDT is traded in steps of 0.01. Take 1.23 or 1.24.'],
    [{ quantity: decimal('0.01') }, 'invalid: Less than 0.02 of BTCUSDT is not traded. Take at least that.'],
    [{ quantity: decimal('11') }, 'invalid: One such order of BTCUSDT is at most 10. Make several of it.'],
    [{ quantity: decimal('11'), limitPrice: decimal('100') }, 'taken'],
    [
      { limitPrice: decimal('100.2') },
      'invalid: Limit prices of BTCUSDT are multiples of 0.5. Take 100 or 100.5.',
    ],
    [
      { quantity: decimal('0.04') },
      'invalid: An order of BTCUSDT that opens is worth at least 5 USDT, this one 4.02. Take more.',
    ],
    [{}, 'taken'],
  ]
  for (const [wish, expected] of cases) expect(why(draftByHand({ ...WISH, ...wish }, view()))).toBe(expected)
  const closed = view({ instrument: { ...LISTED, status: 'closed' } })
  expect(why(draftByHand(WISH, closed))).toContain('does not trade this symbol now')
})

test('[HD4] a close is at most what is held, on the side that reduces it', () => {
  const close = (side: HandWish['side'], quantity: string): string => {
    const wish = { ...WISH, side, quantity: decimal(quantity), reduceOnly: true }
    return why(draftByHand(wish, view({ position: decimal('-0.5'), market: null })))
  }
  expect(close('buy', '0.5')).toBe('taken')
  expect(close('buy', '0.51')).toBe('invalid: Only 0.5 of BTCUSDT is held. Take at most that.')
  expect(close('sell', '0.5')).toBe(
    'invalid: Nothing of BTCUSDT is held that a sell could reduce. Look at the positions.',
  )
})

test('[HD5] risk is asked about what opens, at its limit or the best price, and about nothing that reduces', () => {
  const asked: string[] = []
  const assess: HandView['assess'] = ({ side, expectedPrice }) => {
    asked.push(`${side} ${formatDecimal(expectedPrice)}`)
    return { approved: false, reason: 'kill_switch' }
  }
  const position = decimal('1')
  const wishes: readonly Partial<HandWish>[] = [
    {},
    { side: 'sell' },
    { limitPrice: decimal('120') },
    { side: 'sell', reduceOnly: true },
  ]
  const answers = wishes.map(wish => why(draftByHand({ ...WISH, ...wish }, view({ assess, position }))))
  const refused =
    'refused: The kill switch is on. Turn it off to open positions again. What only closes is sent with reduceOnly.'
  expect(answers).toEqual([refused, refused, refused, 'taken'])
  expect(asked).toEqual(['buy 100.5', 'sell 99.5', 'buy 120'])
})

test('[HD5] without a price an opening waits, and what it may cost is its limit or the collar', () => {
  expect(why(draftByHand(WISH, view({ market: null })))).toContain('waits: ')
  const atMarket = draftByHand(WISH, view())
  expect(atMarket).toMatchObject({
    value: { purpose: 'manual', collarPrice: decimal('105'), validUntil: NOW + HAND_MAX_AGE_MS },
  })
  const limited = draftByHand({ ...WISH, limitPrice: decimal('90') }, view())
  expect(limited).toMatchObject({
    value: { type: 'limit', timeInForce: 'gtc', limitPrice: decimal('90'), collarPrice: decimal('90') },
  })
})

test('[HD21] a position is closed by orders as large as the venue takes, and what is below a lot by none', () => {
  const quantities = ['25', '-4', '0.01', '0.005'].map(rest => {
    const draft = draftClose(LISTED, decimal(rest) as Decimal)
    return draft === null ? null : `${draft.side} ${formatDecimal(draft.quantity)} ${draft.purpose}`
  })
  expect(quantities).toEqual(['sell 10 exit', 'buy 4 exit', null, null])
})
