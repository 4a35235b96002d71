import type { KeyPermissions } from '../../domain/account.ts'
import type { AccountId, InstrumentId } from '../../domain/ids.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Log } from '../../ports/observe.ts'
import type { ExecutionReport, VenueError } from '../../ports/venue.ts'
import { asRow, attempt, integerField, listField, Malformed, type Row, textField } from '../shared/fields.ts'
import type { Priority } from '../shared/rate-budget.ts'
import type { AuthTokens } from './auth-tokens.ts'
import { LANES, type LighterCredential } from './credential.ts'
import { isKeyRefusal, refusedHere, SEE_KEYS } from './errors.ts'
import type { KnownOrders } from './known-orders.ts'
import type { MarketList } from './market-list.ts'
import { type PagedReading, readPages } from './pages.ts'
import { type AccountRow, parseAccount } from './parse/account.ts'
import { orderIds, parseOrder } from './parse/order.ts'
import { parseTrade, type TradeRow } from './parse/trade.ts'
import { parseTransaction, type TransactionFate } from './parse/transaction.ts'
import type { Quotas } from './quota.ts'
import type { LighterRest, Query } from './rest.ts'
import type { Signer } from './signer.ts'

export interface QueriesOptions {
  readonly accountId: AccountId
  readonly credential: LighterCredential
  readonly rest: LighterRest
  readonly quotas: Quotas
  readonly tokens: AuthTokens
  readonly signer: Signer
  readonly markets: MarketList
  readonly known: KnownOrders
  readonly log: Log
}

/** How much of a list is wanted, and how much it matters: a read like any other unless told. */
export type Asked<T> = Partial<Pick<PagedReading<T>, 'enough' | 'priority'>>

export interface AskedOrders extends Asked<ExecutionReport> {
  /** Which order is looked for; where nothing is said, every row must be readable. */
  readonly isWanted?: (row: Pick<ExecutionReport, 'venueOrderId' | 'clientOrderId'>) => boolean
}

/** What an account is asked about itself. Every method is safe to call again. */
export class LighterQueries {
  readonly #options: QueriesOptions

  constructor(options: QueriesOptions) {
    this.#options = options
  }

  /** Everything that the account holds: a market that is not listed is flat. */
  async account(): Promise<Result<AccountRow, VenueError>> {
    const { quotas, credential } = this.#options
    const { accountIndex } = credential
    const answer = await this.#read('/api/v1/account', { by: 'index', value: accountIndex })
    if (!answer.ok) return answer
    const account = attempt(() => parseAccount(answer.value, accountIndex))
    if (!account.ok) return err({ kind: 'malformed', message: `account: ${account.error}` })
    if (account.value.wallet !== '') quotas.bind(accountIndex, account.value.wallet)
    return account
  }

  /** The venue lists them by market only. */
  activeOrders(
    marketIndex: number,
    asked: AskedOrders = {},
  ): Promise<Result<readonly ExecutionReport[], VenueError>> {
    return this.#orders('/api/v1/accountActiveOrders', { market_id: marketIndex }, asked)
  }

  /** Newest first, until there is enough. */
  endedOrders(
    marketIndex: number | null,
    asked: AskedOrders,
  ): Promise<Result<readonly ExecutionReport[], VenueError>> {
    const market: Query = marketIndex === null ? {} : { market_id: marketIndex }
    return this.#orders('/api/v1/accountInactiveOrders', market, asked)
  }

