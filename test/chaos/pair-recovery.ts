import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Credential } from '../../src/domain/account.ts'
import { Audit } from '../e2e/audit.ts'
import { ExchangeProcess } from '../e2e/exchange-process.ts'
import { Trader } from '../e2e/trader.ts'
import { SeededRandom } from '../simulation/seeded-random.ts'
import type { Failpoint } from './failpoints.ts'
import { ServerProcess } from './server-process.ts'

/** Where the server kills itself, between A's fill and B's order. */
export const KILLS = {
  /** A's fill has arrived, and nothing of it is durable. */
  uncommitted: 'commit_hedge.before',
  /** The fill, the decision and B's claim are durable, and not a byte has left. */
  unsent: 'commit_hedge.after',
  /** B's order was marked as leaving: whoever comes next cannot know that it has not. */
  doubted: 'submit_hedge.before',
} as const satisfies Readonly<Record<string, Failpoint>>

export interface Recovery {
  /** From the start of the next process to B's order at the exchange, ms. */
  readonly ms: number
  /** The venue had to show first that the order of before never arrived. */
  readonly isProven: boolean
}

/** One for each kill. */
export type Recoveries = Readonly<Record<keyof typeof KILLS, readonly Recovery[]>>

const LEG_A = 'leg-a'
const LEG_B = 'leg-b'
const DEPOSIT = '1000000'
const SECRET = 'a-secret-of-the-chaos'
/** Thousandths of a coin. */
const QUANTITY = 40
const LIMIT_MS = 60_000
const POLL_MS = 10
/** Both legs' prices have come by then: else the fill would be durable before there is a hedge. */
const CALM_MS = 500

export interface RecoveryWish {
  /** Empty; what the server keeps goes there. */
  readonly folder: string
  /** Kills of each kind. */
  readonly times: number
  print(line: string): void
}

/** Throws where B was ordered before the kill, more than once, or not at all. */
export async function playRecoveries({ folder, times, print }: RecoveryWish): Promise<Recoveries> {
  const exchange = await ExchangeProcess.start(['--limits', 'off'])
  const desk = new Desk(exchange, folder)
  try {
    await desk.begin()
    const play = async (point: Failpoint): Promise<readonly Recovery[]> => {
      const found: Recovery[] = []
      for (let count = 0; count < times; count += 1) {
        const recovery = await desk.killAndRecover(point)
        found.push(recovery)
        print(`killed at ${point}: B ordered ${Math.round(recovery.ms)} ms after the restart`)
      }
      return found
    }
    return {
      uncommitted: await play(KILLS.uncommitted),
      unsent: await play(KILLS.unsent),
      doubted: await play(KILLS.doubted),
    }
  } finally {
    await desk.end()
    await exchange.stop()
  }
}

/** `lockstep serve` with one pair that mirrors, killed over and over, and somebody who trades on A. */
class Desk {
  readonly #exchange: ExchangeProcess
  readonly #folder: string
  readonly #trader: Trader
  readonly #audit = new Audit()
  #server: ServerProcess | null = null
  #direction = 1

  constructor(exchange: ExchangeProcess, folder: string) {
    this.#exchange = exchange
    this.#folder = folder
    this.#trader = new Trader(credentialOf(LEG_A), exchange.urls.rest, new SeededRandom(1))
  }

  /** The pair has begun: what A holds from here on is to be hedged. */
  async begin(): Promise<void> {
    for (const name of [LEG_A, LEG_B]) await this.#exchange.addKey(name, credentialOf(name), DEPOSIT)
    writeFileSync(join(this.#folder, 'secret'), SECRET)
    writeFileSync(join(this.#folder, 'config.yaml'), configOf(this.#exchange))
    await this.#live(new ServerProcess({ folder: this.#folder }))
    await this.#tradeA()
    await this.#until(() => this.#gap() === 0n, 'B follows')
    await this.end()
  }

  async killAndRecover(point: Failpoint): Promise<Recovery> {
    const trapped = new ServerProcess({ folder: this.#folder, trap: { point, pass: 1, delayMs: 0 } })
    await this.#live(trapped)
    await sleep(CALM_MS)
    const before = await this.#ordersOfB()
    await this.#tradeA()
    await this.#until(() => !trapped.isRunning(), 'the server kills itself')
    if ((await this.#ordersOfB()) !== before) throw new Error(`${point}: B was ordered before the kill`)
    const proofs = this.#proofs()
    const startedAt = Date.now()
    this.#server = new ServerProcess({ folder: this.#folder })
    await this.#until(async () => (await this.#ordersOfB()) > before, 'B is ordered')
    const receivedAt = this.#lastReceivedAt()
    await this.#until(() => this.#gap() === 0n, 'B follows')
    if ((await this.#ordersOfB()) !== before + 1) throw new Error(`${point}: B was ordered more than once`)
    await this.end()
    return { ms: receivedAt - startedAt, isProven: this.#proofs() > proofs }
  }

  async end(): Promise<void> {
    this.#server?.signal('SIGKILL')
    await this.#server?.ended()
    this.#server = null
  }

  #proofs(): number {
    return readFileSync(join(this.#folder, 'server.log'), 'utf8').split('"order_proven_absent"').length
  }

  async #live(server: ServerProcess): Promise<void> {
    this.#server = server
    await this.#until(() => server.liveAccounts === 2, 'both legs are live')
  }

  async #tradeA(): Promise<void> {
    await this.#trader.market(this.#direction * QUANTITY)
    this.#direction *= -1
  }

  async #ordersOfB(): Promise<number> {
    for (const row of await this.#exchange.audit(this.#audit.lastNumber)) this.#audit.add(row)
    return this.#receivedByB().length
  }

  /** The exchange's clock is this machine's, in whole milliseconds. */
  #lastReceivedAt(): number {
    return Math.max(...this.#receivedByB())
  }

  #receivedByB(): readonly number[] {
    const facts = Array.from(this.#audit.orders, ([key, fact]) => (key.startsWith(`${LEG_B}/`) ? fact : null))
    return facts.flatMap(fact => fact?.received.map(({ at }) => at) ?? [])
  }

  #gap(): bigint {
    const held = (name: string) => this.#audit.positions.get(`${name}/BTCUSDT`) ?? 0n
    return held(LEG_A) + held(LEG_B)
  }

  async #until(check: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const until = performance.now() + LIMIT_MS
    for (;;) {
      await this.#ordersOfB()
      if (await check()) return
      if (performance.now() > until)
        throw new Error(`did not happen: ${what}; the server said: ${this.#server?.said()}`)
      await sleep(POLL_MS)
    }
  }
}

function credentialOf(name: string): Credential {
  return { key: `${name}-key`, secret: SECRET }
}

function configOf({ urls }: ExchangeProcess): string {
  const streams = `publicStream: ${urls.publicStream}, privateStream: ${urls.privateStream}, tradeStream: ${urls.tradeStream}`
  const account = (name: string) =>
    `  - { name: ${name}, venue: bybit, key: ${name}-key, secretFile: secret, maximumLeverage: 10, urls: { rest: ${urls.rest}, ${streams} } }`
  const leg = (name: string) => `{ account: ${name}, symbol: BTCUSDT }`
  const lines = [
    'http: { port: none }',
    'exchange: { limits: off }',
    'accounts:',
    ...[LEG_A, LEG_B].map(account),
    'pairs:',
    `  - { name: pair, a: ${leg(LEG_A)}, b: ${leg(LEG_B)}, tolerance: 0.001 }`,
  ]
  return `${lines.join('\n')}\n`
}
