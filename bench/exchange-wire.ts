import { type ChildProcess, fork } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import type { Ready, Usage } from './exchange-wire-venue.ts'

// How much of one core the exchange needs for the private and trade streams of many accounts, in a process of its
// own, and how long an order's answer and its execution report take.
// npm run bench -- exchange-wire [accounts] [seconds] [orders per account and second]
const DEFAULT_ACCOUNTS = 1_000
const DEFAULT_SECONDS = 10
const DEFAULT_ORDERS_PER_SECOND = 1
const SETTLE_MS = 1_000
/** Sockets that are opened at a time. */
const OPENING = 100

/** @param argv accounts, seconds, orders per account and second; each may be left out */
export async function main(argv: readonly string[]): Promise<void> {
  const [
    accounts = DEFAULT_ACCOUNTS,
    seconds = DEFAULT_SECONDS,
    ordersPerSecond = DEFAULT_ORDERS_PER_SECOND,
  ] = argv.map(Number)
  const child = fork(fileURLToPath(new URL('exchange-wire-venue.ts', import.meta.url)), [String(accounts)])
  const ready = await told<Ready>(child)
  const idleBefore = await usage(child)
  const links: Link[] = []
  for (let first = 0; first < accounts; first += OPENING) {
    const batch = Array.from({ length: Math.min(OPENING, accounts - first) }, (_, index) =>
      Link.open(ready, first + index),
    )
    links.push(...(await Promise.all(batch)))
  }
  await sleep(SETTLE_MS)
  await usage(child)
  const from = performance.now()
  const gapMs = 1_000 / (accounts * ordersPerSecond)
  const total = accounts * ordersPerSecond * seconds
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.floor((performance.now() - from) / gapMs))
    for (; sent < due; sent += 1) links[sent % accounts]?.order(sent)
    await sleep(1)
  }
  const elapsedMs = performance.now() - from
  const { cpu, rss } = await usage(child)
  await sleep(SETTLE_MS)
  const answers = links.flatMap(link => link.answersMs)
  const reports = links.flatMap(link => link.reportsMs)
  const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20)
  process.stdout.write(
    `exchange wire: ${accounts} private and ${accounts} trade streams, ${Math.round(total / (elapsedMs / 1_000))} orders/s for ${seconds} s\n` +
      `cpu ${((cpu / 1_000 / elapsedMs) * 100).toFixed(1)} % of one core, rss ${megabytes(rss)} MB (${megabytes(idleBefore.rss)} before the streams)\n` +
      `answer ${percentiles(answers)}, ${answers.length} of ${total}\n` +
      `execution report ${percentiles(reports)}, ${reports.length}\n`,
  )
  for (const link of links) link.close()
  child.disconnect()
}

/** One account's two streams. */
class Link {
  readonly answersMs: number[] = []
  readonly reportsMs: number[] = []
  readonly #trade: WebSocket
  readonly #reports: WebSocket
  readonly #sentAt = new Map<string, number>()

  constructor(trade: WebSocket, reports: WebSocket) {
    this.#trade = trade
    this.#reports = reports
    trade.on('message', data => this.#note(/"reqId":"(\w+)"/.exec(data.toString())?.[1], this.answersMs))
    reports.on('message', data => {
      const text = data.toString()
      if (text.includes('"topic":"execution"'))
        this.#note(/"orderLinkId":"(\w+)"/.exec(text)?.[1], this.reportsMs)
    })
  }

  static async open({ private: reports, trade }: Ready, index: number): Promise<Link> {
    const [ordering, hearing] = await Promise.all([loggedIn(trade, index), loggedIn(reports, index)])
    hearing.send(JSON.stringify({ op: 'subscribe', args: ['order', 'execution', 'position', 'wallet'] }))
    return new Link(ordering, hearing)
  }

  order(number: number): void {
    const name = `o${number}`
    this.#sentAt.set(name, performance.now())
    const order = {
      category: 'linear',
      symbol: 'BTCUSDT',
      orderType: 'Market',
      qty: '0.001',
      orderLinkId: name,
    }
    const side = this.#sentAt.size % 2 === 0 ? 'Sell' : 'Buy'
    const header = { 'X-BAPI-TIMESTAMP': String(Date.now()) }
    this.#trade.send(JSON.stringify({ op: 'order.create', reqId: name, header, args: [{ ...order, side }] }))
  }

  close(): void {
    this.#trade.terminate()
    this.#reports.terminate()
  }

  #note(name: string | undefined, into: number[]): void {
    const sentAt = name === undefined ? undefined : this.#sentAt.get(name)
    if (sentAt !== undefined) into.push(performance.now() - sentAt)
  }
}

async function loggedIn(url: string, index: number): Promise<WebSocket> {
  const socket = new WebSocket(url)
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  const expires = Date.now() + 10_000
  const signature = createHmac('sha256', `s${index}`).update(`GET/realtime${expires}`).digest('hex')
  socket.send(JSON.stringify({ op: 'auth', args: [`k${index}`, expires, signature] }))
  await new Promise(resolve => socket.once('message', resolve))
  return socket
}

function told<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`the exchange ended with ${code}`))
    child.once('exit', ended)
    child.once('message', message => {
      child.off('exit', ended)
      resolve(message as T)
    })
  })
}

function usage(child: ChildProcess): Promise<Usage> {
  const answer = told<Usage>(child)
  child.send('usage')
  return answer
}

function percentiles(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2)
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`
}
