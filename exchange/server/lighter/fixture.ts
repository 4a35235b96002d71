import { randomBytes } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { type Decimal, decimal } from '../../../src/domain/decimal.ts'
import { must } from '../../../src/domain/result.ts'
import { type PrivateKey, parsePrivateKey } from '../../../src/venues/lighter/sign/private-key.ts'
import { Signing } from '../../../src/venues/lighter/sign/signing.ts'
import type { CreateOrder, Transaction } from '../../../src/venues/lighter/sign/transaction.ts'
import type { SignedTransaction } from '../../../src/venues/lighter/signer.ts'
import { createExchange } from '../../core/exchange.ts'
import { LIGHTER_INSTRUMENTS } from '../../core/instruments.ts'
import { LIGHTER_RULES } from '../../core/rules.ts'
import type { Exchange } from '../../core/types.ts'
import { type Json, TestSocket } from '../fixture.ts'
import type { LighterAccountSettings } from './admin.ts'
import { type LighterServer, type LighterServerOptions, startLighterServer } from './server.ts'

/** For tests: a server whose one price is moved by hand, an account, and a client that signs by itself. */
export const ACCOUNT = 'alice'
export const ACCOUNT_INDEX = 12345
export const KEY_INDEX = 5
/** Of which market the orders here are: ETH, sizes in ten-thousandths, prices in hundredths. */
export const ETH = 0
const CHAIN = 300
const PRIVATE_KEY = '0b8e0f63c24d8baacd9d29ad4e9a4b73c4a8d2bb8b16dc4fa9d7c2e1d3a8b1f0e8d3a4c5b6e7f001'
const ANSWER_LIMIT_MS = 20_000
const MINUTE_MS = 60_000

export interface Answered {
  readonly status: number
  readonly body: Json
}

/** What a test says of a transaction; the rest is as it must be. */
type Given<T> = T extends Transaction ? Pick<T, 'kind'> & Partial<T> : never
export type GivenTransaction = Given<Transaction>

export class LighterTestVenue {
  readonly server: LighterServer
  readonly exchange: Exchange
  readonly signing: Signing
  readonly #key: PrivateKey
  readonly #move: (mid: Decimal) => void
  /** The next nonce of each key that this client believes in. */
  readonly #nonces = new Map<number, number>()
  #lastClientIndex = 0

  constructor(server: LighterServer, signing: Signing, move: (mid: Decimal) => void) {
    this.server = server
    this.exchange = server.exchange
    this.signing = signing
    this.#key = keyOf(PRIVATE_KEY)
    this.#move = move
  }

  moveTo(mid: string): void {
    this.#move(decimal(mid))
  }

