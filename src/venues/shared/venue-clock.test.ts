import { expect, test } from 'vitest'
import { SILENT } from '../../ports/observe.ts'
import { ManualClock, settle } from './testing/manual-clock.ts'
import { VenueClock } from './venue-clock.ts'

/** A venue whose clock is ahead of ours, and whose answers take so long. */
function venue(options: { readonly aheadMs: number; readonly roundTripsMs: readonly number[] }) {
  const clock = new ManualClock()
  let asked = 0
  const state = { answers: true }
  const venueClock = new VenueClock({
    clock,
    log: SILENT,
    async ask() {
      const roundTripMs = options.roundTripsMs[asked % options.roundTripsMs.length] ?? 0
      asked += 1
      // All of the delay is on the way back: the worst case for halving the round trip.
      const time = clock.now() + options.aheadMs
      await new Promise<void>(resolve => clock.after(roundTripMs, resolve))
      return state.answers ? time : null
    },
  })
  return { clock, venueClock, state, asked: () => asked }
}

test('[VN9] of several samples the one with the smallest round trip is believed', async () => {
  const { clock, venueClock } = venue({ aheadMs: 30_000, roundTripsMs: [900, 400, 10, 700, 500] })
  expect(venueClock.now()).toBeNull()
  venueClock.start()
  await clock.advance(5_000)
  // The error is at most half of the best round trip.
  expect(venueClock.offsetMs()).toBeCloseTo(30_000 - 5, 6)
})

test('[VN9] a wall clock that jumps makes the time unknown until it is measured again', async () => {
  // The machine slept, or somebody set its clock: nobody can tell which of the two clocks is still right.
  const { clock, venueClock } = venue({ aheadMs: 0, roundTripsMs: [10] })
  venueClock.start()
  await clock.advance(100)
  clock.jumpWall(-20_000)
  expect(venueClock.now()).toBeNull()
  await clock.advance(100)
  expect(venueClock.now()).not.toBeNull()
})

test('[VN9] an offset that is too old is no offset', async () => {
  const { clock, venueClock, state } = venue({ aheadMs: 5, roundTripsMs: [10] })
  venueClock.start()
  await clock.advance(100)
  state.answers = false
  await clock.advance(290_000)
  expect(venueClock.now()).not.toBeNull()
  expect(venueClock.ageMs()).toBeGreaterThan(280_000)
  await clock.advance(20_000)
  expect(venueClock.now()).toBeNull()
  state.answers = true
  await clock.advance(5_000)
  expect(venueClock.now()).not.toBeNull()
})

test('[VN9] callers that need the time share one measurement, and stopping ends it', async () => {
  const { clock, venueClock, asked } = venue({ aheadMs: 0, roundTripsMs: [10] })
  const both = Promise.all([venueClock.known(), venueClock.known()])
  await clock.advance(100)
  expect(await both).not.toContain(null)
  expect(asked()).toBe(5)
  venueClock.stop()
  await settle()
  expect(clock.pending()).toBe(0)
})
