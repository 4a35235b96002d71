import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test, vi } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import type { AccountId } from '../../src/domain/ids.ts'
import { must } from '../../src/domain/result.ts'
import { secureRandom } from '../../src/ops/secure-random.ts'
import { systemClock } from '../../src/ops/system-clock.ts'
import { systemRandom } from '../../src/ops/system-random.ts'
import { SILENT } from '../../src/ports/observe.ts'
import type { StreamState, Venue, VenueReport } from '../../src/ports/venue.ts'
import { ThreadSigner } from '../../src/venues/lighter/sign/thread-signer.ts'
import {
  CREDENTIAL,
  ETH_ROW,
  limitBuy,
  orderRow,
  STATS,
  subscribed,
  update,
} from '../../src/venues/lighter/testing/harness.ts'
import { createLighterVenue } from '../../src/venues/lighter/venue.ts'

/** The adapter against a few answers of the venue's: real sockets on 127.0.0.1, real time, real signatures. */
const WAIT = { timeout: 20_000, interval: 10 }
const FIRST_FRAMES: Readonly<Record<string, object>> = {
  account_all_orders: { orders: {} },
  account_all_trades: { trades: {} },
  account_all_positions: { positions: {} },
  user_stats: { stats: STATS },
}

/** Answers what a session asks for, and tells of an order as soon as it is sent. */
class FewAnswers {
  readonly transactions: URLSearchParams[] = []
  readonly tokens: string[] = []
  readonly #server: Server
  readonly #sockets: WebSocketServer

  constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request).then(answer => response.end(JSON.stringify({ code: 200, ...answer })))
    })
    this.#sockets = new WebSocketServer({ server: this.#server, path: '/stream' })
    this.#sockets.on('connection', socket =>
      socket.on('message', data => this.#heard(socket, data.toString())),
    )
  }

  async listen(): Promise<string> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve))
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate()
    this.#server.closeAllConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }

  tell(frame: object): void {
    for (const socket of this.#sockets.clients) socket.send(JSON.stringify(frame))
  }

  async #answer(request: IncomingMessage): Promise<object> {
    switch (new URL(must(request.url, 'a path'), 'http://venue').pathname) {
      case '/':
        return { timestamp: Math.floor(Date.now() / 1_000) }
      case '/api/v1/orderBookDetails':
        return { order_book_details: [ETH_ROW] }
      case '/api/v1/nextNonce':
        return { nonce: 40 }
      default:
        this.transactions.push(new URLSearchParams(await text(request)))
        this.tell(update('account_all_orders', { orders: { 0: [orderRow()] } }))
        return { tx_hash: 'hash' }
    }
  }

  #heard(socket: WebSocket, message: string): void {
    const { type, channel, auth } = JSON.parse(message)
    if (type !== 'subscribe') return
    this.tokens.push(auth)
    const topic = String(channel).split('/')[0] ?? ''
    socket.send(JSON.stringify(subscribed(topic, FIRST_FRAMES[topic] ?? {})))
  }
}

let ends: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const end of ends.reverse()) await end()
  ends = []
})

async function started(): Promise<{ readonly far: FewAnswers; readonly venue: Venue }> {
  const far = new FewAnswers()
  const host = await far.listen()
  const signer = new ThreadSigner(secureRandom)
  const venue = createLighterVenue({
    environment: 'paper',
    urls: { rest: `http://${host}`, stream: `ws://${host}/stream`, chainId: 300 },
    signer,
    clock: systemClock(),
    random: systemRandom(),
    log: SILENT,
  })
  ends = [() => far.close(), () => signer.close(), () => venue.close()]
  return { far, venue }
}

test('[LA28] over real sockets an account goes live, sends a signed order and hears its report', async () => {
  const { far, venue } = await started()
  const account = venue.account('account-1' as AccountId, CREDENTIAL)
  const states: StreamState[] = []
  const reports: VenueReport[] = []
  account.open({ reports: told => reports.push(...told), stream: state => states.push(state) })
  await vi.waitFor(() => expect(states.at(-1)?.kind).toBe('live'), WAIT)
  expect(far.tokens).toHaveLength(4)
  const claim = account.stamp(1)
  if (!claim.ok) throw new Error(claim.error.message)
  const answer = await account.submit(limitBuy(claim.value))
  expect(answer).toMatchObject({ ok: true, value: { venueOrderId: '281476929510110' } })
  await vi.waitFor(() => expect(reports.map(({ kind }) => kind)).toContain('order'), WAIT)
  const [sent] = far.transactions
  expect(sent?.get('tx_type')).toBe('14')
  expect(JSON.parse(sent?.get('tx_info') ?? '')).toMatchObject({
    Nonce: 40,
    Sig: expect.stringMatching(/^.{108}$/),
  })
})

test('[LA28] a lost stream subscribes again before it is live', async () => {
  const { far, venue } = await started()
  const account = venue.account('account-1' as AccountId, CREDENTIAL)
  const states: string[] = []
  account.open({ reports: () => {}, stream: ({ kind }) => states.push(kind) })
  await vi.waitFor(() => expect(states.at(-1)).toBe('live'), WAIT)
  far.tell({ error: { code: 30012, message: 'Failed to subscribe' } })
  await vi.waitFor(() => expect(states).toEqual(['connecting', 'live', 'lost', 'connecting', 'live']), WAIT)
  expect(far.tokens).toHaveLength(8)
})
