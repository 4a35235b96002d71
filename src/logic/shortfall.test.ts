import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  absolute,
  add,
  type Decimal,
  decimal,
  fromUnits,
  negate,
  sign,
  subtract,
  ZERO,
} from '../domain/decimal.ts'
import type { LinkState } from '../domain/link-state.ts'
import type { Order } from '../domain/order.ts'
import {
  applyForeignTrade,
  exitGap,
  openingGap,
  openingsInTheWay,
  unownedQuantity,
  writeDown,
} from './shortfall.ts'
import { anExit, anOrder, aState } from './testing/builders.ts'

const quantity = fc.bigInt({ min: -20n, max: 20n }).map(fromUnits)
const orders: fc.Arbitrary<readonly Order[]> = fc
  .array(
    fc.integer({ min: -9, max: 9 }).filter(size => size !== 0),
    { maxLength: 3 },
  )
  .chain(sizes =>
    fc.tuple(
      ...sizes.map((size, index) =>
        fc.constantFrom(anOrder, anExit).map(make => make(units(size), { sequence: index })),
      ),
    ),
  )
const state = fc.record({ desired: quantity, attributed: quantity, stopped: fc.boolean() }).map(aState)

function units(size: number): string {
  return `${size < 0 ? '-' : ''}0.00000000000000000${Math.abs(size)}`
}

function held(desired: string, attributed: string): LinkState {
  return aState({
    desired: decimal(desired),
    attributed: decimal(attributed),
    leaderQuantity: decimal(desired),
  })
}

test('[CP16] what is to be opened is never more than desired less what is held and on its way', () => {
  fc.assert(
    fc.property(state, orders, (of, live) => {
      const gap = openingGap(of, live)
      expect([0, sign(of.desired)]).toContain(sign(gap))
      const sides = [of.attributed, ...live.filter(order => order.purpose === 'entry').map(signedOf)]
      if (sides.some(each => sign(each) === -sign(of.desired) && each !== ZERO)) expect(gap).toBe(ZERO)
      expect(absolute(gap) <= absolute(of.desired)).toBe(true)
    }),
  )
})

test('[CP24] what is to be closed is at most what the link holds beyond desired, and at most the position', () => {
  fc.assert(
    fc.property(state, quantity, (of, position) => {
      const gap = exitGap(of, position)
      expect(absolute(gap) <= absolute(position) && absolute(gap) <= absolute(of.attributed)).toBe(true)
      expect([0, sign(position)]).toContain(sign(gap))
      const left = subtract(of.attributed, gap)
      if (absolute(position) >= absolute(of.attributed) && sign(position) === sign(of.attributed))
        expect(absolute(left) <= absolute(of.desired) || gap === ZERO).toBe(true)
    }),
  )
})

test('[CP20] writing down never turns desired round, and never takes what is held', () => {
  fc.assert(
    fc.property(state, orders, quantity, (of, live, size) => {
      const { desired } = writeDown(of, live, absolute(size))
      expect([0, sign(of.desired)]).toContain(sign(desired))
      expect(absolute(desired) <= absolute(of.desired)).toBe(true)
    }),
  )
})

test('[CP20] what waits behind an exit on its way is written down all the same', () => {
  // Held 10, an exit of 6 is on its way, then 6 more were wanted: after the exit they would be missing.
  const lowered = writeDown(held('10', '10'), [anExit('-6')], decimal('6'))
  expect(lowered.desired).toBe(decimal('4'))
})

test('[CP20] what waits for the other side to be closed is written down all the same', () => {
  expect(writeDown(held('-5', '5'), [anExit('-5')], decimal('5')).desired).toBe(ZERO)
  expect(writeDown(held('-5', '0'), [anOrder('5')], decimal('8')).desired).toBe(ZERO)
})

test('[CP61] an order that is larger than its increases by now does not keep what another one leaves', () => {
  // Two increases of 10 each have an order; the leader halved. One order ends with nothing filled.
  const other = anOrder('10')
  expect(unownedQuantity(held('10', '0'), [other], () => decimal('5'))).toBe(decimal('5'))
  expect(unownedQuantity(held('10', '0'), [other], () => decimal('10'))).toBe(ZERO)
})

test('[CP65] what was reported of an order and is not counted yet is on its way, also when the order has ended', () => {
  const ended = anOrder('77', { status: 'canceled', reportedFilled: decimal('10') })
  expect(unownedQuantity(held('12', '0'), [ended], () => decimal('12'))).toBe(decimal('2'))
  const counted = { ...ended, filled: decimal('10') }
  expect(unownedQuantity(held('12', '10'), [counted], () => decimal('12'))).toBe(decimal('2'))
})

