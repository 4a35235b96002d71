import type { ExchangeServer } from '../exchange/server/server.ts'
import type { Account } from './domain/account.ts'
import type { Capability } from './domain/capability.ts'
import { secureRandom } from './ops/secure-random.ts'
import { systemRandom } from './ops/system-random.ts'
import type { Clock } from './ports/clock.ts'
import type { VenuePast } from './ports/history.ts'
import type { Log } from './ports/observe.ts'
import type { Venue } from './ports/venue.ts'
import { BYBIT_CAPABILITY } from './venues/bybit/capability.ts'
import type { BybitUrls } from './venues/bybit/urls.ts'
import { type BybitVenueOptions, createBybitVenue, type Transport } from './venues/bybit/venue.ts'
import { LIGHTER_CAPABILITY, type LighterTier } from './venues/lighter/capability.ts'
import { ThreadSigner } from './venues/lighter/sign/thread-signer.ts'
import { type LighterUrls, TEST_CHAIN } from './venues/lighter/urls.ts'
import { createLighterVenue } from './venues/lighter/venue.ts'

export interface VenueSettings {
  /** Where paper accounts trade, by account name; an account that is not here trades on the server's own exchange. */
  readonly paperUrls: ReadonlyMap<string, BybitUrls>
  /** Of accounts of Lighter; left out: standard ones, none of them on paper. */
  readonly lighter?: LighterSettings
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

export interface LighterSettings {
  readonly tier: LighterTier
  /** Where paper accounts trade, by account name. */
  readonly paperUrls: ReadonlyMap<string, Pick<LighterUrls, 'rest' | 'stream'>>
}

/** One venue, for trading and for its memory. */
interface SpokenVenue {
  readonly venue: Venue
  /** Null: it is not read. */
  readonly past: VenuePast | null
}

/** A venue that is not spoken is asked for nothing: of its accounts this is never looked at. */
export function capabilityOf({ venue }: Account): Capability {
  return venue === 'lighter' ? LIGHTER_CAPABILITY : BYBIT_CAPABILITY
}

/** One venue per environment, and per address for paper. */
export class Venues {
  readonly #settings: VenueSettings
  readonly #exchange: ExchangeServer | null
  readonly #clock: Clock
  readonly #venues = new Map<string, SpokenVenue>()
  /** A thread: begun with the first account that needs it. */
  #signer: ThreadSigner | null = null

  constructor(settings: VenueSettings, exchange: ExchangeServer | null, clock: Clock) {
    this.#settings = settings
    this.#exchange = exchange
    this.#clock = clock
  }

  /** Null: not spoken. */
  of(account: Account): SpokenVenue | null {
    if (account.venue === 'bybit') return this.#bybit(account)
    return account.venue === 'lighter' ? this.#lighter(account) : null
  }

  /** Those without a session too: history may have been all that they were asked for. */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#venues.values(), ({ venue }) => venue.close()))
    await this.#signer?.close()
  }

  #bybit(account: Account): SpokenVenue | null {
    const { environment } = account
    const urls = environment === 'paper' ? paperUrls(this.#settings, this.#exchange, account) : undefined
    if (urls === null) return null
    return this.#once(`bybit ${environment} ${urls?.rest ?? ''}`, () => {
      const made = createBybitVenue({
        environment,
        clock: this.#clock,
        random: systemRandom(),
        log: this.#settings.log,
        ...(urls !== undefined && paperOptions(this.#settings, urls)),
      })
      return { venue: made, past: made }
    })
  }

  #lighter(account: Account): SpokenVenue | null {
    const { environment, name } = account
    const { paperLimits = 'venue', lighter, log } = this.#settings
    const urls = environment === 'paper' ? lighter?.paperUrls.get(name) : undefined
    if (environment === 'demo' || (environment === 'paper' && urls === undefined)) return null
    return this.#once(`lighter ${environment} ${urls?.rest ?? ''}`, () => {
      this.#signer ??= new ThreadSigner(secureRandom)
      const venue = createLighterVenue({
        environment,
        signer: this.#signer,
        tier: lighter?.tier ?? 'standard',
        clock: this.#clock,
        random: systemRandom(),
        log,
        // What is signed on paper must be worth nothing at the venue.
        ...(urls !== undefined && {
          urls: { ...urls, chainId: TEST_CHAIN },
          egress: { limits: paperLimits },
        }),
      })
      return { venue, past: null }
    })
  }

  #once(key: string, make: () => SpokenVenue): SpokenVenue {
    const known = this.#venues.get(key)
    if (known !== undefined) return known
    const { venue, past } = make()
    const made = { past, venue: this.#settings.between?.venue(venue) ?? venue }
    this.#venues.set(key, made)
    return made
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
