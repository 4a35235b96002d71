import fc from 'fast-check'
import { expect, test } from 'vitest'
import { absolute, decimal, fromUnits, negate, ONE, subtract, ZERO } from '../domain/decimal.ts'
import { MODES, NO_LIMITS, type RiskLimits } from '../domain/strategy.ts'
import { type CopySettings, copyFills, rebaseState, reduceState } from './copy.ts'
import { aFill, aState, NOW, settings, stepsOf, trades } from './testing/builders.ts'

/** From the smallest unit to 10^12, so that ratios and positions meet at every scale. */
const amount = fc
  .tuple(fc.bigInt({ min: 1n, max: 10n ** 9n }), fc.integer({ min: 0, max: 21 }))
  .map(([value, scale]) => fromUnits(value * 10n ** BigInt(scale)))
const signed = fc.tuple(amount, fc.boolean()).map(([size, sells]) => (sells ? negate(size) : size))
const fills = fc.array(signed, { minLength: 1, maxLength: 30 }).map(list => list.map(size => aFill(size)))

const REFUSALS: readonly (readonly [string, Partial<CopySettings>])[] = [
  ['mode_close_only', { mode: 'close_only' }],
  ['account_inactive', { refusal: 'account_inactive' }],
  ['kill_switch', limited({ killSwitch: true })],
  ['symbol_not_allowed', limited({ allowedSymbols: ['ETHUSDT'] })],
  ['symbol_not_allowed', limited({ deniedSymbols: ['BTCUSDT'] })],
  ['side_not_allowed', limited({ allowedSides: ['sell'] })],
  ['equity_unknown', { sizing: { kind: 'equity_ratio', inverse: false, ratio: ONE } }],
]

function limited(limits: Partial<RiskLimits>): Partial<CopySettings> {
  return { limits: [NO_LIMITS, { ...NO_LIMITS, ...limits }] }
}

test('[CP2] a follower from flat holds ratio x leader to one unit in the last place per step', () => {
  fc.assert(
    fc.property(fills, amount, fc.boolean(), (list, ratio, inverse) => {
      const { state } = copyFills(
        aState(),
        stepsOf(list),
        settings({ sizing: { kind: 'ratio', inverse, ratio } }),
      )
      const exact = state.leaderQuantity * ratio * (inverse ? -1n : 1n)
      const off = exact - state.desired * ONE
      // A flip has two steps. Errors of reductions scale with the position, and are never more than one each.
      const allowed = ONE * BigInt(2 * list.length)
      expect(off <= allowed && off >= -allowed).toBe(true)
      expect(absolute(state.desired) * ONE <= absolute(fromUnits(exact))).toBe(true)
    }),
  )
})

test('[CP3] the leader flat is exactly nothing desired, whatever the ratio and the roundings before', () => {
  fc.assert(
    fc.property(fills, amount, fc.boolean(), (list, ratio, inverse) => {
      const open = stepsOf(list).at(-1)?.changes.at(-1)?.to ?? ZERO
      fc.pre(open !== ZERO)
      const { state } = copyFills(
        aState(),
        stepsOf([...list, aFill(negate(open))]),
        settings({ sizing: { kind: 'ratio', inverse, ratio } }),
      )
      expect(state).toMatchObject({ leaderQuantity: ZERO, desired: ZERO })
    }),
  )
})

test('[CP4] reductions are never refused, whatever limits, modes except off, kill switch, staleness', () => {
  const modes = fc.constantFrom(...MODES.filter(mode => mode !== 'off'))
  fc.assert(
    fc.property(fc.constantFrom(...REFUSALS), modes, fc.boolean(), (refusal, mode, late) => {
      const before = aState({
        leaderQuantity: decimal('10'),
        desired: decimal('4'),
        attributed: decimal('4'),
        cursor: 1,
      })
      const [, reduction] = trades('10', '-5')
      const maxAgeMs = late ? -1_000_000 : 60_000
      const { state, drafts } = copyFills(
        before,
        reduction ? [reduction] : [],
        settings({ ...refusal[1], mode, maxAgeMs }),
      )
      expect(state.desired).toBe(decimal('2'))
      expect(drafts).toMatchObject([
        { part: 'reduce', quantity: decimal('-2'), final: null, validUntil: null },
      ])
    }),
  )
})

test('[CP5] a flip is two decisions, a reduction and then an increase', () => {
  const { state, drafts } = copyFills(aState(), trades('2', '-5'), settings())
  expect(
    drafts.map(({ part, firstFill, quantity, final }) => ({ part, firstFill, quantity, final })),
  ).toEqual([
    // The first increase was not sent yet, and the reduction leaves nothing of it.
    { part: 'increase', firstFill: 1, quantity: ZERO, final: null },
    { part: 'reduce', firstFill: 2, quantity: decimal('-2'), final: null },
    { part: 'increase', firstFill: 2, quantity: decimal('-3'), final: null },
  ])
  expect(state.desired).toBe(decimal('-3'))
})

test('[CP6] fills that were counted before change nothing', () => {
  const steps = trades('1', '2', '-1')
  const once = copyFills(aState(), steps, settings())
  expect(copyFills(once.state, steps, settings())).toEqual({ state: once.state, drafts: [], reductions: [] })
})

