import type { TimedExchange } from '../shared/timed-exchange.ts'
import { OpenInterest } from './open-interest.ts'
import { TradeTape } from './trade-tape.ts'

/** What the wire needs to speak for the exchange. */
export interface Venue extends TimedExchange {
  /** The public trades of late. */
  readonly tape: TradeTape
  readonly openInterest: OpenInterest
  /** By account, ms: how long its watched streams may be gone before its orders are cancelled. */
  readonly disconnectWindows: Map<string, number>
  /** World time, ms: realtime has forgotten the orders that were done before; 0: never restarted. */
  restartedAt: number
}

export function createVenue(timed: TimedExchange): Venue {
  return {
    ...timed,
    tape: new TradeTape(timed),
    openInterest: new OpenInterest(timed),
    disconnectWindows: new Map(),
    restartedAt: 0,
  }
}

export interface ApiKeyPermissions {
  readonly readOnly: boolean
  readonly trade: boolean
  readonly withdraw: boolean
  readonly transfer: boolean
}

/** One API key. An account (the venue's UID) may have several. */
export interface ApiKey {
  readonly key: string
  readonly secret: string
  readonly account: string
  readonly userId: number
  /** Demo accounts lack a few routes and the trade stream (docs/v5/demo.mdx). */
  readonly isDemo: boolean
  readonly permissions: ApiKeyPermissions
  /** Empty: the key may be used from anywhere. */
  readonly addresses: readonly string[]
  readonly createdAt: number
  /** Wall clock, ms; null: never. */
  readonly expiresAt: number | null
}
