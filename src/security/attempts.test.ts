import { expect, test } from 'vitest'
import { ManualClock } from '../venues/shared/testing/manual-clock.ts'
import { Attempts } from './attempts.ts'

function make() {
  const clock = new ManualClock()
  const attempts = new Attempts({ clock, limit: 2, windowMs: 1_000, maximumNames: 2 })
  return { clock, take: (name: string) => attempts.take(name).kind, attempts }
}

test('[SE37] a window begins with the first try and forgets them all when it is over', async () => {
  const { clock, take, attempts } = make()
  expect([take('a'), take('a'), take('a')]).toEqual(['allowed', 'allowed', 'refused'])
  await clock.advance(400)
  expect(attempts.take('a')).toEqual({ kind: 'refused', retryAfterMs: 600, isFirst: false })
  // A clock that somebody sets does not open it sooner, nor keep it shut.
  clock.jumpWall(1_000_000)
  expect(take('a')).toBe('refused')
  await clock.advance(600)
  expect(take('a')).toBe('allowed')
})

test('[SE37] no more names are counted than there is place for', () => {
  const { take } = make()
  for (const name of ['a', 'a', 'b', 'b']) expect(take(name)).toBe('allowed')
  expect(take('c')).toBe('allowed')
  expect(take('b')).toBe('refused')
  expect(take('a')).toBe('allowed')
})

test('[SE31] a try that is given back was none', () => {
  const { take, attempts } = make()
  for (let turn = 0; turn < 5; turn += 1) {
    expect(take('a')).toBe('allowed')
    attempts.giveBack('a')
  }
})
