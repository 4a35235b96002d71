import { expect, test } from 'vitest'
import { decimal, formatDecimal } from '../domain/decimal.ts'
import { NO_LIMITS } from '../domain/strategy.ts'
import type { CopySettings, LeaderStep } from './copy.ts'
import { type PreviewInput, previewFills } from './preview.ts'
import { anInstrument, aState, INSTRUMENT, settings, trades } from './testing/builders.ts'

const LISTED = anInstrument({ maximumMarketQuantity: decimal('100') })

function preview(
  steps: readonly LeaderStep[],
  over: Partial<CopySettings> = {},
  assess: PreviewInput['assess'] = null,
): readonly string[] {
  const placeOf: PreviewInput['placeOf'] = () => ({
    instrumentId: INSTRUMENT,
    instrument: LISTED,
    settings: settings(over),
    state: aState(),
  })
  return previewFills({ steps, placeOf, assess }).map(({ leaderQuantity, quantity, reason }) =>
    `${formatDecimal(leaderQuantity)}: ${formatDecimal(quantity)} ${reason ?? ''}`.trim(),
  )
}

test('[HD40] each part of a fill shows what would have been traded, in the lots that the venue takes', () => {
  const sizing = { kind: 'ratio', inverse: false, ratio: decimal('0.25') } as const
  expect(preview(trades('8', '2', '2', '-6', '-12'), { sizing })).toEqual([
    '8: 2',
    '2: 0 below_lot',
    '2: 1',
    '-6: -1',
    '-6: -2',
    '-6: -1',
  ])
})

test('[HD41] what a link would not do is shown with its reason', () => {
  const denied = { ...NO_LIMITS, deniedSymbols: ['BTCUSDT'] }
  expect(preview(trades('8', '-8'), { limits: [denied] })).toEqual([
    '8: 0 symbol_not_allowed',
    '-8: 0 nothing_to_reduce',
  ])
  expect(preview(trades('8'), { mode: 'off' })).toEqual(['8: 0 mode_off'])
  expect(preview(trades('150', '-150'))).toEqual(['150: 100 above_maximum', '-150: -100'])
})

test('[HD41] what risk refuses is not held afterwards either', () => {
  const assess: PreviewInput['assess'] = ({ quantity }) =>
    quantity > decimal('5')
      ? { approved: false, reason: 'risk_order_notional' }
      : { approved: true, collarPrice: quantity }
  expect(preview(trades('8', '4', '-12'), {}, assess)).toEqual([
    '8: 0 risk_order_notional',
    '4: 4',
    '-12: -4',
  ])
})

test('[HD40] what the leader held before the first fill is none of the link’s', () => {
  const [first, ...rest] = trades('10', '-5', '5', '-10')
  expect(first).toBeDefined()
  expect(preview(rest)).toEqual(['-5: 0 nothing_to_reduce', '5: 5', '-10: -5'])
})
