import type { ExchangeServer } from '../exchange/server/server.ts'
import type { Account } from './domain/account.ts'
import { systemRandom } from './ops/system-random.ts'
import type { Clock } from './ports/clock.ts'
import type { VenuePast } from './ports/history.ts'
import type { Log } from './ports/observe.ts'
import type { Venue } from './ports/venue.ts'
import type { BybitUrls } from './venues/bybit/urls.ts'
import { type BybitVenueOptions, createBybitVenue, type Transport } from './venues/bybit/venue.ts'

export interface VenueSettings {
  /** Where paper accounts trade, by account name; an account that is not here trades on the server's own exchange. */
  readonly paperUrls: ReadonlyMap<string, BybitUrls>
  /**
   * Requests and connections per address that the server allows itself towards paper exchanges. `off` for an
   * exchange that counts none, or it will shut this address out. Default: the venue's.
   */
  readonly paperLimits?: 'venue' | 'off'
  /** In place of the network, to paper exchanges: for benches, which watch what passes. */
  readonly paperTransport?: (urls: BybitUrls) => Transport
  /** What stands between the engine and the outside, for those who disturb it; nothing if left out. */
  readonly between?: { venue(venue: Venue): Venue }
  readonly log: Log
}

/** One venue, for trading and for its memory. */
interface SpokenVenue {
  readonly venue: Venue
  readonly past: VenuePast
}

/** One venue per environment, and per address for paper. */
export class Venues {
  readonly #settings: VenueSettings
  readonly #exchange: ExchangeServer | null
  readonly #clock: Clock
  readonly #venues = new Map<string, SpokenVenue>()

  constructor(settings: VenueSettings, exchange: ExchangeServer | null, clock: Clock) {
    this.#settings = settings
    this.#exchange = exchange
    this.#clock = clock
  }

  /** Null: not spoken. */
  of(account: Account): SpokenVenue | null {
    if (account.venue !== 'bybit') return null
    const { environment } = account
    const urls = environment === 'paper' ? paperUrls(this.#settings, this.#exchange, account) : undefined
    if (urls === null) return null
    const key = `${environment} ${urls?.rest ?? ''}`
    const known = this.#venues.get(key)
    if (known !== undefined) return known
    const past = createBybitVenue({
      environment,
      clock: this.#clock,
      random: systemRandom(),
      log: this.#settings.log,
      ...(urls !== undefined && paperOptions(this.#settings, urls)),
    })
    const made = { past, venue: this.#settings.between?.venue(past) ?? past }
    this.#venues.set(key, made)
    return made
  }

  /** Those without a session too: history may have been all that they were asked for. */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#venues.values(), ({ venue }) => venue.close()))
  }
}

function paperOptions(
  { paperLimits = 'venue', paperTransport }: VenueSettings,
  urls: BybitUrls,
): Partial<BybitVenueOptions> {
  const transport = paperTransport && { transport: paperTransport(urls) }
  return { urls, egress: { limits: paperLimits }, ...transport }
}

function paperUrls(
  { paperUrls: urls }: VenueSettings,
  exchange: ExchangeServer | null,
  account: Account,
): BybitUrls | null {
  const own = urls.get(account.name)
  if (own !== undefined) return own
  if (exchange === null) return null
  const { streams, url } = exchange
  return {
    rest: url,
    privateStream: streams.private,
    tradeStream: streams.trade,
    publicStream: streams.public,
  }
}
