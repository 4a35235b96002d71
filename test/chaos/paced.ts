import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SeededRandom } from '../simulation/seeded-random.ts'
import { followersOf, LEADER, writeConfig } from './cast.ts'
import { Leader } from './leader.ts'
import { ServerProcess } from './server-process.ts'
import { within } from './steps.ts'
import { ChaosVenue } from './venue.ts'
import { Wire } from './wire.ts'

/** A venue counts connections over five minutes, and two starts of many accounts are more than it allows in that. */
const APART_MS = 305_000
const LIVE_WITHIN_MS = 120_000
const PACE = { least: 1_000, most: 3_000 }
/** What a server says when it was told that it asks or connects too much. */
const TOO_MANY = /"event":"(venue_rate_limited|egress_stopped)"|429|too many/gi

export interface PacedReport {
  readonly accounts: number
  /** From the start of the process to every account compared with the venue and live, ms; null: not in time. */
  readonly restartMs: readonly (number | null)[]
  /** Times that the exchange refused for too many requests or connections. */
  readonly refusedForRate: number
}

/** Kills and restarts one server of many accounts on an exchange with the venue's limits on. */
export async function pacedRestarts(
  wish: { readonly accounts: number; readonly restarts: number; readonly seed: number },
  tell: (line: string) => void,
): Promise<PacedReport> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-paced-'))
  const followers = followersOf(wish.accounts)
  const wire = await Wire.start()
  const venue = await ChaosVenue.start({ folder, wire, accounts: [LEADER, ...followers], limits: 'venue' })
  writeConfig(folder, { exchange: wire.address, followers, pairs: [], isCalm: false })
  const random = new SeededRandom(wish.seed)
  const leader = new Leader(random.fork(), PACE, () => venue.trader(LEADER, random.fork()))
  const restartMs: (number | null)[] = []
  let server = new ServerProcess({ folder })
  let isStuck = false
  const live = async (): Promise<number | null> => {
    const all = wish.accounts + 1
    const isLive = await within(LIVE_WITHIN_MS, () => server.liveAccounts === all)
    if (isLive) return performance.now() - server.startedAt
    tell(`only ${server.liveAccounts} of ${all} accounts were live after ${LIVE_WITHIN_MS} ms; see ${folder}`)
    isStuck = true
    return null
  }
  try {
    tell(`${wish.accounts} accounts, first start: live after ${told(await live())}`)
    leader.begin()
    for (let restart = 1; restart <= wish.restarts; restart += 1) {
      await sleep(APART_MS)
      server.signal('SIGKILL')
      await server.ended()
      server = new ServerProcess({ folder })
      restartMs.push(await live())
      tell(`restart ${restart} of ${wish.restarts}: live after ${told(restartMs.at(-1) ?? null)}`)
    }
    const log = readFileSync(join(folder, 'server.log'), 'utf8')
    return { accounts: wish.accounts, restartMs, refusedForRate: log.match(TOO_MANY)?.length ?? 0 }
  } finally {
    await leader.pause()
    server.signal('SIGKILL')
    await venue.stop()
    wire.close()
    if (!isStuck) rmSync(folder, { recursive: true })
  }
}

function told(ms: number | null): string {
  return ms === null ? 'too long' : `${Math.round(ms)} ms`
}
