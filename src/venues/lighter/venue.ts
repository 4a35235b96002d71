import type { Credential, Environment } from '../../domain/account.ts'
import type { AccountId } from '../../domain/ids.ts'
import { assert } from '../../domain/result.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/observe.ts'
import type { Random } from '../../ports/random.ts'
import type { Dial, HttpTransport } from '../../ports/transport.ts'
import type { Venue, VenueAccount } from '../../ports/venue.ts'
import { httpTransport } from '../shared/http.ts'
import { VenueClock } from '../shared/venue-clock.ts'
import { webSocketDial } from '../shared/web-socket.ts'
import { LighterAccount } from './account.ts'
import { AuthTokens } from './auth-tokens.ts'
import { LIGHTER_CAPABILITY, type LighterTier } from './capability.ts'
import { LighterConnections } from './connections.ts'
import { type LaneKey, type LighterCredential, parseCredential } from './credential.ts'
import { KnownOrders } from './known-orders.ts'
import { LighterMarket } from './market.ts'
import { MarketList } from './market-list.ts'
import { NonceLane } from './nonce-lane.ts'
import { LighterQueries } from './queries.ts'
import { type EgressQuota, egressQuota, Quotas } from './quota.ts'
import { RefusedAccount } from './refused-account.ts'
import { LighterRest } from './rest.ts'
import type { Signer } from './signer.ts'
import { LIGHTER_URLS, type LighterUrls } from './urls.ts'

export interface LighterVenueOptions {
  readonly environment: Environment
  /** Required for paper, whose exchange may be anywhere. */
  readonly urls?: LighterUrls
  /** Closed by whoever made it, after the venue. */
  readonly signer: Signer
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** What the accounts have at the venue; standard where nothing is said. */
  readonly tier?: LighterTier
  readonly egress?: {
    readonly localAddress?: string
    /** `off`: no limits, for benches against an exchange of one's own. Default: the venue's. */
    readonly limits?: 'venue' | 'off'
  }
  /** In place of the network. */
  readonly transport?: { readonly http: HttpTransport; readonly dial: Dial }
}

/** Opens nothing yet: the first account, market or query does. */
export function createLighterVenue(options: LighterVenueOptions): Venue {
  return new LighterVenue(options)
}

class LighterVenue implements Venue {
  readonly capability = LIGHTER_CAPABILITY
  readonly environment: Environment
  readonly market: LighterMarket
  readonly #options: LighterVenueOptions
  readonly #chainId: number
  readonly #http: HttpTransport
  readonly #rest: LighterRest
  readonly #connections: LighterConnections
  readonly #egress: EgressQuota
  readonly #quotas: Quotas
  readonly #markets: MarketList
  readonly #accounts = new Set<VenueAccount>()
  /** By account and key: two sessions of one key must count its nonces together. */
  readonly #lanes = new Map<string, NonceLane>()

  constructor(options: LighterVenueOptions) {
    const { environment, clock, log, random, egress, tier = 'standard' } = options
    const urls = options.urls ?? urlsOf(environment)
    const limits = egress?.limits ?? 'venue'
    const local = egress?.localAddress
    const http =
      options.transport?.http ??
      httpTransport({ origin: urls.rest, ...(local !== undefined && { localAddress: local }) })
    const venueClock = new VenueClock({ clock, log, ask: () => this.#rest.time() })
    this.environment = environment
    this.#options = options
    this.#chainId = urls.chainId
    this.#markets = new MarketList(log)
    this.#http = http
    this.#egress = egressQuota(clock, tier, limits)
    this.#quotas = new Quotas(clock, tier, limits)
    const { http: reads, sends } = this.#egress
    this.#rest = new LighterRest({ http, clock, log, reads, sends })
    const dial = options.transport?.dial ?? webSocketDial(local)
    this.#connections = new LighterConnections({
      urls,
      clock,
      venueClock,
      random,
      log,
      egress: this.#egress,
      dial,
    })
    this.market = new LighterMarket(this.#connections, this.#rest, this.#markets)
  }

  /** A credential that cannot be read makes an account that refuses everything, in words. */
  account(accountId: AccountId, credential: Credential): VenueAccount {
    const parsed = parseCredential(credential)
    if (!parsed.ok) return new RefusedAccount(accountId, parsed.error)
    const account = this.#account(accountId, parsed.value)
    this.#accounts.add(account)
    return account
  }

  async close(): Promise<void> {
    this.#connections.venueClock.stop()
    await Promise.all([this.market.close(), ...[...this.#accounts].map(account => account.close())])
    await this.#http.close()
  }

  #account(accountId: AccountId, credential: LighterCredential): VenueAccount {
    const { signer, clock, log } = this.#options
    const { venueClock } = this.#connections
    const { accountIndex, lanes } = credential
    const tokens = new AuthTokens({ credential, signer, venueClock })
    const known = new KnownOrders(clock)
    const shared = { accountId, credential, tokens, known, markets: this.#markets }
    const queries = new LighterQueries({ ...shared, rest: this.#rest, quotas: this.#quotas, signer, log })
    const account: VenueAccount = new LighterAccount({
      ...shared,
      connections: this.#connections,
      market: this.market,
      lanes: {
        quotes: this.#lane(accountIndex, lanes.quotes),
        cancels: this.#lane(accountIndex, lanes.cancels),
        hedges: this.#lane(accountIndex, lanes.hedges),
      },
      queries,
      quota: this.#quotas.of(accountIndex),
      egress: this.#egress,
      onClose: () => this.#accounts.delete(account),
    })
    return account
  }

  #lane(accountIndex: number, key: LaneKey): NonceLane {
    const name = `${accountIndex}/${key.apiKeyIndex}`
    const known = this.#lanes.get(name)
    if (known !== undefined) return known
    const { signer, clock, log } = this.#options
    const quota = this.#quotas.of(accountIndex)
    const chainId = this.#chainId
    const lane = new NonceLane({ chainId, accountIndex, key, quota, rest: this.#rest, signer, clock, log })
    this.#lanes.set(name, lane)
    return lane
  }
}

function urlsOf(environment: Environment): LighterUrls {
  assert(environment !== 'paper', 'paper needs the addresses of its exchange')
  assert(environment !== 'demo', 'Lighter has no demo accounts; use testnet')
  return LIGHTER_URLS[environment]
}
