import type { Credential, Environment } from '../../domain/account.ts'
import type { AccountId } from '../../domain/ids.ts'
import { assert } from '../../domain/result.ts'
import type { Clock } from '../../ports/clock.ts'
import type { VenueHistory, VenuePast } from '../../ports/history.ts'
import type { Log } from '../../ports/observe.ts'
import type { Random } from '../../ports/random.ts'
import type { Dial, HttpTransport } from '../../ports/transport.ts'
import type { Venue, VenueAccount, VenueMarket } from '../../ports/venue.ts'
import { httpTransport } from '../shared/http.ts'
import { VenueClock } from '../shared/venue-clock.ts'
import { webSocketDial } from '../shared/web-socket.ts'
import { BybitAccount } from './account.ts'
import { BYBIT_CAPABILITY } from './capability.ts'
import { BybitConnections } from './connections.ts'
import { BybitHistory } from './history.ts'
import { BybitMarket } from './market.ts'
import { egressQuota, Quotas } from './quota.ts'
import { BybitRest } from './rest.ts'
import { BYBIT_URLS, type BybitUrls } from './urls.ts'

export interface BybitVenueOptions {
  readonly environment: Environment
  /** Required for paper, whose exchange may be anywhere. */
  readonly urls?: BybitUrls
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly egress?: Egress
  /** In place of the network. */
  readonly transport?: Transport
}

export interface Transport {
  readonly http: HttpTransport
  readonly dial: Dial
}

/** The address that the venue sees, and counts by. */
export interface Egress {
  readonly localAddress?: string
  /** `off`: no limits per address, for benches against an exchange of one's own. Default: the venue's. */
  readonly limits?: 'venue' | 'off'
}

/** Opens nothing yet: the first account, market or query does. */
export function createBybitVenue(options: BybitVenueOptions): Venue & VenuePast {
  return new BybitVenue(options)
}

class BybitVenue implements Venue, VenuePast {
  readonly capability = BYBIT_CAPABILITY
  readonly environment: Environment
  readonly market: VenueMarket
  readonly #http: HttpTransport
  readonly #rest: BybitRest
  readonly #connections: BybitConnections
  readonly #accounts = new Set<BybitAccount>()
  readonly #quotas: Quotas
  #closing: Promise<void> | null = null

  constructor(options: BybitVenueOptions) {
    const { environment, clock, log, random } = options
    const urls = options.urls ?? (environment === 'paper' ? undefined : BYBIT_URLS[environment])
    assert(urls !== undefined, 'paper needs the addresses of its exchange')
    const { http, dial } = options.transport ?? network(urls, options.egress?.localAddress)
    const egress = egressQuota(clock, options.egress?.limits ?? 'venue')
    const venueClock = new VenueClock({ clock, log, ask: () => this.#rest.time() })
    this.environment = environment
    this.#quotas = new Quotas(clock)
    this.#http = http
    this.#rest = new BybitRest({ http, clock, log, egress: egress.http, venueClock })
    this.#connections = new BybitConnections({ urls, clock, venueClock, random, log, egress, dial })
    this.market = new BybitMarket(this.#connections, this.#rest)
  }

  account(accountId: AccountId, credential: Credential): VenueAccount {
    const account = new BybitAccount({
      accountId,
      credential,
      connections: this.#connections,
      rest: this.#rest,
      quota: this.#quotas.of(credential),
      onClose: () => this.#accounts.delete(account),
    })
    this.#accounts.add(account)
    return account
  }

  history(credential: Credential): VenueHistory {
    const { venueClock } = this.#connections
    venueClock.start()
    const quota = this.#quotas.of(credential)
    return new BybitHistory({
      credential,
      environment: this.environment,
      rest: this.#rest,
      quota,
      venueClock,
    })
  }

  /** Safe to call twice: sessions and history share it. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#connections.venueClock.stop()
    await Promise.all([this.market.close(), ...[...this.#accounts].map(account => account.close())])
    await this.#http.close()
  }
}

function network(urls: BybitUrls, localAddress: string | undefined): Transport {
  const local = localAddress === undefined ? {} : { localAddress }
  return { http: httpTransport({ origin: urls.rest, ...local }), dial: webSocketDial(localAddress) }
}
