import { decimal } from '../../../domain/decimal.ts'
import type { AccountId, ClientOrderId } from '../../../domain/ids.ts'
import { instrumentId } from '../../../domain/ids.ts'
import type { Claim } from '../../../domain/order.ts'
import { must } from '../../../domain/result.ts'
import type { Log } from '../../../ports/observe.ts'
import type { HttpOutcome } from '../../../ports/transport.ts'
import type { OrderRequest, StreamState, VenueReport } from '../../../ports/venue.ts'
import { BACKOFF_BASE_MS } from '../../shared/reconnecting-socket.ts'
import { answered, FakeHttp, type FakeSocket, FakeSockets } from '../../shared/testing/fake-network.ts'
import { fixedRandom, ManualClock } from '../../shared/testing/manual-clock.ts'
import { createBybitVenue } from '../venue.ts'

export const BTC = instrumentId('bybit', 'BTCUSDT')
/** A lost connection is tried again after this long. */
export const FIRST_RETRY_MS = 1
const CREDENTIAL = { key: 'key-1', secret: 'secret-1' }

/** An answer of Bybit's: code 0 unless told. */
export function reply(result: unknown, code = 0, message = 'OK'): HttpOutcome {
  return answered({ retCode: code, retMsg: message, result, retExtInfo: {}, time: 1_700_000_000_000 })
}

export function page(list: readonly unknown[], nextPageCursor = ''): HttpOutcome {
  return reply({ category: 'linear', list, nextPageCursor })
}

/** One account of a Bybit whose network and time the test plays. Its clock is in step with ours. */
export function harness(environment: 'testnet' | 'demo' = 'testnet') {
  const clock = new ManualClock()
  const http = new FakeHttp()
  const sockets = new FakeSockets()
  const lines: string[] = []
  const time = () => reply({ timeSecond: '0', timeNano: `${Math.round(clock.now())}000000` })
  http.on('/v5/market/time', time)
  const venue = createBybitVenue({
    environment,
    clock,
    random: fixedRandom(FIRST_RETRY_MS / BACKOFF_BASE_MS),
    log: recorder(lines),
    transport: { http, dial: sockets.dial },
  })
  const account = venue.account('account-1' as AccountId, CREDENTIAL)
  const frames: (readonly VenueReport[])[] = []
  const states: StreamState[] = []
  const open = async () => {
    account.open({ reports: reports => frames.push(reports), stream: state => states.push(state) })
    await clock.advance(0)
  }
  return { clock, http, sockets, lines, venue, account, frames, states, open, time }
}

export type Harness = ReturnType<typeof harness>

/** Lets the newest private stream log in and subscribe. */
export async function goLive({ sockets, clock }: Harness): Promise<FakeSocket> {
  const socket = sockets.last('/v5/private')
  socket.events.open()
  socket.frame({ op: 'auth', success: true, ret_msg: '', conn_id: 'c' })
  socket.frame({ op: 'subscribe', success: true, ret_msg: '', conn_id: 'c' })
  await clock.advance(0)
  return socket
}

/** Lets the newest trade stream log in: orders go by it from now on. */
export async function goTrade({ sockets, clock }: Harness): Promise<FakeSocket> {
  const socket = sockets.last('/v5/trade')
  socket.events.open()
  socket.frame({ op: 'auth', retCode: 0, retMsg: 'OK', connId: 'c' })
  await clock.advance(0)
  return socket
}

/** What the venue says to the last thing that a trade stream was sent. */
export function tradeReply(socket: FakeSocket, code = 0, message = 'OK', header: object = {}): void {
  const { reqId, op } = must(socket.sent.at(-1), 'nothing was sent')
  const data = code === 0 ? { orderId: 'order-1', orderLinkId: 'LS1' } : {}
  socket.frame({ reqId, op, retCode: code, retMsg: message, data, header, connId: 'c' })
}

export function claimOf(made: Harness): Claim {
  const claim = made.account.stamp(1)
  if (!claim.ok) throw new Error(claim.error.message)
  return claim.value
}

export function marketBuy(claim: Claim): OrderRequest {
  return {
    clientOrderId: 'LS1' as ClientOrderId,
    instrumentId: BTC,
    positionIndex: 0,
    purpose: 'entry',
    side: 'buy',
    type: 'market',
    timeInForce: 'ioc',
    quantity: decimal('0.01'),
    limitPrice: null,
    reduceOnly: false,
    claim,
  }
}

function recorder(lines: string[]): Log {
  const line = (event: string) => {
    lines.push(event)
  }
  return { debug: line, info: line, warn: line, error: line }
}
