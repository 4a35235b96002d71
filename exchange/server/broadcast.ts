import { MarketFeed } from '../wire/bybit/market-feed.ts'
import { privateFrames, privateSession } from '../wire/bybit/private-stream.ts'
import { publicSession } from '../wire/bybit/public-stream.ts'
import { type Peer, type Session, Subscribers } from '../wire/bybit/subscribers.ts'
import { tradeSession } from '../wire/bybit/trade-stream.ts'
import type { Venue } from '../wire/bybit/venue.ts'
import type { Faults } from './faults.ts'
import type { Gateway } from './gateway.ts'
import { ReportLine } from './report-line.ts'

export const PATHS = { private: '/v5/private', trade: '/v5/trade', public: '/v5/public/linear' }

export interface BroadcastParts {
  readonly venue: Venue
  readonly faults: Faults
  readonly gateway: Gateway
  readonly tickMs: number
  /** The world cannot be moved any more; told once. */
  onFatal(message: string): void
}

export interface Broadcast {
  /** The protocol of each stream, by path. */
  readonly sessions: ReadonlyMap<string, (peer: Peer) => Session>
  close(): void
}

/** Moves the world at every tick and carries what happens in it to the streams. */
export function startBroadcast(parts: BroadcastParts): Broadcast {
  const { venue, gateway, faults } = parts
  const listeners = new Subscribers()
  const watchers = new Subscribers()
  const feed = new MarketFeed(venue, watchers)
  const reports = new ReportLine(listeners, faults)
  let lastFrame = 0
  const nextId = () => {
    lastFrame += 1
    return `lockstep-${lastFrame}`
  }
  const unsubscribe = venue.exchange.subscribe(event => {
    reports.push(privateFrames(event, { venue, subscribers: listeners, nextId }))
    if (event.kind === 'execution') feed.traded(event.execution)
  })
  const tick = setInterval(() => {
    try {
      venue.exchange.advance(venue.worldNow())
    } catch (error) {
      clearInterval(tick)
      parts.onFatal(error instanceof Error ? error.message : String(error))
      return
    }
    feed.publish()
    dropStreams(gateway, faults)
  }, parts.tickMs)
  return {
    sessions: new Map([
      [PATHS.private, peer => openPrivate(peer, parts, listeners)],
      [PATHS.trade, peer => openTrade(peer, parts)],
      [PATHS.public, peer => publicSession(peer, { venue, feed, subscribers: watchers })],
    ]),
    close: () => {
      clearInterval(tick)
      unsubscribe()
      reports.close()
    },
  }
}

function openPrivate(peer: Peer, { gateway, venue }: BroadcastParts, subscribers: Subscribers): Session {
  const login = (args: readonly unknown[]) => gateway.login(args, peer)
  return leaving(peer, gateway, privateSession(peer, { login, subscribers, now: venue.now }))
}

function openTrade(peer: Peer, { gateway, venue }: BroadcastParts): Session {
  const session = tradeSession(peer, {
    login: args => gateway.login(args, peer),
    command: request => gateway.streamCommand(peer, request),
    now: venue.now,
  })
  return leaving(peer, gateway, session)
}

/** A socket that closes is no longer logged in. */
function leaving(peer: Peer, gateway: Gateway, session: Session): Session {
  return {
    receive: text => session.receive(text),
    closed: () => {
      gateway.logins.drop(peer)
      session.closed()
    },
  }
}

function dropStreams(gateway: Gateway, faults: Faults): void {
  if (!faults.has('drop_stream')) return
  for (const account of [...gateway.logins.names()]) {
    if (faults.strike('drop_stream', { account, target: null }) === null) continue
    for (const peer of gateway.logins.peersOf(account)) peer.close('service restart')
  }
}
