import type { Exchange } from '../../core/types.ts'

/** What the wire needs to speak for the exchange. */
export interface Venue {
  readonly exchange: Exchange
  /** Wall clock, ms: what requests are timed by and what frames and rows show. */
  now(): number
  /** The exchange's own clock, ms: what the core is told. It may run faster than the wall's. */
  worldNow(): number
  /** The wall time that a time of the exchange's own clock was at, ms. */
  wallAt(world: number): number
}

export type PositionMode = 'one_way' | 'hedge'

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
  readonly positionMode: PositionMode
  readonly permissions: ApiKeyPermissions
  /** Empty: the key may be used from anywhere. */
  readonly addresses: readonly string[]
  readonly createdAt: number
  /** Wall clock, ms; null: never. */
  readonly expiresAt: number | null
}
