import { clientOrderId } from '../../../domain/capability.ts'
import { decimal } from '../../../domain/decimal.ts'
import type { AccountId } from '../../../domain/ids.ts'
import { instrumentId } from '../../../domain/ids.ts'
import type { Claim } from '../../../domain/order.ts'
import { must } from '../../../domain/result.ts'
import { type Log, SILENT } from '../../../ports/observe.ts'
import type { HttpOutcome } from '../../../ports/transport.ts'
import type { OrderRequest, StreamState, VenueReport } from '../../../ports/venue.ts'
import { BACKOFF_BASE_MS } from '../../shared/reconnecting-socket.ts'
import { answered, FakeHttp, type FakeSocket, FakeSockets } from '../../shared/testing/fake-network.ts'
import { fixedRandom, ManualClock } from '../../shared/testing/manual-clock.ts'
import { LIGHTER_CAPABILITY, type LighterTier } from '../capability.ts'
import { Signing } from '../sign/signing.ts'
import type { Signer } from '../signer.ts'
import { createLighterVenue } from '../venue.ts'

export const ETH = instrumentId('lighter', 'ETH')
export const ACCOUNT_INDEX = 1234
export const KEYS = ['11', '22', '33'].map(digits => digits.repeat(40))
export const CREDENTIAL = { key: `${ACCOUNT_INDEX}:5,6,7`, secret: KEYS.join(',') }
export const OWN_ORDER = clientOrderId(LIGHTER_CAPABILITY.clientOrderId, 'abcdefg', 1)
export const FIRST_RETRY_MS = 1
export const SEND = '/api/v1/sendTx'

const signing = new Signing()

/** Signs in the thread that asks. */
export function inlineSigner(): Signer {
  const sign = <T extends string>(made: { ok: true; value: T } | { ok: false; error: string }) =>
    made.ok ? made : ({ ok: false, error: { kind: 'invalid', message: made.error } } as const)
  const random = new Uint8Array(32).fill(7)
  return {
    publicKey: async privateKey => ({ ok: true, value: signing.publicKey(privateKey) }),
    authToken: async (privateKey, token) => sign(signing.authToken({ privateKey, random }, token)),
    async transaction(privateKey, transaction) {
      const made = signing.transaction({ privateKey, random }, transaction)
      return made.ok ? made : { ok: false, error: { kind: 'invalid', message: made.error } }
    },
    close: async () => {},
  }
}

export function reply(fields: object, code = 200): HttpOutcome {
  return answered({ code, ...fields }, code === 200 ? 200 : 400)
}

export const ETH_ROW = {
  symbol: 'ETH',
  market_id: 0,
  market_type: 'perp',
  status: 'active',
  min_base_amount: '0.0050',
  min_quote_amount: '10.000000',
  size_decimals: 4,
  price_decimals: 2,
  min_initial_margin_fraction: 200,
  market_config: { force_reduce_only: false },
}

/** One account of a Lighter whose network and time the test plays. Its clock is in step with ours. */
export function harness(
  options: { credential?: { key: string; secret: string }; tier?: LighterTier; log?: Log } = {},
) {
  const clock = new ManualClock()
  const http = new FakeHttp()
  const sockets = new FakeSockets()
  const nonces = new Map([5, 6, 7].map(index => [index, index * 100]))
  http
    .on('/', () => answered({ status: 200, network_id: 1, timestamp: Math.floor(clock.now() / 1_000) }))
    .on('/api/v1/orderBookDetails', () => reply({ order_book_details: [ETH_ROW] }))
    .on('/api/v1/nextNonce', ({ path }) => reply({ nonce: nonces.get(queryOf(path, 'api_key_index')) }))
    .on(SEND, () => reply({ tx_hash: 'hash', predicted_execution_time_ms: 1 }))
  const venue = createLighterVenue({
    environment: 'testnet',
    signer: inlineSigner(),
    clock,
    random: fixedRandom(FIRST_RETRY_MS / BACKOFF_BASE_MS),
    log: options.log ?? SILENT,
    transport: { http, dial: sockets.dial },
    ...(options.tier !== undefined && { tier: options.tier }),
  })
  const account = venue.account('account-1' as AccountId, options.credential ?? CREDENTIAL)
  const frames: (readonly VenueReport[])[] = []
  const states: StreamState[] = []
  /** Whether somebody copies the account. */
  const copied = { now: true }
  const open = async () => {
    account.open({
      reports: reports => frames.push(reports),
      stream: state => states.push(state),
      needsOrderQuantity: () => copied.now,
    })
    await clock.advance(0)
  }
  return { clock, http, sockets, nonces, venue, account, frames, states, copied, open }
}

