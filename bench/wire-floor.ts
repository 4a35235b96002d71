import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { Credential } from '../src/domain/account.ts'
import type { ExchangeProcess } from '../test/e2e/exchange-process.ts'

type Urls = ExchangeProcess['urls']

const TOPICS = ['order', 'execution', 'position', 'wallet']
const LOGIN_VALID_MS = 10_000

/**
 * The least that any program must do: parse the leader's frame, send an order for everyone, parse what comes
 * back. No store, no sizing, no risk. The same number of sockets, topics and reports as the server has.
 */
export class WireFloor {
  readonly #sockets: WebSocket[] = []
  readonly #trading: WebSocket[] = []
  #fills = 0
  #orders = 0
  #wake: () => void = () => undefined

  static async open(urls: Urls, leader: Credential, followers: readonly Credential[]): Promise<WireFloor> {
    const floor = new WireFloor()
    await floor.#private(urls, leader, row => floor.#copy(row))
    for (const credential of followers) {
      await floor.#private(urls, credential, () => floor.#filled())
      floor.#trading.push(await floor.#login(urls.tradeStream, credential, () => undefined))
    }
    return floor
  }

  /** Resolves when every follower's fill has been reported. */
  async round(leaderTrades: () => Promise<void>): Promise<void> {
    this.#fills = 0
    const done = new Promise<void>(resolve => {
      this.#wake = resolve
    })
    await leaderTrades()
    await done
  }

  close(): void {
    for (const socket of this.#sockets) socket.terminate()
  }

  #copy(row: Readonly<Record<string, unknown>>): void {
    const order = `"symbol":"${row['symbol']}","side":"${row['side']}","qty":"${row['execQty']}"`
    for (const socket of this.#trading) {
      this.#orders += 1
      socket.send(
        `{"reqId":"${this.#orders}","header":{"X-BAPI-TIMESTAMP":"${Date.now()}"},"op":"order.create","args":[{"category":"linear",${order},"orderType":"Market","orderLinkId":"floor-${this.#orders}"}]}`,
      )
    }
  }

  #filled(): void {
    this.#fills += 1
    if (this.#fills === this.#trading.length) this.#wake()
  }

  async #private(
    urls: Urls,
    credential: Credential,
    onExecution: (row: Readonly<Record<string, unknown>>) => void,
  ): Promise<void> {
    const socket = await this.#login(urls.privateStream, credential, frame => {
      if (frame['topic'] !== 'execution' || !Array.isArray(frame['data'])) return
      for (const row of frame['data']) onExecution(row)
    })
    const subscribed = once(socket, 'message')
    socket.send(JSON.stringify({ op: 'subscribe', args: TOPICS }))
    await subscribed
  }

  async #login(
    url: string,
    { key, secret }: Credential,
    onFrame: (frame: Readonly<Record<string, unknown>>) => void,
  ): Promise<WebSocket> {
    const socket = new WebSocket(url, { perMessageDeflate: false })
    this.#sockets.push(socket)
    socket.on('message', data => onFrame(JSON.parse(data.toString())))
    await once(socket, 'open')
    const expires = Date.now() + LOGIN_VALID_MS
    const signature = createHmac('sha256', secret).update(`GET/realtime${expires}`).digest('hex')
    const answered = once(socket, 'message')
    socket.send(JSON.stringify({ op: 'auth', args: [key, expires, signature] }))
    await answered
    return socket
  }
}
