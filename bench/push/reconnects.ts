import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { LiveClient } from '../../client/live.ts'
import { accountStream, TRADING_TYPES } from '../../protocol/live.ts'
import type { AccountId } from '../../src/domain/ids.ts'
import { must } from '../../src/domain/result.ts'
import { rowsOf } from '../../test/cli/lockstep.ts'
import { ServedWorld } from '../../test/push/served/world.ts'

const ACCOUNT = 'ada'
const LINGER_MS = 1_000
const WAIT_LIMIT_MS = 120_000
const POLL_MS = 5
/** What the server has said is written down a little later. */
const LOG_LAG_MS = 250

export interface ReconnectFigures {
  /** From opening the app to all its snapshots, shown as live, ms. */
  readonly warmMs: readonly number[]
  /** The same, where the account's session at the venue has ended meanwhile. */
  readonly coldMs: readonly number[]
  /** From the moment that the venue has answered everything to the client's live view, ms; part of `coldMs`. */
  readonly coldAfterVenueMs: readonly number[]
  /** Sessions that the server opened because of a warm reconnect, and of a cold one. */
  readonly warmSessions: number
  readonly coldSessions: number
}

/** One account that nobody trades, on an exchange of its own, and an app that is opened again and again. */
export async function measureReconnects(rounds: number): Promise<ReconnectFigures> {
  const world = await ServedWorld.start({ accounts: [ACCOUNT], followers: [], lingerMs: LINGER_MS })
  try {
    return await new Reconnects(world, await accountOf(world)).measure(rounds)
  } finally {
    await world.end()
  }
}

async function accountOf(world: ServedWorld): Promise<AccountId> {
  return must((await world.accountIds()).get(ACCOUNT), 'the configuration has the account')
}

class Reconnects {
  readonly #world: ServedWorld
  readonly #accountId: AccountId

  constructor(world: ServedWorld, accountId: AccountId) {
    this.#world = world
    this.#accountId = accountId
  }

  async measure(rounds: number): Promise<ReconnectFigures> {
    const figures = { warmMs: [], coldMs: [], coldAfterVenueMs: [] } as {
      readonly [Name in 'warmMs' | 'coldMs' | 'coldAfterVenueMs']: number[]
    }
    let [warmSessions, coldSessions] = [0, 0]
    // The first of both compile.
    for (let round = -1; round < rounds; round += 1) {
      const cold = await this.#cold()
      const warm = await this.#open()
      if (round < 0) continue
      figures.coldMs.push(cold.ms)
      figures.coldAfterVenueMs.push(cold.afterVenueMs)
      figures.warmMs.push(warm.ms)
      coldSessions += cold.sessions
      warmSessions += warm.sessions
    }
    return { ...figures, warmSessions, coldSessions }
  }

  /** After the session has ended for want of anybody who looks. */
  async #cold() {
    const until = performance.now() + WAIT_LIMIT_MS
    while (this.#count('session_created') > this.#count('session_dropped')) {
      if (performance.now() > until) throw new Error('the session does not end though nobody looks')
      await sleep(POLL_MS)
    }
    const opened = await this.#open()
    const live = rowsOf(this.#lines()).findLast(row => row['event'] === 'session' && row['state'] === 'live')
    return { ...opened, afterVenueMs: opened.at - Date.parse(String(live?.['time'])) }
  }

  /** Opens the app, and closes it when everything is shown as live. */
  async #open() {
    const { url, token } = this.#world.owner.pass
    const sessions = this.#count('session_created')
    const startedAt = performance.now()
    const ms = await new Promise<number>((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error('nothing is shown as live')), WAIT_LIMIT_MS)
      const isShown = () =>
        TRADING_TYPES.every(type => live.view(accountStream(this.#accountId, type))?.isStale === false)
      const live = new LiveClient({
        url,
        token: async () => token,
        listener: {
          changed: () => {
            if (!isShown()) return
            clearTimeout(limit)
            resolve(performance.now() - startedAt)
            live.close()
          },
        },
      })
      live.subscribeTrading({ types: [...TRADING_TYPES], accounts: [this.#accountId] })
    })
    const at = Date.now()
    await sleep(LOG_LAG_MS)
    return { ms, at, sessions: this.#count('session_created') - sessions }
  }

  #count(event: string): number {
    return this.#lines().filter(line => line.includes(`"event":"${event}"`)).length
  }

  #lines(): readonly string[] {
    return readFileSync(this.#world.logPath, 'utf8').split('\n')
  }
}
