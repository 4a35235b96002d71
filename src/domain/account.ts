import type { Decimal } from './decimal.ts'
import type { AccountId, VenueName } from './ids.ts'
import type { Origin } from './strategy.ts'

export const ENVIRONMENTS = ['live', 'testnet', 'demo', 'paper'] as const
/** paper is the simulated exchange: the default until a person adds a real key. */
export type Environment = (typeof ENVIRONMENTS)[number]

/** An inactive account has no session, no orders, no history. */
export type AccountStatus = 'active' | 'inactive'

/**
 * venue: one credential at one venue; the key itself is the vault's. virtual: a leader that only signals move: it has
 * no key and no session, but a venue whose prices it is measured by.
 */
export type AccountKind = 'venue' | 'virtual'

export interface Account {
  readonly id: AccountId
  readonly kind: AccountKind
  readonly origin: Origin
  readonly name: string
  readonly venue: VenueName
  readonly environment: Environment
  readonly status: AccountStatus
  readonly maximumLeverage: Decimal
}

/** Money of one currency at the venue, in that currency; null where the venue does not say. */
export interface Balance {
  readonly currency: string
  readonly total: Decimal
  readonly available: Decimal
  readonly equity: Decimal | null
  readonly unrealizedPnl: Decimal | null
  /** Held by positions and orders. */
  readonly marginUsed: Decimal | null
}

/** What sizing and risk measure an account by: wallet plus open PnL at mark, quote currency. */
export interface Equity {
  readonly equity: Decimal
  /** Our clock, ms: an equity without an age is not known. */
  readonly at: number
}

export interface Credential {
  readonly key: string
  readonly secret: string
}

/** What the venue says a key may do. */
export interface KeyPermissions {
  readonly readOnly: boolean
  readonly trade: boolean
  readonly withdraw: boolean
  readonly transfer: boolean
  /** Empty: the key is bound to no address. */
  readonly addresses: readonly string[]
  /** The venue's clock, ms; null: never. */
  readonly expiresAt: number | null
}