  /** Signed with the next nonce of its key, unless one is given. */
  sign(given: GivenTransaction): SignedTransaction {
    const { apiKeyIndex = KEY_INDEX } = given
    const nonce = given.nonce ?? this.#nonces.get(apiKeyIndex) ?? 0
    if (given.nonce === undefined) this.#nonces.set(apiKeyIndex, nonce + 1)
    const expiredAt = Date.now() + 10 * MINUTE_MS
    const sender = { chainId: CHAIN, accountIndex: ACCOUNT_INDEX, apiKeyIndex }
    const transaction = this.#whole({ ...sender, nonce, expiredAt, attributes: {} }, given)
    const signed = this.signing.transaction({ privateKey: this.#key, random: randomBytes(32) }, transaction)
    if (!signed.ok) throw new Error(signed.error)
    return signed.value
  }

  /** A post-only buy of 0.1 ETH far below the market, unless told. */
  order(fields: Partial<CreateOrder> = {}): SignedTransaction {
    return this.sign({ kind: 'create_order', ...fields })
  }

  /** The same at once: a market order with a worst price that is never reached. */
  market(fields: Partial<CreateOrder> = {}): SignedTransaction {
    const far = fields.side === 'sell' ? 100_000 : 900_000
    return this.order({ type: 'market', timeInForce: 'ioc', orderExpiry: 0, limitPrice: far, ...fields })
  }

  send({ txType, txInfo }: SignedTransaction): Promise<Answered> {
    return this.post('sendTx', { tx_type: String(txType), tx_info: txInfo })
  }

  post(route: string, form: Record<string, string>): Promise<Answered> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return this.#ask(route, { method: 'POST', headers, body: new URLSearchParams(form).toString() })
  }

  get(route: string, query: Record<string, string | number> = {}): Promise<Answered> {
    const text = new URLSearchParams()
    for (const [name, value] of Object.entries(query)) text.set(name, String(value))
    return this.#ask(text.size === 0 ? route : `${route}?${text}`, {})
  }

  /** The same with a token of the account. */
  own(route: string, query: Record<string, string | number> = {}): Promise<Answered> {
    return this.get(route, { account_index: ACCOUNT_INDEX, auth: this.token(), ...query })
  }

  token(deadlineSeconds = Math.trunc(Date.now() / 1_000) + 600, accountIndex = ACCOUNT_INDEX): string {
    const token = { accountIndex, apiKeyIndex: KEY_INDEX, deadlineSeconds }
    const signed = this.signing.authToken({ privateKey: this.#key, random: randomBytes(32) }, token)
    if (!signed.ok) throw new Error(signed.error)
    return signed.value
  }

  open(): Promise<TestSocket> {
    return TestSocket.open(this.server.stream)
  }

  /** A socket that has the first frame of each channel; account channels with a token. */
  async follow(...channels: string[]): Promise<TestSocket> {
    const socket = await this.open()
    for (const channel of channels) {
      const isOwn = /^(account|user)/.test(channel)
      socket.send({ type: 'subscribe', channel, ...(isOwn && { auth: this.token() }) })
      await socket.until(({ channel: got }) => got === channel.replaceAll('/', ':'))
    }
    return socket
  }

  async admin(method: string, path: string, body?: unknown): Promise<Answered> {
    const headers = { 'content-type': 'application/json' }
    const sent = body === undefined ? {} : { headers, body: JSON.stringify(body) }
    const response = await fetch(`${this.server.url}/admin${path}`, { method, ...sent })
    return { status: response.status, body: (await response.json()) as Json }
  }

  close(): Promise<void> {
    return this.server.close()
  }

  #whole(header: Omit<Transaction, 'kind'>, given: GivenTransaction): Transaction {
    if (given.kind !== 'create_order') return { ...header, ...given } as Transaction
    this.#lastClientIndex += 1
    const limit = {
      type: 'limit',
      timeInForce: 'post_only',
      orderExpiry: Date.now() + 60 * MINUTE_MS,
    } as const
    const amounts = {
      marketIndex: ETH,
      quantity: 1_000,
      limitPrice: 250_000,
      side: 'buy',
      triggerPrice: 0,
    } as const
    const order = { ...limit, ...amounts, clientOrderIndex: this.#lastClientIndex, reduceOnly: false }
    return { ...header, ...order, ...given }
  }

  async #ask(route: string, init: RequestInit): Promise<Answered> {
    const url = `${this.server.url}/api/v1/${route}`
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_LIMIT_MS) })
    return { status: response.status, body: (await response.json()) as Json }
  }
}

/** Its table is made once for all tests of a file. */
let signing: Signing | null = null

export async function startLighterVenue(
  options: Partial<LighterServerOptions> & { readonly account?: Partial<LighterAccountSettings> } = {},
): Promise<LighterTestVenue> {
  let mid = decimal('3000')
  const exchange = createExchange({
    instruments: LIGHTER_INSTRUMENTS,
    path: { priceAt: () => mid },
    seed: 1,
    startAt: options.startAt ?? Date.now(),
    rules: LIGHTER_RULES,
  })
  const server = await startLighterServer({ exchange, chainId: CHAIN, tickMs: 10, limits: 'off', ...options })
  const keys = [KEY_INDEX, KEY_INDEX + 1].map(index => ({ index, privateKey: PRIVATE_KEY }))
  const account = { account: ACCOUNT, accountIndex: ACCOUNT_INDEX, tier: 'premium', keys } as const
  const made = server.addAccount({ ...account, deposit: decimal('100000'), ...options.account })
  if (!made.ok) throw new Error(made.error)
  signing ??= new Signing()
  return new LighterTestVenue(server, signing, price => {
    mid = price
  })
}

function keyOf(text: string): PrivateKey {
  const key = parsePrivateKey(text)
  return must(key.ok ? key.value : null, 'the tests’ own key')
}

/** Rows of a channel's updates, whatever they are called there: `orders`, `trades`. */
/** Ends with the test. */
export async function start(
  options: Parameters<typeof startLighterVenue>[0] = {},
): Promise<LighterTestVenue> {
  const venue = await startLighterVenue(options)
  onTestFinished(() => venue.close())
  return venue
}

/** Ends with the test. */
export async function follow(venue: LighterTestVenue, ...channels: string[]): Promise<TestSocket> {
  const socket = await venue.follow(...channels)
  onTestFinished(() => socket.close())
  return socket
}

export function rowsOf(socket: TestSocket, channel: string, list: 'orders' | 'trades'): Json[] {
  return socket.frames
    .filter(frame => frame['channel'] === channel && String(frame['type']).startsWith('update/'))
    .flatMap(frame => Object.values(frame[list] as Record<string, Json[]>).flat())
}
