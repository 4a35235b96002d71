import { type Log, SILENT } from '../../../src/ports/observe.ts'
import type { Exchange } from '../../core/types.ts'
import { accountFrames } from '../../wire/lighter/account-frames.ts'
import { MarketFeed } from '../../wire/lighter/market-feed.ts'
import { Markets } from '../../wire/lighter/markets.ts'
import { lighterSession } from '../../wire/lighter/session.ts'
import { createLighterVenue, type LighterVenue } from '../../wire/lighter/venue.ts'
import { type Peer, type Session, Subscribers } from '../../wire/shared/subscribers.ts'
import { Faults } from '../faults.ts'
import { listenProblem, placeOf } from '../listening.ts'
import { attachSockets } from '../sockets.ts'
import { WorldClock } from '../world-clock.ts'
import { addLighterAccount, type LighterAccountSettings, mountLighterAdmin } from './admin.ts'
import type { LighterFaultName } from './fault-catalogue.ts'
import { FrameLine } from './frame-line.ts'
import { LighterGateway } from './gateway.ts'
import { createLighterHttp } from './http.ts'
import { KeepAlive } from './keep-alive.ts'
import { endExpired, TickFaults } from './ticks.ts'

export interface LighterServerOptions {
  /** Made with LIGHTER_RULES. */
  readonly exchange: Exchange
  /** 300, the test network's, unless told: what is signed for this exchange must be worth nothing at the venue. */
  readonly chainId?: number
  /** 127.0.0.1 unless told. */
  readonly host?: string
  /** 0, the default, takes a free one. */
  readonly port?: number
  /** How often prices move and public frames go out, wall clock, ms. */
  readonly tickMs?: number
  /** Where the exchange's own time starts (ms; now unless told) and how fast it runs (1). */
  readonly startAt?: number
  readonly speed?: number
  /** `off` for runs that measure something else than limits. */
  readonly limits?: 'venue' | 'off'
  /** What the venue adds to the transactions of standard accounts; `off` adds nothing. */
  readonly latency?: 'venue' | 'off'
  readonly pingMs?: number
  readonly silenceMs?: number
  /** Decides when faults with a probability strike. */
  readonly seed?: number
  readonly log?: Log
  /** Called when everything else has ended. */
  readonly onClose?: () => void
  /** The world stands still, because its journal cannot be written. Told once, with what to do. */
  readonly onFatal?: (message: string) => void
}

export interface LighterServer {
  /** http://host:port, for REST and /admin. */
  readonly url: string
  /** ws://host:port/stream */
  readonly stream: string
  readonly faults: Faults<LighterFaultName>
  readonly exchange: Exchange
  /** The same as POST /admin/accounts. Errors are sentences. */
  addAccount(settings: LighterAccountSettings): ReturnType<typeof addLighterAccount>
  close(): Promise<void>
}

const DEFAULT_TICK_MS = 100
const TEST_CHAIN = 300
/** apidocs.lighter.xyz, "Rate Limits": new connections of one address in a minute. */
const CONNECTIONS = { requests: 60, perMs: 60_000 }
const STREAM_PATH = '/stream'

/**
 * The Lighter wire over one exchange core, and its admin side, on one port. Resolves when it listens; rejects with a
 * sentence when it cannot, and then nothing of it is left running.
 */
