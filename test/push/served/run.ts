import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AccountId } from '../../../src/domain/ids.ts'
import { must } from '../../../src/domain/result.ts'
import { within } from '../../chaos/steps.ts'
import { SeededRandom } from '../../simulation/seeded-random.ts'
import { PushChecker } from '../checker.ts'
import type { PushOptions } from '../run.ts'
import { Device } from './device.ts'
import { MarketTrader } from './market-trader.ts'
import { People } from './people.ts'
import { NOTHING_STORED, readStore } from './truth.ts'
import { credentialOf, ServedWorld } from './world.ts'

export type ServedOptions = Omit<PushOptions, 'loss'>

export interface ServedResult extends ServedOptions {
  readonly midMessage: number
  /** Orders that were placed at the venue itself, and how many of them the clients show at the end. */
  readonly venueOrders: number
  readonly venueOrdersShown: number
  readonly copiedOrdersShown: number
  readonly gaps: number
  /** Sessions at the venue that the server has opened: one for each account, however often apps come back. */
  readonly sessions: number
  readonly breakMs: number
  readonly restMs: number
  readonly violations: readonly string[]
}

/** Two devices share an account. Of the accounts one leads, every third follows, and all are traded at the venue. */
const CLIENTS_PER_ACCOUNT = 2
const FOLLOWS_EVERY = 3
/** No device is away for so long: an account keeps the session that it has. */
const LINGER_MS = 60_000
const TICK_MS = 5
const TRADE_EVERY_MS = 25
const ONLINE_LIMIT_MS = 300_000
const COPIED_LIMIT_MS = 30_000
const REST_LIMIT_MS = 180_000
const REST_POLL_MS = 500

/** The same as PushRun, with nothing played: a server process, its store, an exchange process, and people. */
export class ServedRun {
  readonly #options: ServedOptions
  readonly #random: SeededRandom
  readonly #checker = new PushChecker()
  readonly #world: ServedWorld
  readonly #traders = new Map<AccountId, MarketTrader>()
  readonly #devices: Device[] = []
  #isTrading = false

  private constructor(options: ServedOptions, world: ServedWorld) {
    this.#options = options
    this.#random = new SeededRandom(options.seed)
    this.#world = world
  }

