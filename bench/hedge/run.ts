import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Remote } from '../fanout/remote.ts'
import type { ExchangeCalls, Played } from './exchange.ts'
import type { ServerCalls, Way } from './ours.ts'

/** One fill of A: what the server needed, and what the exchange saw. */
export type Round = Way & Played

export interface Fills {
  /** All of A's quote was taken. */
  readonly full: readonly Round[]
  /** Half of it: its rest is cancelled before B's order leaves. */
  readonly partial: readonly Round[]
}

export interface RunOptions {
  /** Of the server's database. */
  readonly folder: string
  /** Of each kind. */
  readonly rounds: number
  /** A CPU profile of the server's process goes here; null: none. */
  readonly profileFolder: string | null
  print(line: string): void
}

/** Code is compiled as it gets warm. An even number, so that the pair ends where it began. */
const WARM_UP_ROUNDS = 20
/** Both legs together stay below the ten orders a second that an account may send. */
const PAUSE_MS = 150
const ALL_BPS = 10_000
const HALF_BPS = 5_000
/** Not the system's temporary folder, which may be memory: a commit must meet a disk. */
const DATA_FOLDER = new URL('../../data/', import.meta.url).pathname

/** A folder on a real disk for as long as the work takes. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync(DATA_FOLDER, { recursive: true })
  const folder = mkdtempSync(join(DATA_FOLDER, 'bench-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The server and the exchange, a process each, real sockets between them; A is taken over and over. */
export async function playFills({ folder, rounds, profileFolder, print }: RunOptions): Promise<Fills> {
  const exchange = new Remote<ExchangeCalls>(new URL('./exchange.ts', import.meta.url))
  const profile = profileFolder === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`]
  const server = new Remote<ServerCalls>(new URL('./ours.ts', import.meta.url), [
    ...commandFlags(),
    ...profile,
  ])
  try {
    const urls = await exchange.call('start', null)
    const keys = await exchange.call('accounts', null)
    await server.call('open', { urls, keys, folder })
    const play = async (shareBps: number): Promise<Round> => {
      await exchange.call('quoted', null)
      await server.call('begin', null)
      const played = await exchange.call('take', shareBps)
      await sleep(PAUSE_MS)
      return { ...played, ...(await server.call('end', null)) }
    }
    const full: Round[] = []
    const partial: Round[] = []
    for (let round = 1 - WARM_UP_ROUNDS; round <= rounds; round += 1) {
      const whole = await play(ALL_BPS)
      const half = await play(HALF_BPS)
      // What a partial fill left is quoted anew: it goes, so that the next quote is a whole one.
      await play(ALL_BPS)
      if (round > 0) {
        full.push(whole)
        partial.push(half)
      }
      if (round > 0 && round % 25 === 0) print(`round ${round} of ${rounds}`)
    }
    return { full, partial }
  } finally {
    await server.close()
    await exchange.close()
  }
}

/** What bin/lockstep runs Node with. */
function commandFlags(): readonly string[] {
  const [first = ''] = readFileSync(new URL('../../bin/lockstep', import.meta.url), 'utf8').split('\n')
  return first.split(' ').filter(word => word.startsWith('--'))
}
