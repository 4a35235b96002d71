import { expect, vi } from 'vitest'
import type { Exchange } from '../../exchange/core/types.ts'
import type { Credential } from '../../src/domain/account.ts'
import { clientOrderId } from '../../src/domain/capability.ts'
import { type Decimal, decimal } from '../../src/domain/decimal.ts'
import type { AccountId, InstrumentId } from '../../src/domain/ids.ts'
import type { Result } from '../../src/domain/result.ts'
import type {
  OrderRef,
  OrderRequest,
  StreamState,
  Ticker,
  Venue,
  VenueAccount,
  VenueError,
  VenueReport,
} from '../../src/ports/venue.ts'

export const DEPOSIT = decimal('10000')
export const WAIT = { timeout: 20_000, interval: 10 }

/** An adapter, and the simulated exchange that speaks its protocol: real sockets on 127.0.0.1, real time. */
export interface VenueUnderTest {
  readonly venue: Venue
  readonly exchange: Exchange
  /** Of an account with the deposit. */
  readonly credential: Credential
  /** In the right form, and of nobody. */
  readonly stranger: Credential
  /** Bitcoin, at about 60,000. */
  readonly instrument: InstrumentId
  /** Strikes once. */
  fault(name: 'drop_answer' | 'drop_stream'): void
  discard(): Promise<void>
}

export interface Connected extends VenueUnderTest {
  readonly account: VenueAccount
  readonly reports: VenueReport[]
  readonly states: StreamState[]
  readonly tickers: Ticker[]
}

/** Live, with a price of its instrument: what an engine's session has before it trades. */
export async function connected(under: VenueUnderTest): Promise<Connected> {
  const { venue, credential, instrument } = under
  const account = venue.account('account-1' as AccountId, credential)
  const reports: VenueReport[] = []
  const states: StreamState[] = []
  const tickers: Ticker[] = []
  venue.market.watch([instrument])
  venue.market.open({ ticker: ticker => tickers.push(ticker), stream: () => {} })
  account.open({ reports: told => reports.push(...told), stream: state => states.push(state) })
  await vi.waitFor(() => expect(states.at(-1)?.kind).toBe('live'), WAIT)
  await vi.waitFor(() => expect(tickers.length).toBeGreaterThan(0), WAIT)
  return { ...under, account, reports, states, tickers }
}

export function value<T>(result: Result<T, VenueError>): T {
  if (!result.ok) throw new Error(`${result.error.kind}: ${result.error.message}`)
  return result.value
}

let orders = 0

/** A market buy of 0.01, unless told. */
export function order(
  { account, venue, instrument }: Connected,
  change: Partial<OrderRequest> = {},
): OrderRequest {
  orders += 1
  return {
    clientOrderId: clientOrderId(venue.capability.clientOrderId, 'testing', orders),
    instrumentId: instrument,
    positionIndex: 0,
    purpose: 'entry',
    side: 'buy',
    type: 'market',
    timeInForce: 'ioc',
    quantity: decimal('0.01'),
    limitPrice: null,
    reduceOnly: false,
    claim: value(account.stamp(1)),
    ...change,
  }
}

/** Far below the market: it stays on the book. */
export function resting(connected: Connected, limitPrice: Decimal = decimal('20000')): OrderRequest {
  return order(connected, { type: 'limit', timeInForce: 'gtc', limitPrice })
}

export function refOf({ instrumentId, clientOrderId: id, claim }: OrderRequest): OrderRef {
  return { instrumentId, clientOrderId: id, venueOrderId: null, claim }
}

export function statusOf(
  reports: readonly VenueReport[],
  { clientOrderId: id }: OrderRequest,
): string | undefined {
  return reports
    .flatMap(report => (report.kind === 'order' ? [report.report] : []))
    .findLast(report => report.clientOrderId === id)?.status
}

export function malformed(reports: readonly VenueReport[]): readonly VenueReport[] {
  return reports.filter(({ kind }) => kind === 'malformed')
}