  static async play(options: ServedOptions, print: (line: string) => void): Promise<ServedResult> {
    const count = Math.ceil(options.clients / CLIENTS_PER_ACCOUNT)
    const accounts = Array.from({ length: count }, (_, at) => `account-${at}`)
    const followers = accounts.filter((_, at) => at > 0 && at % FOLLOWS_EVERY === 0)
    const world = await ServedWorld.start({ accounts, followers, lingerMs: LINGER_MS })
    const run = new ServedRun(options, world)
    try {
      await run.#open(accounts)
      print(`${run.#devices.length} clients are online`)
      return await run.#play(print)
    } finally {
      for (const device of run.#devices) device.close()
      await world.end()
    }
  }

  async #open(accounts: readonly string[]): Promise<void> {
    const { owner, exchange } = this.#world
    const ids = await this.#world.accountIds()
    for (const name of accounts) {
      const id = must(ids.get(name), 'the configuration has the account')
      this.#traders.set(id, new MarketTrader(credentialOf(name), exchange.urls.rest, this.#random.fork()))
    }
    const people = await People.of(owner, this.#options.clients)
    for (let number = 0; number < this.#options.clients; number += 1) {
      const name = accounts[Math.floor(number / CLIENTS_PER_ACCOUNT)] ?? ''
      const accountId = must(ids.get(name), 'every client has an account')
      const token = (isRefused: boolean) => people.token(number, isRefused)
      const { url } = owner.pass
      const parts = { name: `client-${number}`, url, accountId, checker: this.#checker, token }
      this.#devices.push(await Device.open(parts))
    }
    const { server } = this.#world
    const isReady = () =>
      server.liveAccounts === accounts.length && this.#devices.every(device => device.isOnline)
    if (!(await within(ONLINE_LIMIT_MS, isReady))) throw new Error(`not everybody got in: ${server.said()}`)
  }

  async #play(print: (line: string) => void): Promise<ServedResult> {
    const startedAt = performance.now()
    this.#isTrading = true
    const trading = this.#trade()
    await this.#breakConnections(print)
    // A few connections are broken in less time than a leader may take for a trade that can be copied.
    if (this.#traders.size > FOLLOWS_EVERY) await within(COPIED_LIMIT_MS, () => this.#isCopied())
    this.#isTrading = false
    await trading
    for (const trader of this.#traders.values()) await trader.cancelAll()
    const brokenAt = performance.now()
    print('all is broken and nobody trades any more: now everybody must show what the store holds')
    const violations = [...(await this.#rest())]
    const counts = this.#counts()
    if (counts.sessions !== this.#traders.size)
      violations.push(`${counts.sessions} sessions were opened for ${this.#traders.size} accounts`)
    return {
      ...this.#options,
      ...counts,
      breakMs: Math.round(brokenAt - startedAt),
      restMs: Math.round(performance.now() - brokenAt),
      violations: [...this.#checker.violations, ...violations],
    }
  }

  #isCopied(): boolean {
    return this.#devices.some(({ orders }) => orders.some(({ origin }) => origin === 'lockstep'))
  }

  async #trade(): Promise<void> {
    const traders = [...this.#traders.values()]
    while (this.#isTrading) {
      await traders[this.#random.integer(0, traders.length - 1)]?.trade()
      await sleep(TRADE_EVERY_MS)
    }
  }

  async #breakConnections(print: (line: string) => void): Promise<void> {
    const { disconnects } = this.#options
    for (let broken = 0; broken < disconnects; ) {
      const online = this.#devices.filter(device => device.isOnline)
      const unlucky = online[this.#random.integer(0, Math.max(0, online.length - 1))]
      if (unlucky !== undefined) {
        unlucky.isOnline = false
        if (broken % 2 === 0) unlucky.wire.cut()
        else unlucky.wire.cutMidMessage()
        broken += 1
        if (broken % 1_000 === 0) print(`${broken} of ${disconnects} connections broken`)
      }
      await sleep(TICK_MS)
    }
  }

  /** @returns what still is not as it must be when patience has ended */
  async #rest(): Promise<readonly string[]> {
    const until = performance.now() + REST_LIMIT_MS
    for (;;) {
      const problems = await this.#problems()
      if (problems.length === 0 || performance.now() > until) return problems
      await sleep(REST_POLL_MS)
    }
  }

  async #problems(): Promise<readonly string[]> {
    const stored = readStore(this.#world.storePath, Date.now())
    if (stored === null) return ['the store has not come to rest']
    const problems: string[] = []
    for (const [accountId, trader] of this.#traders) {
      const balances = await trader.balances()
      const truth = stored.get(accountId) ?? NOTHING_STORED
      for (const device of this.#devices) {
        const problem = device.accountId === accountId ? device.problem(truth, balances) : null
        if (problem !== null) problems.push(`${device.name} ${problem}`)
      }
    }
    return problems
  }

  #counts() {
    const shown = new Map(
      this.#devices.flatMap(({ accountId, orders }) =>
        orders.map(order => [`${accountId} ${order.id}`, order.origin] as const),
      ),
    )
    const count = (origin: string) => [...shown.values()].filter(each => each === origin).length
    const log = readFileSync(this.#world.logPath, 'utf8')
    return {
      midMessage: this.#devices.reduce((sum, { wire }) => sum + wire.brokenMidMessage, 0),
      venueOrders: [...this.#traders.values()].reduce((sum, { taken }) => sum + taken, 0),
      venueOrdersShown: count('venue'),
      copiedOrdersShown: count('lockstep'),
      gaps: this.#devices.reduce((sum, { gaps }) => sum + gaps, 0),
      sessions: log.split('"event":"session_created"').length - 1,
    }
  }
}
