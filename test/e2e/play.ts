import { setTimeout as sleep } from 'node:timers/promises'
import type { Server } from '../../src/main.ts'
import type { Audit } from './audit.ts'
import type { Violation } from './evidence.ts'
import type { ExchangeProcess } from './exchange-process.ts'
import type { CandleRun } from './report.ts'
import type { Trader } from './trader.ts'
import { LEADER } from './world.ts'

export interface Stage {
  readonly exchange: ExchangeProcess
  readonly server: Server
  readonly audit: Audit
  readonly leader: Trader
  /** Trades by hand on an account that follows. */
  readonly meddler: Trader
  /** Outcomes so far, by kind. */
  readonly copies: ReadonlyMap<string, number>
  readonly run: CandleRun
}

/** Of the world's time. */
const TRADE_EVERY_MS = 5_000
/** The leader's steps between two trades by hand. */
const MEDDLE_EVERY = 97
const GATHER_EVERY_MS = 1_000
const PROGRESS_EVERY_MS = 10_000
const LIVE_LIMIT_MS = 30_000
const REST_LIMIT_MS = 60_000
const POLL_MS = 100
/** Looks in a row that must find nothing in flight: a last report may still be on its way at the first. */
const QUIET_LOOKS = 15

/** Waits until every session follows its account. */
export async function liveWithin({ server }: Stage): Promise<void> {
  const until = performance.now() + LIVE_LIMIT_MS
  while (!server.engine.sessions.sessions().every(session => session.isLive())) {
    if (performance.now() > until) throw new Error(`not every account was live after ${LIVE_LIMIT_MS} ms`)
    await sleep(POLL_MS)
  }
}

/** The leader trades on the world's clock until the hours are over; what comes late is left out, not made up for. */
export async function play(stage: Stage): Promise<void> {
  const { run, leader, meddler } = stage
  const stepMs = TRADE_EVERY_MS / run.speed
  const endsAt = performance.now() + (run.hours * 3_600_000) / run.speed
  let nextAt = performance.now()
  let gatheredAt = 0
  let toldAt = 0
  for (let step = 1; performance.now() < endsAt; step += 1) {
    await leader.trade()
    if (step % MEDDLE_EVERY === 0) await meddler.market((step / MEDDLE_EVERY) % 2 === 0 ? 1 : -1)
    const now = performance.now()
    if (now - gatheredAt > GATHER_EVERY_MS) {
      gatheredAt = now
      await gather(stage)
    }
    if (now - toldAt > PROGRESS_EVERY_MS) {
      toldAt = now
      await tell(stage)
    }
    nextAt = Math.max(nextAt + stepMs, performance.now())
    await sleep(Math.max(0, nextAt - performance.now()))
  }
}

async function gather({ audit, exchange }: Stage): Promise<void> {
  for (const row of await exchange.audit(audit.lastNumber)) audit.add(row)
}

async function tell({ exchange, leader, audit, copies, run }: Stage): Promise<void> {
  const { at } = await exchange.time()
  const date = new Date(at).toISOString().slice(0, 16).replace('T', ' ')
  const fills = audit.fills.filter(({ account }) => account === LEADER).length
  const kinds = Array.from(copies, ([kind, count]) => `${count} ${kind}`).join(', ')
  run.print(`${date}  leader: ${leader.orders} orders, ${fills} fills; followers: ${kinds || 'nothing yet'}`)
}

/** Closes what the leader holds and waits until nothing moves any more. @returns what still does, in words */
export async function restWithin(stage: Stage): Promise<readonly Violation[]> {
  const { leader, run } = stage
  const problems: Violation[] = []
  if (!(await leader.closeAll())) problems.push({ invariant: 'rest', text: 'the leader could not close' })
  const until = performance.now() + REST_LIMIT_MS
  let quiet = 0
  while (quiet < QUIET_LOOKS) {
    await gather(stage)
    const left = inFlight(stage)
    quiet = left.length === 0 ? quiet + 1 : 0
    if (performance.now() > until) return [...problems, ...left.map(text => ({ invariant: 'I15', text }))]
    await sleep(POLL_MS)
  }
  await tell(stage)
  run.print('At rest; judging.')
  return problems
}

function inFlight({ audit, server }: Stage): readonly string[] {
  const { liveOrders, holdings } = server.engine.context.state
  let undecided = 0
  for (const { link } of holdings.values()) undecided += link?.decisions.size ?? 0
  const left: string[] = []
  if (audit.openOrders > 0) left.push(`${audit.openOrders} orders rest at the exchange`)
  if (liveOrders.size > 0) left.push(`${liveOrders.size} orders are not over here`)
  if (undecided > 0) left.push(`${undecided} decisions have no outcome`)
  return left
}
