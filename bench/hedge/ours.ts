import { setTimeout as sleep } from 'node:timers/promises'
import type { Credential } from '../../src/domain/account.ts'
import { NO_LIMITS } from '../../src/domain/strategy.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { startServer } from '../../src/main.ts'
import { systemClock } from '../../src/ops/system-clock.ts'
import { SILENT } from '../../src/ports/observe.ts'
import type { Store, Write } from '../../src/ports/store.ts'
import type { Dial } from '../../src/ports/transport.ts'
import type { BybitUrls } from '../../src/venues/bybit/urls.ts'
import type { Transport } from '../../src/venues/bybit/venue.ts'
import { httpTransport } from '../../src/venues/shared/http.ts'
import { webSocketDial } from '../../src/venues/shared/web-socket.ts'
import { epochMs } from '../fanout/meter.ts'
import { serve } from '../fanout/remote.ts'
import { SETUP } from './pair.ts'

export interface World {
  readonly urls: BybitUrls
  readonly keys: readonly (readonly [name: string, Credential])[]
  /** On a real disk. */
  readonly folder: string
}

/** One fill's way through the server, ms; NaN where a stage was not passed. */
export interface Way {
  /** From A's first frame in this process to the hand-over of B's order to its socket. */
  readonly totalMs: number
  /** From that frame to the commit that decides and claims B's order. */
  readonly decideMs: number
  readonly commitMs: number
  /** From the commit's end to the hand-over. */
  readonly sendMs: number
  /** From that frame to the hand-over of the cancel of A's rest. */
  readonly cancelMs: number
}

const LIVE_LIMIT_MS = 60_000
const POLL_MS = 20
const HEDGE = '"timeInForce":"IOC"'

/** Notes when a round's frame came in, and when what followed from it left. */
class Stopwatch {
  #frameAt = Number.NaN
  #cancelAt = Number.NaN
  #committingAt = Number.NaN
  #durableAt = Number.NaN
  #sentAt = Number.NaN

  begin(): void {
    this.#frameAt = Number.NaN
    this.#cancelAt = Number.NaN
    this.#committingAt = Number.NaN
    this.#durableAt = Number.NaN
    this.#sentAt = Number.NaN
  }

  /** The first of a round is of A's fill: nobody else has news. */
  frame(): void {
    if (Number.isNaN(this.#frameAt)) this.#frameAt = epochMs()
  }

  sent(text: string): void {
    if (text.includes('"order.cancel"') && Number.isNaN(this.#cancelAt)) this.#cancelAt = epochMs()
    if (text.includes('"order.create"') && text.includes(HEDGE)) this.#sentAt = epochMs()
  }

  async commit(store: Store, unit: readonly Write[]): ReturnType<Store['commit']> {
    const isHedge = unit.some(({ kind, row }) => kind === 'intent_insert' && row.purpose === 'hedge')
    if (isHedge) this.#committingAt = epochMs()
    const answer = await store.commit(unit)
    if (isHedge) this.#durableAt = epochMs()
    return answer
  }

  get way(): Way {
    return {
      totalMs: this.#sentAt - this.#frameAt,
      decideMs: this.#committingAt - this.#frameAt,
      commitMs: this.#durableAt - this.#committingAt,
      sendMs: this.#sentAt - this.#durableAt,
      cancelMs: this.#cancelAt - this.#frameAt,
    }
  }
}

export type ServerCalls = typeof CALLS

const watch = new Stopwatch()

const CALLS = {
  /** The server as `lockstep serve` wires it, durable first, on a real disk. Resolves when both legs are live. */
  async open({ urls, keys, folder }: World): Promise<void> {
    const started = await startServer({
      dataFolder: folder,
      setup: SETUP,
      credentials: new Map(keys),
      paperUrls: new Map(keys.map(([name]) => [name, urls])),
      paperLimits: 'off',
      paperTransport: watchedTransport,
      engine: { systemLimits: NO_LIMITS },
      exchange: null,
      log: SILENT,
      between: { store: watchedStore, venue: venue => venue },
      clock: { ...systemClock(), now: epochMs },
      onFatal: message => {
        throw new Error(message)
      },
    })
    if (!started.ok) throw new Error(started.error.join(' '))
    await untilLive(started.value.engine)
  },

  begin: async (_: null): Promise<void> => watch.begin(),

  end: async (_: null): Promise<Way> => watch.way,
}

/** The store, with its one call on the way of an order timed. */
function watchedStore(store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name === 'commit') return (unit: readonly Write[]) => watch.commit(target, unit)
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

function watchedTransport(urls: BybitUrls): Transport {
  const network = webSocketDial()
  const dial: Dial = (url, events) => {
    if (url === urls.publicStream) return network(url, events)
    if (url === urls.privateStream)
      return network(url, {
        ...events,
        message: text => {
          // Pongs come at any time.
          if (text.includes('"topic"')) watch.frame()
          events.message(text)
        },
      })
    const socket = network(url, events)
    return {
      ...socket,
      send: text => {
        socket.send(text)
        watch.sent(text)
      },
    }
  }
  return { http: httpTransport({ origin: urls.rest }), dial }
}

async function untilLive(engine: Engine): Promise<void> {
  const until = performance.now() + LIVE_LIMIT_MS
  const isLive = (): boolean => {
    const sessions = engine.sessions.sessions()
    return sessions.length > 0 && sessions.every(session => session.isLive())
  }
  while (!isLive()) {
    if (performance.now() > until) throw new Error(`not every leg was live after ${LIVE_LIMIT_MS} ms`)
    await sleep(POLL_MS)
  }
}

serve(CALLS)
