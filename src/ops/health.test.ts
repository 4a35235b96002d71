import { expect, test } from 'vitest'
import { Health } from './health.ts'

test('[OP8] every part says how it is, and one that cannot be asked is down without its own words', () => {
  const health = new Health(() => [
    { name: 'store', check: () => ({ status: 'degraded', detail: '200 units wait.' }) },
    {
      name: 'venue',
      check: () => {
        throw new Error('ENOENT /home/somebody/secret')
      },
    },
  ])
  expect(health.parts()).toEqual([
    { name: 'store', status: 'degraded', detail: '200 units wait.' },
    { name: 'venue', status: 'down', detail: 'It cannot be asked. See the log.' },
  ])
})

test('[OP8] a server is ready after it was started and until it begins to stop', () => {
  const health = new Health(() => [])
  expect(health.ready()).toBe(false)
  health.setReady(true)
  expect(health.ready()).toBe(true)
  health.setReady(false)
  expect(health.ready()).toBe(false)
})
