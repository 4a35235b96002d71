import { expect, test } from 'vitest'
import { Channel, WorkerGone } from './channel.ts'

/** Answers `answer` and dies at anything else. */
const SOURCE = `
  import { parentPort } from 'node:worker_threads'
  parentPort.postMessage('started')
  parentPort.on('message', request => {
    if (request !== 'answer') process.exit(7)
    parentPort.postMessage(['answered'])
  })
`
const FRAGILE = new URL(`data:text/javascript,${encodeURIComponent(SOURCE)}`)

test('[ST18] when the thread of the database ends, what waits and what comes later is told so', async () => {
  const channel = new Channel<string, string, string>(FRAGILE, '')
  expect(await channel.started).toBe('started')
  expect(await channel.request('answer')).toBe('answered')
  const waiting = [channel.request('die'), channel.request('answer')]
  for (const result of await Promise.allSettled(waiting)) {
    expect(result).toMatchObject({ status: 'rejected', reason: expect.any(WorkerGone) })
  }
  await channel.ended
  await expect(channel.request('answer')).rejects.toThrow('exit code 7')
})