test('[CP23] resting openings beyond what is desired are cancelled, the newest first', () => {
  const live = [anOrder('3', { sequence: 1 }), anOrder('3', { sequence: 2 }), anOrder('3', { sequence: 3 })]
  const sequences = (of: LinkState) => openingsInTheWay(of, live).map(order => order.sequence)
  expect(sequences(held('9', '0'))).toEqual([])
  expect(sequences(held('8', '0'))).toEqual([3])
  expect(sequences(held('3', '0'))).toEqual([3, 2])
  expect(sequences(held('0', '0'))).toEqual([3, 2, 1])
  expect(sequences(held('-4', '0'))).toEqual([3, 2, 1])
})

test('[CP23] what ends by itself, or is done, is not cancelled', () => {
  const live = [anOrder('3', { timeInForce: 'ioc' }), anOrder('3', { status: 'canceled' }), anExit('-3')]
  expect(openingsInTheWay(held('0', '0'), live)).toEqual([])
})

test('[CP29] a foreign reduction takes the foreign part first, then attributed and desired together', () => {
  // 10 held: 6 copied, 4 bought by hand. 7 are sold by hand.
  const { state: after, attributed } = applyForeignTrade(held('8', '6'), decimal('10'), decimal('-7'))
  expect(attributed).toBe(decimal('-3'))
  expect(after).toMatchObject({ attributed: decimal('3'), desired: decimal('5'), stopped: false })
  const covered = applyForeignTrade(held('8', '6'), decimal('10'), decimal('-4'))
  expect(covered).toEqual({ state: held('8', '6'), attributed: ZERO })
})

test('[CP30] a copy closed from outside is not opened again, nor what was still to be opened', () => {
  const { state: after } = applyForeignTrade(held('8', '6'), decimal('6'), decimal('-6'))
  expect(after).toMatchObject({ attributed: ZERO, desired: ZERO, stopped: true })
  // A sale through zero opens a short of its own, which is not the link's.
  const flipped = applyForeignTrade(held('8', '6'), decimal('6'), decimal('-9'))
  expect(flipped).toEqual({ state: after, attributed: decimal('-6') })
})

test('[CP30] in how many trades an owner closes makes no difference', () => {
  // 4 of 6 are to be closed anyway when all 6 are sold by hand: the 2 that were to stay are not bought again.
  const { state: whole } = applyForeignTrade(held('2', '6'), decimal('6'), decimal('-6'))
  expect(whole).toMatchObject({ attributed: ZERO, desired: ZERO, stopped: true })
  let parts = held('2', '6')
  for (const position of ['6', '5', '3', '1'] as const) {
    const sold = position === '6' ? '-1' : position === '1' ? '-1' : '-2'
    parts = applyForeignTrade(parts, decimal(position), decimal(sold)).state
  }
  expect(parts).toEqual(whole)
})

test('[CP31] a foreign opening touches no link', () => {
  fc.assert(
    fc.property(state, quantity, quantity, (of, position, traded) => {
      fc.pre(position === ZERO || sign(position) === sign(traded))
      expect(applyForeignTrade(of, position, traded)).toEqual({ state: of, attributed: ZERO })
    }),
  )
})

test('[CP32] a side that was to be closed anyway is no reason to stop', () => {
  for (const desired of ['0', '-5']) {
    const { state: after } = applyForeignTrade(held(desired, '6'), decimal('6'), decimal('-6'))
    expect(after).toMatchObject({ attributed: ZERO, desired: decimal(desired), stopped: false })
  }
})

test('[CP29] sums: whatever a foreign trade does, link and rest together are the position', () => {
  fc.assert(
    fc.property(state, quantity, quantity, (of, position, traded) => {
      const { state: after, attributed } = applyForeignTrade(of, position, traded)
      expect(after.attributed).toBe(add(of.attributed, attributed))
      expect(absolute(attributed) <= absolute(traded)).toBe(true)
      expect([0, sign(of.attributed)]).toContain(sign(after.attributed))
      expect(absolute(after.desired) <= absolute(of.desired)).toBe(true)
      const mirrored = applyForeignTrade(mirror(of), negate(position), negate(traded))
      expect(mirrored).toEqual({ state: mirror(after), attributed: negate(attributed) })
    }),
  )
})

function mirror(of: LinkState): LinkState {
  return { ...of, desired: negate(of.desired), attributed: negate(of.attributed) }
}

function signedOf({ side, quantity: size }: Order): Decimal {
  return side === 'buy' ? size : negate(size)
}