export async function startLighterServer(options: LighterServerOptions): Promise<LighterServer> {
  const { limits = 'venue', latency = 'venue', log = SILENT, host = '127.0.0.1', port = 0 } = options
  const faults = new Faults<LighterFaultName>(options.seed ?? 1)
  const world = new WorldClock(() => Date.now(), {
    at: options.startAt ?? Date.now(),
    speed: options.speed ?? 1,
  })
  const venue = venueOf(options, faults, world)
  const subscribers = new Subscribers()
  const frames = new FrameLine(subscribers, faults)
  const gateway = new LighterGateway({ venue, faults, frames, limits, latency, log })
  const feed = new MarketFeed(venue, { subscribers, send: frame => frames.pass(frame) })
  const app = createLighterHttp({ venue, gateway, faults, log })
  mountLighterAdmin(app, { venue, faults, world })
  const { pingMs, silenceMs } = options
  const keepAlive = new KeepAlive({ now: venue.now, isMute: peer => gateway.isMute(peer), pingMs, silenceMs })
  const parts = { venue, gateway, feed, subscribers }
  const sessions = new Map([[STREAM_PATH, (peer: Peer) => keepAlive.watch(peer, openSession(peer, parts))]])
  const sockets = attachSockets(app.server, {
    sessions,
    limits,
    log,
    now: Date.now,
    connectionLimit: CONNECTIONS,
  })
  const ticks = new TickFaults({ venue, faults, gateway, peers: () => sockets.peers() })
  const unsubscribe = venue.exchange.subscribe(event => frames.tell(accountFrames(venue, subscribers, event)))
  const stopTicks = startTicks(options, () => {
    venue.exchange.advance(venue.worldNow())
    endExpired(venue)
    feed.publish()
    ticks.strike()
  })
  const close = async (): Promise<void> => {
    stopTicks()
    gateway.close()
    unsubscribe()
    keepAlive.close()
    frames.close()
    sockets.close()
    await app.close()
    options.onClose?.()
  }
  try {
    await app.listen({ host, port })
  } catch (error) {
    await close()
    throw new Error(listenProblem(error, `${host}:${port}`))
  }
  const at = placeOf(app.server)
  return {
    url: `http://${at}`,
    stream: `ws://${at}${STREAM_PATH}`,
    faults,
    exchange: venue.exchange,
    addAccount: settings => addLighterAccount({ venue }, settings),
    close,
  }
}

/** Throws with a sentence where this exchange cannot speak as Lighter does. */
function venueOf(
  { exchange, chainId = TEST_CHAIN, onClose }: LighterServerOptions,
  faults: Faults<LighterFaultName>,
  world: WorldClock,
): LighterVenue {
  const markets = Markets.of(exchange.instruments.values())
  const problem =
    exchange.rules.ids === 'number'
      ? null
      : 'Lighter numbers its orders: make the exchange with LIGHTER_RULES.'
  if (!markets.ok || problem !== null) {
    onClose?.()
    throw new Error(markets.ok ? (problem ?? '') : markets.error)
  }
  return createLighterVenue(
    {
      exchange,
      now: () => Date.now() + faults.clockOffsetMs(),
      worldNow: () => world.now(),
      wallAt: at => world.wallAt(at),
      worldAt: at => world.worldAt(at),
    },
    { chainId, markets: markets.value },
  )
}

interface SessionParts {
  readonly venue: LighterVenue
  readonly gateway: LighterGateway
  readonly feed: MarketFeed
  readonly subscribers: Subscribers
}

function openSession(peer: Peer, { venue, gateway, feed, subscribers }: SessionParts): Session {
  const session = lighterSession(peer, {
    venue,
    feed,
    subscribers,
    send: (from, sent) => gateway.send(from.address, sent),
    mayAsk: from => gateway.mayMessage(from),
    refusal: (from, channel, isOwner) => gateway.refusal(from, channel, isOwner),
    answersPing: from => !gateway.isMute(from),
  })
  return {
    receive: text => session.receive(text),
    closed: () => {
      gateway.logins.drop(peer)
      session.closed()
    },
  }
}

/** Moves the world until it cannot be moved any more. @returns what stops it */
function startTicks(
  { tickMs = DEFAULT_TICK_MS, onFatal, log }: LighterServerOptions,
  move: () => void,
): () => void {
  const timer = setInterval(() => {
    try {
      move()
    } catch (error) {
      clearInterval(timer)
      const message = error instanceof Error ? error.message : String(error)
      if (onFatal === undefined) log?.error('exchange_halted', { message })
      else onFatal(message)
    }
  }, tickMs)
  return () => clearInterval(timer)
}
