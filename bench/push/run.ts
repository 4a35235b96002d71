import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { must } from '../../src/domain/result.ts'
import { Remote } from '../fanout/remote.ts'
import type { ClientCalls, ContenderName } from './clients.ts'
import type { ContenderCalls } from './feeder.ts'

export const CONTENDERS = ['ours', 'bare'] as const
/** The first feeding compiles, the first storm fills caches. */
const WARM_UP_MS = 2_000
const CLIENT_PROCESSES = 2
/** What is still on its way when a feeding has ended. */
const SETTLE_MS = 300

export interface PushOptions {
  readonly clients: number
  readonly rounds: number
  readonly seconds: number
  readonly storms: number
  print(line: string): void
}

export interface Round {
  readonly cpuUsPerDelivery: number
  readonly deliveries: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly rssMb: number
}

export interface PushFigures {
  readonly rounds: ReadonlyMap<ContenderName, readonly Round[]>
  readonly stormMs: ReadonlyMap<ContenderName, readonly number[]>
}

interface Entered {
  readonly name: ContenderName
  readonly server: Remote<ContenderCalls>
  readonly rounds: Round[]
  readonly stormMs: number[]
}

/** Both servers are up with all their clients all the time; one of them is fed at a time. */
export async function measurePush(options: PushOptions): Promise<PushFigures> {
  const clients = Array.from(
    { length: CLIENT_PROCESSES },
    () => new Remote<ClientCalls>(new URL('./clients.ts', import.meta.url)),
  )
  const entered: Entered[] = []
  try {
    for (const name of CONTENDERS) entered.push(await enter(name, clients, options))
    for (const each of entered) await feed(each, clients, WARM_UP_MS)
    for (let round = 0; round < options.rounds; round += 1) {
      // Who goes first changes from round to round.
      for (const each of round % 2 === 0 ? entered : entered.toReversed())
        each.rounds.push(await feed(each, clients, options.seconds * 1_000))
      options.print(`round ${round + 1} of ${options.rounds}`)
    }
    for (let storm = -1; storm < options.storms; storm += 1)
      for (const each of storm % 2 === 0 ? entered : entered.toReversed()) {
        const ms = await storms(each, clients)
        if (storm >= 0) each.stormMs.push(ms)
      }
    return {
      rounds: new Map(entered.map(({ name, rounds }) => [name, rounds])),
      stormMs: new Map(entered.map(({ name, stormMs }) => [name, stormMs])),
    }
  } finally {
    for (const { server } of entered) await server.close()
    for (const each of clients) await each.close()
  }
}

async function enter(
  name: ContenderName,
  clients: readonly Remote<ClientCalls>[],
  { clients: accounts, print }: PushOptions,
): Promise<Entered> {
  const server = new Remote<ContenderCalls>(new URL(`./${name}.ts`, import.meta.url), commandFlags())
  const url = await server.call('open', accounts)
  const share = Math.ceil(accounts / clients.length)
  await Promise.all(
    clients.map((each, at) => {
      const first = at * share
      const count = Math.min(share, accounts - first)
      return each.call('open', { contender: name, url, first, count })
    }),
  )
  print(`${name}: ${accounts} clients connected`)
  return { name, server, rounds: [], stormMs: [] }
}

async function feed(
  { name, server }: Entered,
  clients: readonly Remote<ClientCalls>[],
  durationMs: number,
): Promise<Round> {
  await Promise.all(clients.map(each => each.call('received', name)))
  const { cpuUs, updates, rssMb } = await server.call('feed', durationMs)
  await sleep(SETTLE_MS)
  const received = await Promise.all(clients.map(each => each.call('received', name)))
  const deliveries = received.reduce((sum, { frames }) => sum + frames, 0)
  if (deliveries !== updates) throw new Error(`${name}: ${deliveries} of ${updates} updates came`)
  return {
    cpuUsPerDelivery: cpuUs / deliveries,
    deliveries,
    p50Ms: Math.max(...received.map(each => each.p50Ms)),
    p99Ms: Math.max(...received.map(each => each.p99Ms)),
    rssMb,
  }
}

/** @returns ms until every client has everything again */
async function storms({ name }: Entered, clients: readonly Remote<ClientCalls>[]): Promise<number> {
  const startedAt = performance.now()
  await Promise.all(clients.map(each => each.call('storm', name)))
  return performance.now() - startedAt
}

/** What bin/lockstep runs Node with; both servers have the same. */
function commandFlags(): readonly string[] {
  const text = readFileSync(new URL('../../bin/lockstep', import.meta.url), 'utf8')
  return must(text.split('\n')[0], 'a file has a first line')
    .split(' ')
    .filter(word => word.startsWith('--'))
}