test('[CP7] neighbouring fills that say the same are one decision: average price, earliest end', () => {
  const first = aFill(decimal('1'), { fillPrice: decimal('100'), at: NOW + 30 })
  const second = aFill(decimal('2'), { fillPrice: decimal('103'), at: NOW + 10 })
  const third = aFill(decimal('1'), { fillPrice: decimal('106'), at: NOW + 20 })
  const { drafts } = copyFills(
    aState(),
    stepsOf([first, second, third]),
    settings({ maxAgeMs: 5, venueOffsetMs: 3 }),
  )
  expect(drafts).toMatchObject([
    { firstFill: 1, lastFill: 3, quantity: decimal('4'), leaderPrice: decimal('103'), validUntil: NOW + 12 },
  ])
})

test('[CP62] a fill is not younger than its arrival, whatever a clock says that has just jumped', () => {
  const late = aFill(decimal('1'), { at: NOW + 70_000 })
  const { drafts } = copyFills(aState(), stepsOf([late]), settings({ maxAgeMs: 5, receivedAt: NOW }))
  expect(drafts).toMatchObject([{ validUntil: NOW + 5 }])
})

test.each(REFUSALS)('[CP8] an increase is refused for good: %s', (reason, over) => {
  const { state, drafts } = copyFills(aState(), trades('1'), settings(over))
  expect(drafts).toMatchObject([{ quantity: ZERO, final: { outcome: 'skipped', reason } }])
  expect(state).toMatchObject({ leaderQuantity: ONE, desired: ZERO })
})

test('[CP8] nothing is added while the link holds the other side', () => {
  // It was off while the leader turned: adding would net, not copy.
  const { state, drafts } = copyFills(aState({ desired: decimal('2') }), trades('-1'), settings())
  expect(drafts).toMatchObject([{ final: { reason: 'other_side_held' } }])
  expect(state.desired).toBe(decimal('2'))
})

test('[CP9] close-only takes the reducing part of a flip only', () => {
  const before = aState({
    leaderQuantity: decimal('2'),
    desired: decimal('2'),
    attributed: decimal('2'),
    cursor: 1,
  })
  const { state, drafts } = copyFills(before, trades('2', '-5'), settings({ mode: 'close_only' }))
  expect(drafts).toMatchObject([
    { part: 'reduce', quantity: decimal('-2'), final: null },
    { part: 'increase', quantity: ZERO, final: { reason: 'mode_close_only' } },
  ])
  expect(state.desired).toBe(ZERO)
})

test('[CP10] off freezes what is desired, decides nothing, and goes on knowing the leader', () => {
  const before = aState({ desired: decimal('2'), attributed: decimal('2') })
  const { state, drafts, reductions } = copyFills(before, trades('4', '-1', '-8'), settings({ mode: 'off' }))
  expect(state).toMatchObject({
    desired: decimal('2'),
    attributed: decimal('2'),
    leaderQuantity: decimal('-5'),
    cursor: 3,
  })
  expect([drafts, reductions]).toEqual([[], []])
})

test('[CP11] an increase that waits shrinks with the reduction that follows it in the same run', () => {
  const { drafts } = copyFills(aState(), trades('4', '-1'), settings())
  expect(drafts).toMatchObject([{ part: 'increase', quantity: decimal('3') }, { part: 'reduce' }])
})

test('[CP11] what waits from earlier runs is told by how much it shrinks', () => {
  const before = copyFills(aState(), trades('4'), settings()).state
  const { reductions } = copyFills(before, trades('4', '-1', '-3'), settings())
  expect(reductions).toMatchObject([
    { from: decimal('4'), to: decimal('3') },
    { from: decimal('3'), to: ZERO },
  ])
})

test('[CP28] with nothing held and nothing desired a reduction is skipped', () => {
  const before = aState({ leaderQuantity: decimal('4'), cursor: 1 })
  const { drafts } = copyFills(before, trades('4', '-1'), settings())
  expect(drafts).toMatchObject([
    { part: 'reduce', final: { outcome: 'skipped', reason: 'nothing_to_reduce' } },
  ])
})

test('[CP12] a leader found elsewhere is followed down, never up: desired x min(1, new / old)', () => {
  fc.assert(
    fc.property(signed, signed, signed, (leaderQuantity, desired, found) => {
      const after = rebaseState(aState({ leaderQuantity, desired }), found)
      const turned = leaderQuantity < 0n !== found < 0n
      const grew = absolute(found) >= absolute(leaderQuantity)
      const scaled = fromUnits((desired * found) / leaderQuantity)
      expect(after).toMatchObject({ leaderQuantity: found, desired: turned ? ZERO : grew ? desired : scaled })
    }),
  )
})

test('[CP12] a leader found flat leaves nothing, one found from flat adds nothing', () => {
  const held = aState({ leaderQuantity: decimal('3'), desired: ONE })
  expect(rebaseState(held, ZERO).desired).toBe(ZERO)
  expect(rebaseState(aState(), decimal('3'))).toMatchObject({ desired: ZERO, leaderQuantity: decimal('3') })
})

test('[CP30] a link that was stopped copies again only after the leader was flat', () => {
  const stopped = aState({ leaderQuantity: decimal('4'), stopped: true, cursor: 1 })
  const more = copyFills(stopped, trades('4', '1'), settings())
  expect(more.drafts).toMatchObject([{ final: { reason: 'no_reentry' } }])
  const again = copyFills(stopped, trades('4', '-4', '2'), settings())
  expect(again.state).toMatchObject({ stopped: false, desired: decimal('2') })
  expect(reduceState(stopped, { from: decimal('4'), to: subtract(decimal('4'), ONE) }).stopped).toBe(true)
})
