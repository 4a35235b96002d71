import { createHmac } from 'node:crypto'
import { WebSocket } from 'ws'
import { type Decimal, decimal } from '../../src/domain/decimal.ts'
import { createExchange } from '../core/exchange.ts'
import { DEFAULT_INSTRUMENTS } from '../core/instruments.ts'
import type { Exchange } from '../core/types.ts'
import type { AccountSettings } from './admin.ts'
import { type ExchangeServer, type ExchangeServerOptions, startExchangeServer } from './server.ts'

/** For tests: a server whose one price is moved by hand, an account, and a client that signs by itself. */
export const KEY = 'test-key'
export const SECRET = 'test-secret'
export const ACCOUNT = 'alice'
const ANSWER_LIMIT_MS = 20_000

export type Json = Record<string, unknown>

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly code: unknown
  readonly message: unknown
  readonly result: Json
  readonly extra: Json
}

export interface Signing {
  readonly key?: string
  readonly secret?: string
  readonly timestamp?: number
  readonly signature?: string
}

export class TestVenue {
  readonly server: ExchangeServer
  readonly exchange: Exchange
  readonly #move: (mid: Decimal) => void

  constructor(server: ExchangeServer, exchange: Exchange, move: (mid: Decimal) => void) {
    this.server = server
    this.exchange = exchange
    this.#move = move
  }

  moveTo(mid: string): void {
    this.#move(decimal(mid))
  }

  get(path: string, query: Record<string, string> = {}, signing: Signing = {}): Promise<Answered> {
    const text = new URLSearchParams(query).toString()
    return ask(`${this.server.url}${path}${text === '' ? '' : `?${text}`}`, {
      headers: signed(text, signing),
    })
  }

  post(path: string, body: unknown, signing: Signing = {}): Promise<Answered> {
    const text = JSON.stringify(body)
    const headers = { ...signed(text, signing), 'content-type': 'application/json' }
    return ask(`${this.server.url}${path}`, { method: 'POST', body: text, headers })
  }

  /** An order of BTCUSDT; a market buy of 0.01 but for what is given. */
  order(fields: Json = {}, signing: Signing = {}): Promise<Answered> {
    return this.post('/v5/order/create', { category: 'linear', ...orderFields(fields) }, signing)
  }

  async admin(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }> {
    const response = await fetch(`${this.server.url}/admin${path}`, {
      method,
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    })
    return { status: response.status, body: (await response.json()) as Json }
  }

  close(): Promise<void> {
    return this.server.close()
  }
}

export function orderFields(fields: Json = {}): Json {
  return { symbol: 'BTCUSDT', side: 'Buy', orderType: 'Market', qty: '0.01', ...fields }
}

export async function startVenue(
  options: Partial<ExchangeServerOptions> & { readonly account?: Partial<AccountSettings> } = {},
): Promise<TestVenue> {
  let mid = decimal('60000')
  const exchange = createExchange({
    instruments: DEFAULT_INSTRUMENTS.slice(0, 3),
    path: { priceAt: () => mid },
    seed: 1,
    startAt: options.startAt ?? Date.now(),
  })
  const server = await startExchangeServer({ exchange, tickMs: 10, ...options })
  const { account = {} } = options
  server.addAccount({ account: ACCOUNT, deposit: decimal('100000'), key: KEY, secret: SECRET, ...account })
  return new TestVenue(server, exchange, price => {
    mid = price
  })
}

function signed(payload: string, signing: Signing): Record<string, string> {
  const { key = KEY, secret = SECRET, timestamp = Date.now() } = signing
  const text = `${timestamp}${key}5000${payload}`
  return {
    'x-bapi-api-key': key,
    'x-bapi-timestamp': String(timestamp),
    'x-bapi-recv-window': '5000',
    'x-bapi-sign': signing.signature ?? createHmac('sha256', secret).update(text).digest('hex'),
  }
}

async function ask(url: string, init: RequestInit): Promise<Answered> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_LIMIT_MS) })
  const body = (await response.json()) as Json
  return {
    status: response.status,
    headers: response.headers,
    code: body['retCode'],
    message: body['retMsg'],
    result: body['result'] as Json,
    extra: body['retExtInfo'] as Json,
  }
}

/** A socket that keeps every frame it got. */
export class TestSocket {
  readonly frames: Json[] = []
  readonly socket: WebSocket
  readonly #waiting = new Set<() => void>()
  closedWith: number | null = null

  constructor(url: string) {
    this.socket = new WebSocket(url)
    const settle = () => {
      for (const look of this.#waiting) look()
    }
    this.socket.on('message', data => {
      this.frames.push(JSON.parse(data.toString()) as Json)
      settle()
    })
    this.socket.on('error', () => undefined)
    this.socket.on('close', code => {
      this.closedWith = code
      settle()
    })
  }

  static async open(url: string): Promise<TestSocket> {
    const opened = new TestSocket(url)
    await new Promise((resolve, reject) => {
      opened.socket.once('open', resolve)
      opened.socket.once('error', reject)
    })
    return opened
  }

  send(frame: unknown): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

  login(key = KEY, secret = SECRET): Promise<Json> {
    const expires = Date.now() + 5_000
    const signature = createHmac('sha256', secret).update(`GET/realtime${expires}`).digest('hex')
    this.send({ op: 'auth', args: [key, expires, signature] })
    return this.until(frame => frame['op'] === 'auth')
  }

  /** Logged in and subscribed. */
  async follow(...topics: string[]): Promise<this> {
    await this.login()
    this.send({ op: 'subscribe', args: topics })
    await this.until(frame => frame['op'] === 'subscribe')
    return this
  }

  rows(topic: string): Json[] {
    return this.frames.filter(frame => frame['topic'] === topic).flatMap(frame => frame['data'] as Json[])
  }

  async until(wanted: (frame: Json) => boolean): Promise<Json> {
    let found: Json | undefined
    await this.when(() => {
      found = this.frames.find(wanted)
      return found !== undefined
    })
    return found ?? {}
  }

  /** Resolves when the condition holds after some frame or the close. */
  when(condition: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.delete(look)
        reject(new Error(`nothing came: ${JSON.stringify(this.frames.slice(-5))}`))
      }, ANSWER_LIMIT_MS)
      const look = () => {
        if (!condition()) return
        clearTimeout(late)
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }

  close(): void {
    this.socket.terminate()
  }
}
