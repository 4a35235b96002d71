import { expect, test } from 'vitest'
import { Turnstile } from './turnstile.ts'

test('[LM6] no more tasks run at once than the turnstile lets in, and the others keep their order', async () => {
  const turnstile = new Turnstile(20)
  const begun: number[] = []
  const endings: (() => void)[] = []
  const tasks = Array.from({ length: 50 }, (_, task) =>
    turnstile.run(async () => {
      begun.push(task)
      await new Promise<void>(resolve => endings.push(resolve))
      // One that fails gives its place back like any other.
      if (task === 3) throw new Error('no answer')
    }),
  )
  const settled = Promise.allSettled(tasks)
  expect(begun).toHaveLength(20)
  for (let ended = 0; ended < 50; ended += 1) {
    endings[ended]?.()
    await new Promise(setImmediate)
    expect(begun).toHaveLength(Math.min(50, 21 + ended))
  }
  expect(begun).toEqual(Array.from({ length: 50 }, (_, task) => task))
  expect((await settled).filter(({ status }) => status === 'rejected')).toHaveLength(1)
})
