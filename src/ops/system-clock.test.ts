import { expect, test } from 'vitest'
import { systemClock } from './system-clock.ts'
import { systemRandom } from './system-random.ts'

test('a cancelled timer never runs, and cancelling twice is harmless', async () => {
  const clock = systemClock({ unref: false })
  const ran: string[] = []
  const cancel = clock.after(0, () => ran.push('cancelled'))
  cancel()
  cancel()
  await new Promise<void>(resolve => {
    clock.after(0, () => {
      ran.push('kept')
      resolve()
    })
  })
  expect(ran).toEqual(['kept'])
})

test('monotonic time never goes back and chance stays within its bounds', () => {
  const clock = systemClock()
  const before = clock.monotonic()
  expect(clock.monotonic()).toBeGreaterThanOrEqual(before)
  const random = systemRandom()
  const drawn = random.next()
  expect(drawn >= 0 && drawn < 1).toBe(true)
  expect(random.bytes(10)).toHaveLength(10)
})
