import { MarketFeed } from '../wire/bybit/market-feed.ts'
import { privateName, privateSession, WATCHED } from '../wire/bybit/private-stream.ts'
import { publicSession } from '../wire/bybit/public-stream.ts'
import { tradeSession } from '../wire/bybit/trade-stream.ts'
import type { Venue } from '../wire/bybit/venue.ts'
import { type Peer, type Session, Subscribers } from '../wire/shared/subscribers.ts'
import type { Faults } from './faults.ts'
import type { Gateway } from './gateway.ts'
import type { ReportLine } from './report-line.ts'
import { strikeAtTick } from './tick-faults.ts'

export const PATHS = { private: '/v5/private', trade: '/v5/trade', public: '/v5/public/linear' }

export interface BroadcastParts {
  readonly venue: Venue
  readonly faults: Faults
  readonly gateway: Gateway
  readonly reports: ReportLine
  readonly tickMs: number
  /** The world cannot be moved any more; told once. */
  onFatal(message: string): void
  /** Every open socket. */
  peers(): Iterable<Peer>
}

export interface Broadcast {
  /** The protocol of each stream, by path. */
  readonly sessions: ReadonlyMap<string, (peer: Peer) => Session>
  close(): void
}

/** Moves the world at every tick and carries what happens in it to the streams. */
export function startBroadcast(parts: BroadcastParts): Broadcast {
  const { venue, reports } = parts
  const watchers = new Subscribers()
  const feed = new MarketFeed(venue, watchers)
  const upkeep = { maintenanceUntil: 0 }
  const unsubscribe = venue.exchange.subscribe(event => {
    reports.tell(event)
    if (event.kind === 'execution') feed.traded(event.execution)
    if (event.kind === 'position') venue.openInterest.changed(event.account, event.position)
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
    strikeAtTick(parts, upkeep)
  }, parts.tickMs)
  return {
    sessions: new Map([
      [PATHS.private, peer => openPrivate(peer, parts)],
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

function openPrivate(peer: Peer, { gateway, venue, faults, reports }: BroadcastParts): Session {
  const session = privateSession(peer, {
    login: args => gateway.login(args, peer),
    subscribers: reports.listeners,
    subscription: ({ account }, topics) => {
      const struck = topics.some(target => faults.strike('subscribe_refused', { account, target }) !== null)
      return struck ? 'Service is restarting, please subscribe again.' : ''
    },
    watched: account => watchOver(venue, account, reports.listeners),
    now: venue.now,
  })
  return leaving(peer, gateway, session)
}

/** Disconnection protection: the last watched stream that goes starts the clock, the first that comes stops it. */
function watchOver(venue: Venue, account: string, listeners: Subscribers): void {
  const windowMs = venue.disconnectWindows.get(account)
  if (windowMs === undefined) return
  const connected = listeners.has(privateName(account, WATCHED))
  const deadline = connected ? null : venue.worldAt(venue.now() + windowMs)
  venue.exchange.cancelAllAfter(account, deadline, venue.worldNow())
}

function openTrade(peer: Peer, { gateway, venue }: BroadcastParts): Session {
  const session = tradeSession(peer, {
    login: args => gateway.tradeLogin(args, peer),
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
