import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { Credential } from '../../src/domain/account.ts'
import { loginFrame } from '../../src/venues/bybit/sign.ts'
import { type Contender, serveContender, type World } from './contender.ts'
import type { Meter } from './meter.ts'

type Json = Readonly<Record<string, unknown>>

const SUBSCRIBE = JSON.stringify({ op: 'subscribe', args: ['order', 'execution', 'position', 'wallet'] })
const PING = JSON.stringify({ op: 'ping' })
const PING_EVERY_MS = 20_000
const LOGIN_VALID_MS = 10_000
const OPENING_TOGETHER = 100

/**
 * The least that any program must do: parse the leader's frame, write every order by joining texts, parse
 * what comes back. No store, no sizing, no risk; the same sockets, topics and reports as the server has.
 */
class Floor implements Contender {
  readonly #trading: WebSocket[] = []
  #sent = 0

  async open({ urls, leader, followers }: World, meter: Meter): Promise<void> {
    await openPrivate(urls.privateStream, leader, frame => this.#copy(frame, meter))
    for (let from = 0; from < followers.length; from += OPENING_TOGETHER) {
      const together = followers.slice(from, from + OPENING_TOGETHER)
      await Promise.all(together.map(each => openPrivate(urls.privateStream, each, () => undefined)))
      const url = urls.tradeStream ?? ''
      this.#trading.push(
        ...(await Promise.all(together.map(each => openLoggedIn(url, each, () => undefined)))),
      )
    }
  }

  #copy({ topic, data }: Json, meter: Meter): void {
    meter.frame()
    if (topic !== 'execution' || !Array.isArray(data)) return
    for (const { symbol, side, execQty } of data) {
      const now = Date.now()
      // What all of them share is joined once.
      const head = `","header":{"X-BAPI-TIMESTAMP":"${now}","X-BAPI-RECV-WINDOW":"2000"},"op":"order.create","args":[{"category":"linear","symbol":"${symbol}","side":"${side}","orderType":"Market","qty":"${execQty}","timeInForce":"IOC","positionIdx":0,"orderLinkId":"floor-`
      const tail = `","reduceOnly":${side === 'Sell'}}]}`
      for (const socket of this.#trading) {
        this.#sent += 1
        socket.send(`{"reqId":"${this.#sent}${head}${this.#sent}${tail}`)
        meter.sent()
      }
    }
  }
}

async function openPrivate(
  url: string,
  credential: Credential,
  onFrame: (frame: Json) => void,
): Promise<void> {
  const socket = await openLoggedIn(url, credential, onFrame)
  const subscribed = once(socket, 'message')
  socket.send(SUBSCRIBE)
  await subscribed
}

async function openLoggedIn(
  url: string,
  credential: Credential,
  onFrame: (frame: Json) => void,
): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  socket.on('message', data => onFrame(JSON.parse(data.toString())))
  await once(socket, 'open')
  const answered = once(socket, 'message')
  socket.send(loginFrame(credential, Date.now() + LOGIN_VALID_MS))
  await answered
  setInterval(() => socket.send(PING), PING_EVERY_MS)
  return socket
}

serveContender(new Floor())
