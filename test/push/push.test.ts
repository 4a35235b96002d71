import { expect, test } from 'vitest'
import { accountStream } from '../../protocol/live.ts'
import { PushChecker } from './checker.ts'
import { PushRun } from './run.ts'

test('[LV50] connections that break at random, half of them mid-message, leave every client with what its account is', async () => {
  // I14. `npm run push` does the same for longer, with more clients.
  const result = await PushRun.play({ clients: 20, disconnects: 300, seed: 1, loss: 0.01 }, () => undefined)
  expect(result.violations).toEqual([])
  expect(result.midMessage).toBeGreaterThan(100)
  expect(result.compared).toBeGreaterThan(1_000)
  expect(result.lost).toBeGreaterThan(10)
  expect(result.gaps).toBeGreaterThan(10)
})

test('[LV50] the checker finds a view that its account never was, a sequence that goes back, and a view left behind', () => {
  const checker = new PushChecker()
  const stream = accountStream('a', 'orders')
  const view = { stream, kind: 'orders', at: 1, state: 'live', isStale: false } as const
  checker.record(stream, { epoch: 'e', seq: 2 }, [{ id: 'o1' }])
  checker.seen('phone', { ...view, data: [], cursor: { epoch: 'e', seq: 2 } })
  checker.seen('phone', { ...view, data: [], cursor: { epoch: 'e', seq: 1 } })
  checker.atRest('phone', { ...view, data: [], cursor: { epoch: 'e', seq: 2 } }, [{ id: 'o1' }])
  expect(checker.violations).toHaveLength(3)
})
