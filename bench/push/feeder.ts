import { serve } from '../fanout/remote.ts'

/** Each account changes ten times a second, all of them evenly spread over it. */
const UPDATES_PER_SECOND = 10
const TICK_MS = 10

export interface Fed {
  /** Of all threads of the process, while it was fed. */
  readonly cpuUs: number
  readonly updates: number
  readonly rssMb: number
}

export interface Contender {
  /** @returns where it listens */
  open(accounts: number): Promise<string>
  /** One update of one account; `at` counts up. */
  update(account: number, at: number): void
}

export type ContenderCalls = ReturnType<typeof callsOf>

export function serveContender(contender: Contender): void {
  serve(callsOf(contender))
}

function callsOf(contender: Contender) {
  let accounts = 0
  return {
    async open(count: number): Promise<string> {
      accounts = count
      return contender.open(count)
    },
    feed: (durationMs: number): Promise<Fed> => feed(contender, accounts, durationMs),
  }
}

function feed(contender: Contender, accounts: number, durationMs: number): Promise<Fed> {
  const perMs = (accounts * UPDATES_PER_SECOND) / 1_000
  const total = Math.floor(perMs * durationMs)
  const began = process.cpuUsage()
  const startedAt = performance.now()
  let done = 0
  return new Promise(resolve => {
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor((performance.now() - startedAt) * perMs))
      for (; done < due; done += 1) contender.update(done % accounts, Math.floor(done / accounts))
      if (done < total) return
      clearInterval(timer)
      const { user, system } = process.cpuUsage(began)
      resolve({ cpuUs: user + system, updates: done, rssMb: process.memoryUsage.rss() / 2 ** 20 })
    }, TICK_MS)
  })
}