export type Harness = ReturnType<typeof harness>

function queryOf(path: string, name: string): number {
  return Number(new URL(path, 'http://venue').searchParams.get(name))
}

export function subscribed(channel: string, fields: object): object {
  return { type: `subscribed/${channel}`, channel: `${channel}:${ACCOUNT_INDEX}`, ...fields }
}

export function update(channel: string, fields: object): object {
  return { type: `update/${channel}`, channel: `${channel}:${ACCOUNT_INDEX}`, ...fields }
}

/** Lets the account's stream subscribe to everything. */
export async function goLive({ sockets, clock }: Harness): Promise<FakeSocket> {
  const socket = sockets.last('/stream')
  socket.events.open()
  await clock.advance(0)
  answerChannels(socket)
  await clock.advance(0)
  return socket
}

export function answerChannels(socket: FakeSocket): void {
  socket.frame(subscribed('account_all_orders', { orders: {} }))
  socket.frame(subscribed('account_all_trades', { trades: {} }))
  socket.frame(subscribed('account_all_positions', { positions: {} }))
  socket.frame(subscribed('user_stats', { stats: STATS }))
}

export async function live(options?: Parameters<typeof harness>[0]) {
  const made = harness(options)
  await made.open()
  const socket = await goLive(made)
  return { ...made, socket }
}

export const STATS = { collateral: '40.000000', available_balance: '39.168314', portfolio_value: '40.5' }

/** The transactions that were sent, as the venue reads them. */
export function sent({ http }: Pick<Harness, 'http'>): Record<string, unknown>[] {
  return http
    .asked(SEND)
    .map(({ body }) => JSON.parse(must(new URLSearchParams(body ?? '').get('tx_info'), 'info')))
}

export function claimOf({ account }: Pick<Harness, 'account'>): Claim {
  const claim = account.stamp(1)
  if (!claim.ok) throw new Error(claim.error.message)
  return claim.value
}

export function limitBuy(claim: Claim, changes: Partial<OrderRequest> = {}): OrderRequest {
  return {
    clientOrderId: OWN_ORDER,
    instrumentId: ETH,
    positionIndex: 0,
    purpose: 'entry',
    side: 'buy',
    type: 'limit',
    timeInForce: 'gtc',
    quantity: decimal('0.05'),
    limitPrice: decimal('2352.74'),
    reduceOnly: false,
    claim,
    ...changes,
  }
}

/** A row of an order of ours: open, nothing filled. */
export function orderRow(changes: object = {}): object {
  return {
    order_id: '281476929510110',
    client_order_id: OWN_ORDER,
    market_index: 0,
    initial_base_amount: '0.0500',
    price: '2352.74',
    is_ask: false,
    filled_base_amount: '0.0000',
    filled_quote_amount: '0.000000',
    type: 'limit',
    reduce_only: false,
    status: 'open',
    updated_at: 1_700_000_000_000,
    ...changes,
  }
}

/** A trade of that order. */
export function tradeRow(changes: object = {}): object {
  return {
    trade_id_str: '19209006902',
    type: 'trade',
    market_id: 0,
    size: '0.0200',
    price: '2352.73',
    usd_amount: '47.054600',
    ask_id_str: '281476929510102',
    bid_id_str: '281476929510110',
    ask_client_id_str: '0',
    bid_client_id_str: OWN_ORDER,
    ask_account_id: 91249,
    bid_account_id: ACCOUNT_INDEX,
    is_maker_ask: true,
    taker_fee: 196,
    maker_fee: 28,
    timestamp: 1_700_000_000_500,
    ...changes,
  }
}

export function positionRow(changes: object = {}): object {
  return {
    market_id: 0,
    symbol: 'ETH',
    initial_margin_fraction: '10.00',
    open_order_count: 0,
    pending_order_count: 0,
    sign: 1,
    position: '0.0200',
    avg_entry_price: '2352.73',
    unrealized_pnl: '0.5',
    liquidation_price: '0',
    ...changes,
  }
}

export function accountAnswer(positions: readonly object[] = [], changes: object = {}): HttpOutcome {
  const account = {
    index: ACCOUNT_INDEX,
    l1_address: '0xAb',
    available_balance: '90',
    collateral: '100',
    total_asset_value: '100.5',
    positions,
    ...changes,
  }
  return reply({ accounts: [account] })
}
