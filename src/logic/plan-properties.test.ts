import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  absolute,
  add,
  basisPoints,
  type Decimal,
  decimal,
  divide,
  maximum,
  negate,
  sign,
  subtract,
  ZERO,
} from '../domain/decimal.ts'
import type { Instrument } from '../domain/instrument.ts'
import { isUnacknowledged, leavesQuantity, sideOf, signedQuantity, unseenQuantity } from '../domain/order.ts'
import { must } from '../domain/result.ts'
import { anInstrument } from './testing/builders.ts'
import {
  aFollower,
  anything,
  anythingShared,
  type Command,
  MAX_DRIFT_BPS,
  obey,
  type World,
  world,
} from './testing/commands.ts'
import type { Follower, Sent } from './testing/follower.ts'

// Each follower lives through a random story: leader trades, fills, ends, doubt, refusals, silence, time.

const RUNS = { numRuns: 1_500 }
/** Enough for every order of a story to end, twice over. */
const RECOVERY_ROUNDS = 100

function live(of: World, story: readonly Command[]): Follower {
  const follower = aFollower(of)
  for (const command of story) obey(follower, command)
  return follower
}

function openings({ sent }: Follower): readonly Sent[] {
  return sent.filter(({ draft }) => draft.purpose === 'entry')
}

function exits({ sent }: Follower): readonly Sent[] {
  return sent.filter(({ draft }) => draft.purpose === 'exit')
}

function carriedOut({ view, draft }: Sent) {
  return view.pending.filter(decision => draft.decisions.includes(decision.id))
}

/** What can be too little to trade: below the smallest order, and below a lot on top of it. */
function tradableUnit({ lotSize, minimumQuantity, minimumNotional }: Instrument, lowest: Decimal): Decimal {
  return add(maximum(minimumQuantity, divide(minimumNotional, lowest)), lotSize)
}

test('[CP20] the stories are told: most followers open something, many close it again', () => {
  let opened = 0
  let closed = 0
  fc.assert(
    fc.property(world, anything, (of, story) => {
      const follower = live(of, story)
      opened += openings(follower).length
      closed += exits(follower).length
    }),
    RUNS,
  )
  expect([opened > RUNS.numRuns / 2, closed > RUNS.numRuns / 8]).toEqual([true, true])
})

test('[CP20] what was forgone is never sent: an order opens what its increases add, and a carried rest', () => {
  fc.assert(
    fc.property(world, anythingShared, (of, story) => {
      for (const sent of openings(live(of, story))) {
        const wanted = carriedOut(sent).reduce((sum, { wanted: size }) => add(sum, absolute(size)), ZERO)
        const unit = tradableUnit(sent.view.instrument, decimal('97'))
        expect(subtract(sent.draft.quantity, wanted) < unit).toBe(true)
      }
    }),
    RUNS,
  )
})

test('[CP20] all that was ever opened is at most what was accepted and not forgone', () => {
  fc.assert(
    fc.property(world, anythingShared, (of, story) => {
      const { opened } = live(of, story)
      const unit = tradableUnit(anInstrument(of.minimums), decimal('97'))
      expect(opened.traded <= add(subtract(opened.accepted, opened.refused), unit)).toBe(true)
    }),
    RUNS,
  )
})

test('[CP17] no opening is planned after its increases are valid or beyond their price', () => {
  fc.assert(
    fc.property(world, anything, (of, story) => {
      for (const sent of openings(live(of, story))) {
        const { view, draft } = sent
        const { ask, bid } = must(view.market, 'an opening needs a price')
        for (const { validUntil, leaderPrice } of carriedOut(sent)) {
          expect(validUntil !== null && view.now <= validUntil).toBe(true)
          const width = basisPoints(leaderPrice, MAX_DRIFT_BPS)
          const buys = draft.side === 'buy'
          expect(buys ? ask <= add(leaderPrice, width) : bid >= subtract(leaderPrice, width)).toBe(true)
          const limitPrice = must(draft.limitPrice, 'a drift bound is held by the venue too')
          expect(
            buys ? limitPrice <= add(leaderPrice, width) : limitPrice >= subtract(leaderPrice, width),
          ).toBe(true)
        }
      }
    }),
    RUNS,
  )
})

test('[CP18] at most one opening is unacknowledged, and none is sent beside an exit or against the other side', () => {
  fc.assert(
    fc.property(world, anythingShared, (of, story) => {
      for (const { view, draft } of openings(live(of, story))) {
        expect(
          view.orders.filter(order => order.purpose === 'exit' || isUnacknowledged(order.status)),
        ).toEqual([])
        expect(view.orders.every(order => order.side === draft.side)).toBe(true)
        expect(sign(view.state.attributed) * sign(signedQuantity(draft.side, draft.quantity))).not.toBe(-1)
        expect(view.canSend && view.state.stopped === false).toBe(true)
      }
    }),
    RUNS,
  )
})

test('[CP18] what is held and what is on its way never add up to more than was desired', () => {
  fc.assert(
    fc.property(world, anything, (of, story) => {
      for (const { view, draft } of openings(live(of, story))) {
        const onTheWay = view.orders.reduce(
          (sum, order) => add(sum, add(leavesQuantity(order), unseenQuantity(order))),
          ZERO,
        )
        const total = add(add(absolute(view.state.attributed), onTheWay), draft.quantity)
        expect(total <= absolute(view.state.desired)).toBe(true)
        expect(sideOf(view.state.desired)).toBe(draft.side)
      }
    }),
    RUNS,
  )
})

test('[CP24] an exit is reduce-only, on the side that closes, and never more than is held', () => {
  fc.assert(
    fc.property(world, anythingShared, (of, story) => {
      for (const { view, draft } of exits(live(of, story))) {
        expect(draft).toMatchObject({ reduceOnly: true, type: 'market', collarPrice: null, validUntil: null })
        expect(sideOf(view.position)).not.toBe(draft.side)
        expect(draft.quantity > 0n && draft.quantity <= absolute(view.position)).toBe(true)
        expect(draft.quantity <= absolute(view.state.attributed)).toBe(true)
      }
    }),
    RUNS,
  )
})

test('[CP27] whatever happened, when the leader is flat and the venue is well again the follower is flat', () => {
  fc.assert(
    fc.property(world, anything, (of, story) => {
      const follower = live(of, story)
      const left = follower.leader.quantity
      if (left !== ZERO) follower.leaderTrades([negate(left)], decimal('100'))
      follower.recover(RECOVERY_ROUNDS)
      expect(follower.orders).toEqual([])
      expect(follower.state).toMatchObject({ desired: ZERO, stopped: false })
      expect(follower.state.attributed).toBe(follower.position)
      // Less than the venue trades at all cannot be closed.
      const minimum = of.minimums.minimumQuantity ?? decimal('1')
      expect(absolute(follower.position) < minimum).toBe(true)
      expect([...follower.decisions.values()]).toEqual([])
    }),
    RUNS,
  )
})