  /** Newest first, until there is enough. */
  async trades(conditions: Query, asked: Asked<TradeRow>): Promise<Result<readonly TradeRow[], VenueError>> {
    const { accountId, credential, markets } = this.#options
    const { accountIndex } = credential
    return this.#pages({
      path: '/api/v1/trades',
      query: { account_index: accountIndex, sort_by: 'trade_id', sort_dir: 'desc', ...conditions },
      field: 'trades',
      parse: row => parseTrade(row, { accountId, accountIndex, markets }),
      ...asked,
    })
  }

  async transaction(hash: string, priority: Priority): Promise<Result<TransactionFate, VenueError>> {
    const answer = await this.#read('/api/v1/tx', { by: 'hash', value: hash }, priority)
    if (!answer.ok) return answer
    const fate = attempt(() => parseTransaction(answer.value))
    return fate.ok ? fate : err({ kind: 'malformed', message: `tx: ${fate.error}` })
  }

  /** Whether the venue has the keys that we have. */
  async permissions(): Promise<Result<KeyPermissions, VenueError>> {
    const { credential, signer } = this.#options
    const { accountIndex, lanes } = credential
    const answer = await this.#read('/api/v1/apikeys', { account_index: accountIndex, api_key_index: 255 })
    if (!answer.ok && answer.error.kind === 'refused' && isKeyRefusal(answer.error))
      return err(refusedHere('key', `Lighter has no account ${accountIndex} with API keys. ${SEE_KEYS}`))
    if (!answer.ok) return answer
    const listed = attempt(() => publicKeys(answer.value, accountIndex))
    if (!listed.ok) return err({ kind: 'malformed', message: `apikeys: ${listed.error}` })
    for (const name of LANES) {
      const { apiKeyIndex, privateKey } = lanes[name]
      const own = await signer.publicKey(privateKey)
      if (!own.ok) return err({ kind: 'unavailable', message: own.error.message })
      if (listed.value.get(apiKeyIndex) !== own.value)
        return err(
          refusedHere(
            'key',
            `Account ${accountIndex} does not have this private key at index ${apiKeyIndex} (${name}). ${SEE_KEYS}`,
          ),
        )
    }
    return ok({
      readOnly: false,
      trade: true,
      // Every key may send the account's money back to the wallet that owns it, and to nowhere else: whatever goes to
      // another address is signed by the wallet itself (apidocs, "API keys").
      withdraw: false,
      transfer: false,
      addresses: [],
      expiresAt: null,
    })
  }

  /** Those of an account's markets in which orders rest or wait. */
  marketsWithOrders({ positions }: AccountRow): readonly number[] {
    const counts = ['open_order_count', 'pending_order_count']
    return positions
      .filter(row => counts.some(field => integerField(row, field) > 0))
      .map(row => integerField(row, 'market_id'))
  }

  instrumentMarket(instrumentId: InstrumentId): number | null {
    return this.#options.markets.ofInstrument(instrumentId)?.marketIndex ?? null
  }

  async #orders(
    path: string,
    conditions: Query,
    { isWanted, ...asked }: AskedOrders,
  ): Promise<Result<readonly ExecutionReport[], VenueError>> {
    const { credential, known } = this.#options
    const orders = await this.#pages({
      path,
      query: { account_index: credential.accountIndex, ...conditions },
      field: 'orders',
      parse: row => this.#order(row, isWanted),
      ...asked,
    })
    if (orders.ok) for (const order of orders.value) known.takeOrder(order)
    return orders
  }

  /** Another order's row that cannot be read is no reason to doubt the one that is looked for. */
  #order(row: Row, isWanted: AskedOrders['isWanted']): ExecutionReport | null {
    const { markets, log } = this.#options
    if (!markets.isRead(integerField(row, 'market_index'))) return null
    const order = attempt(() => parseOrder(row, markets))
    if (order.ok) return order.value
    if (isWanted === undefined || isWanted(orderIds(row))) throw new Malformed(order.error)
    log.warn('order_malformed', { message: order.error, action: 'left out: another order is looked for' })
    return null
  }

  async #pages<T>(
    reading: Pick<PagedReading<T>, 'path' | 'query' | 'field' | 'parse'> & Asked<T>,
  ): Promise<Result<readonly T[], VenueError>> {
    // Without it every row would be one of an unlisted market, and nothing look like an answer.
    if (!this.#options.markets.isKnown())
      return err({ kind: 'unavailable', message: 'the list of markets is not known yet' })
    const token = await this.#options.tokens.current()
    if (!token.ok) return token
    const { reads, trades } = this.#quota()
    const windows = reading.field === 'trades' ? [reads, trades] : [reads]
    const answer = await readPages(this.#options.rest, {
      priority: 'read',
      ...reading,
      token: token.value.text,
      windows,
    })
    if (!answer.ok && answer.error.kind === 'refused' && answer.error.reason === 'key')
      this.#options.tokens.forget()
    return answer
  }

  async #read(path: string, query: Query, priority: Priority = 'read'): Promise<Result<Row, VenueError>> {
    const windows = [this.#quota().reads]
    return this.#options.rest.read({ path, query, token: null, windows, priority })
  }

  #quota() {
    const { quotas, credential } = this.#options
    return quotas.of(credential.accountIndex).current
  }
}

function publicKeys(answer: Row, accountIndex: number): ReadonlyMap<number, string> {
  const rows = listField(answer, 'api_keys').map(row => asRow(row, 'an API key'))
  return new Map(
    rows
      .filter(row => integerField(row, 'account_index') === accountIndex)
      .map(row => [
        integerField(row, 'api_key_index'),
        textField(row, 'public_key').toLowerCase().replace(/^0x/, ''),
      ]),
  )
}
