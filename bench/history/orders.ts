import { setTimeout as sleep } from 'node:timers/promises'
import { ExchangeProcess } from '../../test/e2e/exchange-process.ts'
import { quantile } from '../fanout/figures.ts'
import { type PathWorld, startWorld } from '../path-world.ts'
import type { Ingestion } from './ingest.ts'

const FOLLOWERS = 10
const WARM_UP_ROUNDS = 6
const TURNS = 5
const PAUSE_MS = 100
const POLL_MS = 2
const ROUND_LIMIT_MS = 10_000
/** Thousandths of a coin. */
const SIZE = 10

export interface OrderFigures {
  readonly idleP99Ms: number
  readonly ingestingP99Ms: number
}

/** From a leader's fill being received to its copies being sent, with nothing beside it and beside an ingestion. */
export async function measureOrders(
  folder: string,
  rounds: number,
  ingestion: Ingestion,
): Promise<OrderFigures> {
  // Even: every turn begins as flat as the one before.
  const roundsPerTurn = 2 * Math.ceil(rounds / TURNS / 2)
  const exchange = await ExchangeProcess.start(['--limits', 'off'])
  try {
    const world = await startWorld(exchange, folder, FOLLOWERS)
    try {
      await play(world, WARM_UP_ROUNDS)
      const idle: number[] = []
      const ingesting: number[] = []
      // By turns: what else the machine does in between slows both.
      for (let turn = 0; turn < TURNS; turn += 1) {
        idle.push(...(await play(world, roundsPerTurn)))
        ingestion.start()
        ingesting.push(...(await play(world, roundsPerTurn)))
        await ingestion.stop()
      }
      return { idleP99Ms: quantile(idle, 0.99), ingestingP99Ms: quantile(ingesting, 0.99) }
    } finally {
      world.floor.close()
      await world.server.stop()
    }
  } finally {
    await exchange.stop()
  }
}

/** @returns of every copy, ms */
async function play({ leader, copies }: PathWorld, rounds: number): Promise<readonly number[]> {
  const times: number[] = []
  for (let round = 1; round <= rounds; round += 1) {
    copies.length = 0
    await leader.market(round % 2 === 0 ? -SIZE : SIZE)
    const until = performance.now() + ROUND_LIMIT_MS
    while (copies.length < FOLLOWERS && performance.now() < until) await sleep(POLL_MS)
    for (const { times: at } of copies) if (at.sentAt !== null) times.push(at.sentAt - at.receivedAt)
    await sleep(PAUSE_MS)
  }
  return times
}
