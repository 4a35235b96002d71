import type { Credential } from '../../src/domain/account.ts'
import type { BybitUrls } from '../../src/venues/bybit/urls.ts'
import { Meter, type Spent } from './meter.ts'
import { serve } from './remote.ts'

export interface World {
  readonly urls: BybitUrls
  readonly leader: Credential
  readonly followers: readonly Credential[]
  /** A folder of its own on a real disk. */
  readonly folder: string
}

/** One order's way through a contender that can tell, ms. */
export interface Hops {
  /** Epoch ms: when its leader's frame was taken in. */
  readonly receivedAt: number
  readonly decideMs: number
  readonly persistMs: number
  readonly sendMs: number
}

export interface Ran extends Spent {
  readonly hops: readonly Hops[]
}

export interface Memory {
  readonly rssMb: number
  readonly heapMb: number
  readonly externalMb: number
}

/** Every socket is open and logged in when `open` resolves. */
export interface Contender {
  open(world: World, meter: Meter): Promise<void>
  /** Of the orders since it was last asked. */
  takeHops?(): readonly Hops[]
}

export type ContenderCalls = ReturnType<typeof callsOf>

export function serveContender(contender: Contender): void {
  serve(callsOf(contender))
}

function callsOf(contender: Contender) {
  const meter = new Meter()
  return {
    open: async (world: World): Promise<void> => contender.open(world, meter),
    async begin(orders: number): Promise<void> {
      contender.takeHops?.()
      meter.begin(orders)
    },
    end: async (_: null): Promise<Ran> => ({ ...(await meter.end()), hops: contender.takeHops?.() ?? [] }),
    memory: async (_: null): Promise<Memory> => memory(),
  }
}

const MEGABYTE = 2 ** 20

/** After a collection where the process was started with --expose-gc, so that it is what is held. */
function memory(): Memory {
  globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rssMb: rss / MEGABYTE, heapMb: heapUsed / MEGABYTE, externalMb: external / MEGABYTE }
}
