import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Side } from '../../src/domain/order.ts'
import { must } from '../../src/domain/result.ts'
import type { ContenderCalls, Memory, Ran } from './contender.ts'
import type { ExchangeCalls, Played } from './exchange.ts'
import { Remote } from './remote.ts'

export const CONTENDERS = ['floor', 'ours', 'ccxt'] as const
export type ContenderName = (typeof CONTENDERS)[number]

export interface Round extends Played, Ran {
  readonly side: Side
}

export interface SizeRun {
  readonly followers: number
  readonly rounds: ReadonlyMap<ContenderName, readonly Round[]>
  readonly memory: ReadonlyMap<ContenderName, Memory>
  readonly openMs: ReadonlyMap<ContenderName, number>
}

export interface RunOptions {
  readonly followers: number
  readonly rounds: number
  readonly contenders: readonly ContenderName[]
  /** A CPU profile of the server's process goes here; null: none. */
  readonly profileFolder: string | null
  print(line: string): void
}

/** First orders set the leverage, and code is compiled as it gets warm. An even number: it ends flat. */
const WARM_UP_ROUNDS = 6
const PAUSE_MS = 100
/** Not the system's temporary folder, which may be memory: a commit must meet a disk. */
const DATA_FOLDER = new URL('../../data/', import.meta.url).pathname

interface Entered {
  readonly name: ContenderName
  readonly leader: string
  readonly remote: Remote<ContenderCalls>
  readonly rounds: Round[]
}

/** All contenders at one exchange, each with a leader and followers of its own, taking turns. */
export async function runSize(options: RunOptions): Promise<SizeRun> {
  mkdirSync(DATA_FOLDER, { recursive: true })
  const folder = mkdtempSync(join(DATA_FOLDER, 'bench-'))
  const exchange = new Remote<ExchangeCalls>(new URL('./exchange.ts', import.meta.url))
  const entered: Entered[] = []
  const openMs = new Map<ContenderName, number>()
  try {
    const urls = await exchange.call('start', null)
    for (const name of options.contenders) {
      const leader = `${name}-leader`
      const names = Array.from({ length: options.followers }, (_, index) => `${name}-${index + 1}`)
      const [key, ...followers] = await exchange.call('accounts', [leader, ...names])
      const remote = new Remote<ContenderCalls>(
        new URL(`./${name}.ts`, import.meta.url),
        nodeOptions(name, options),
      )
      entered.push({ name, leader, remote, rounds: [] })
      const startedAt = performance.now()
      await remote.call('open', { urls, leader: must(key, 'the leader has a key'), followers, folder })
      openMs.set(name, performance.now() - startedAt)
      options.print(
        `${name}: ${options.followers} followers live after ${Math.round(performance.now() - startedAt)} ms`,
      )
    }
    await playRounds(options, exchange, entered)
    const memory = new Map<ContenderName, Memory>()
    for (const { name, remote } of entered) memory.set(name, await remote.call('memory', null))
    const rounds = new Map(entered.map(({ name, rounds }) => [name, rounds]))
    return { followers: options.followers, rounds, memory, openMs }
  } finally {
    for (const { remote } of entered) await remote.close()
    await exchange.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function nodeOptions(name: ContenderName, { profileFolder }: RunOptions): readonly string[] {
  const profiling = name === 'ours' && profileFolder !== null
  return [...commandFlags(), ...(profiling ? ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`] : [])]
}

/** What bin/lockstep runs Node with; every contender has the same. */
function commandFlags(): readonly string[] {
  const [first = ''] = readFileSync(new URL('../../bin/lockstep', import.meta.url), 'utf8').split('\n')
  return first.split(' ').filter(word => word.startsWith('--'))
}

async function playRounds(
  options: RunOptions,
  exchange: Remote<ExchangeCalls>,
  entered: readonly Entered[],
): Promise<void> {
  for (let round = 1 - WARM_UP_ROUNDS; round <= options.rounds; round += 1) {
    const side = Math.abs(round) % 2 === 1 ? 'buy' : 'sell'
    // Who goes first changes from round to round.
    const order = round % 2 === 0 ? entered : entered.toReversed()
    for (const each of order) {
      const played = await playRound(exchange, each, { side, orders: options.followers })
      if (round > 0) each.rounds.push(played)
      await sleep(PAUSE_MS)
    }
    if (round > 0 && round % 10 === 0) options.print(`round ${round} of ${options.rounds}`)
  }
}

async function playRound(
  exchange: Remote<ExchangeCalls>,
  { leader, remote, name }: Entered,
  trade: { readonly side: Side; readonly orders: number },
): Promise<Round> {
  await remote.call('begin', trade.orders)
  const played = await exchange.call('play', { leader, ...trade })
  if (played.filled < trade.orders)
    throw new Error(
      `${name}: ${played.received} of ${trade.orders} orders came, ${played.filled} were filled`,
    )
  return { ...trade, ...played, ...(await remote.call('end', null)) }
}

/** What the server holds with so many accounts live, and nothing traded yet. */
export async function measureMemory(sizes: readonly number[]): Promise<ReadonlyMap<number, Memory>> {
  const found = new Map<number, Memory>()
  for (const size of sizes) {
    mkdirSync(DATA_FOLDER, { recursive: true })
    const folder = mkdtempSync(join(DATA_FOLDER, 'bench-'))
    const exchange = new Remote<ExchangeCalls>(new URL('./exchange.ts', import.meta.url))
    const server = new Remote<ContenderCalls>(new URL('./ours.ts', import.meta.url), [
      ...commandFlags(),
      '--expose-gc',
    ])
    try {
      const urls = await exchange.call('start', null)
      const names = Array.from({ length: size }, (_, index) => `account-${index + 1}`)
      const [key, ...followers] = await exchange.call('accounts', ['leader', ...names])
      await server.call('open', { urls, leader: must(key, 'the leader has a key'), followers, folder })
      await server.call('begin', 0)
      await server.call('end', null)
      found.set(size, await server.call('memory', null))
    } finally {
      await server.close()
      await exchange.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }
  return found
}
