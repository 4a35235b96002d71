import { setTimeout as sleep } from 'node:timers/promises'
import type { Credential } from '../../src/domain/account.ts'
import { decimal } from '../../src/domain/decimal.ts'
import type { Decision } from '../../src/domain/decision.ts'
import { DEFAULT_MAX_AGE_MS, NO_LIMITS } from '../../src/domain/strategy.ts'
import type { Engine } from '../../src/engine/engine.ts'
import type { Setup } from '../../src/engine/setup.ts'
import { startServer } from '../../src/main.ts'
import { systemClock } from '../../src/ops/system-clock.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { SILENT } from '../../src/ports/observe.ts'
import type { Dial } from '../../src/ports/transport.ts'
import type { BybitUrls } from '../../src/venues/bybit/urls.ts'
import type { Transport } from '../../src/venues/bybit/venue.ts'
import { httpTransport } from '../../src/venues/shared/http.ts'
import { webSocketDial } from '../../src/venues/shared/web-socket.ts'
import { type Contender, type Hops, serveContender, type World } from './contender.ts'
import { epochMs, type Meter } from './meter.ts'

const LEADER = 'leader'
const STRATEGY = 'copy'
const LIVE_LIMIT_MS = 180_000
const POLL_MS = 20

/** The server as `lockstep serve` wires it, durable first, on a real disk; only the limits per address are off. */
class Ours implements Contender {
  #decisions: Decision[] = []

  async open(world: World, meter: Meter): Promise<void> {
    const credentials = credentialsOf(world)
    const names = [...credentials.keys()]
    const started = await startServer({
      dataFolder: world.folder,
      setup: setupOf(names.filter(name => name !== LEADER)),
      credentials,
      paperUrls: new Map(names.map(name => [name, world.urls])),
      paperLimits: 'off',
      paperTransport: urls => meteredTransport(urls, meter),
      engine: { systemLimits: NO_LIMITS },
      exchange: null,
      log: SILENT,
      clock: fineClock(),
      observer: { decided: decision => this.#decisions.push(decision) },
      onFatal: message => {
        throw new Error(message)
      },
    })
    if (!started.ok) throw new Error(started.error.join(' '))
    await untilLive(started.value.engine)
  }

  takeHops(): readonly Hops[] {
    const decisions = this.#decisions
    this.#decisions = []
    return decisions.map(hopsOf)
  }
}

function hopsOf({ times }: Decision): Hops {
  const { receivedAt, decidedAt } = times
  const persistedAt = times.persistedAt ?? Number.NaN
  return {
    receivedAt,
    decideMs: decidedAt - receivedAt,
    persistMs: persistedAt - decidedAt,
    sendMs: (times.sentAt ?? Number.NaN) - persistedAt,
  }
}

/** The machine's time with its fractions: stages are shorter than a millisecond. */
function fineClock(): Clock {
  return { ...systemClock(), now: epochMs }
}

/** Tells the meter of the leader's first frame of a round and of every order that is handed over. */
function meteredTransport(urls: BybitUrls, meter: Meter): Transport {
  const network = webSocketDial()
  const dial: Dial = (url, events) => {
    if (url === urls.publicStream) return network(url, events)
    if (url === urls.privateStream)
      return network(url, {
        ...events,
        // Between rounds no account has news but the leader, whose frames begin one.
        message: text => {
          meter.frame()
          events.message(text)
        },
      })
    const socket = network(url, events)
    return {
      ...socket,
      send: text => {
        socket.send(text)
        if (text.includes('"order.create"')) meter.sent()
      },
    }
  }
  return { http: httpTransport({ origin: urls.rest }), dial }
}

function credentialsOf({ leader, followers }: World): ReadonlyMap<string, Credential> {
  const named = followers.map((credential, index): [string, Credential] => [
    `follower-${index + 1}`,
    credential,
  ])
  return new Map([[LEADER, leader], ...named])
}

function setupOf(followers: readonly string[]): Setup {
  return {
    accounts: [LEADER, ...followers].map(name => ({
      name,
      venue: 'bybit',
      environment: 'paper',
      status: 'active',
      maximumLeverage: decimal('3'),
    })),
    sources: [{ name: LEADER, account: LEADER }],
    strategies: [
      {
        name: STRATEGY,
        source: LEADER,
        mode: 'on',
        sizing: { kind: 'ratio', inverse: false, ratio: decimal('1') },
        entry: { kind: 'market' },
        leverage: { kind: 'follow' },
        limits: { ...NO_LIMITS, maximumOrderNotional: decimal('100000'), maximumOrdersPerMinute: 1_000 },
        symbolMap: new Map(),
        maxAgeMs: DEFAULT_MAX_AGE_MS,
        maxDriftBps: null,
      },
    ],
    links: followers.map(account => ({ strategy: STRATEGY, account, mode: 'on', sizing: null })),
    pairs: [],
  }
}

async function untilLive(engine: Engine): Promise<void> {
  const until = performance.now() + LIVE_LIMIT_MS
  while (!engine.sessions.sessions().every(session => session.isLive())) {
    if (performance.now() > until) throw new Error(`not every account was live after ${LIVE_LIMIT_MS} ms`)
    await sleep(POLL_MS)
  }
}

serveContender(new Ours())
