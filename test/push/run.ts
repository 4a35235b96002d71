import { setTimeout as sleep } from 'node:timers/promises'
import { LiveClient } from '../../client/live.ts'
import { accountStream, TRADING_TYPES, type TradingType } from '../../protocol/live.ts'
import type { AccountId } from '../../src/domain/ids.ts'
import { assert, must } from '../../src/domain/result.ts'
import type { HubParts } from '../../src/live/hub.ts'
import { balanceRow, orderRow, pnlRow, positionRow } from '../../src/live/rows.ts'
import { accountIdOf, type ScriptedAccount } from '../../src/live/testing/accounts.ts'
import { LiveServer } from '../../src/live/testing/server.ts'
import { Wire } from '../../src/live/testing/wire.ts'
import { SeededRandom } from '../simulation/seeded-random.ts'
import { PushChecker, textOf } from './checker.ts'
import { LossyHub } from './lossy-hub.ts'
import { liveOn } from './script.ts'

export interface PushOptions {
  readonly clients: number
  readonly disconnects: number
  readonly seed: number
  /** The share of packets that do not arrive though their connection stays. */
  readonly loss: number
}

export interface PushResult extends PushOptions {
  readonly midMessage: number
  readonly changes: number
  readonly compared: number
  readonly lost: number
  readonly gaps: number
  readonly violations: readonly string[]
}

/** Two devices share an account, so that a stream is kept alive by one while the other is away. */
const CLIENTS_PER_ACCOUNT = 2
const TICK_MS = 5
const RETRY_MS = 20
const REST_MS = 30_000

interface Client {
  readonly name: string
  readonly accountId: AccountId
  readonly live: LiveClient
  readonly wire: Wire
  isOnline: boolean
}

/** Accounts that trade, apps that watch them, and connections that break; half of them in the middle of a message. */
export class PushRun {
  readonly #options: PushOptions
  readonly #random: SeededRandom
  readonly #checker = new PushChecker()
  readonly #server: LiveServer
  readonly #hub: LossyHub
  readonly #accounts = new Map<AccountId, ScriptedAccount>()
  readonly #clients: Client[] = []
  #changes = 0
  #gaps = 0

  private constructor(options: PushOptions, server: LiveServer, hub: LossyHub) {
    this.#options = options
    this.#random = new SeededRandom(options.seed)
    this.#server = server
    this.#hub = hub
  }

  static async play(options: PushOptions, print: (line: string) => void): Promise<PushResult> {
    const random = new SeededRandom(options.seed).fork()
    const makeHub = (parts: HubParts) => new LossyHub(parts, { random, chance: options.loss })
    const server = await LiveServer.start({ isSilent: true, makeHub })
    const { hub } = server
    assert(hub instanceof LossyHub, 'the server has the hub that was made for it')
    const run = new PushRun(options, server, hub)
    try {
      for (let number = 0; number < options.clients; number += 1) await run.#addClient(number)
      await run.#breakConnections(print)
      await run.#rest()
      return run.#result()
    } finally {
      for (const { live, wire } of run.#clients) {
        live.close()
        wire.close()
      }
      await run.#server.close()
    }
  }

  async #addClient(number: number): Promise<void> {
    const accountId = accountIdOf(Math.floor(number / CLIENTS_PER_ACCOUNT))
    const user = `user-${Math.floor(number / CLIENTS_PER_ACCOUNT)}`
    if (!this.#accounts.has(accountId)) {
      this.#accounts.set(accountId, this.#server.accounts.add(accountId))
      this.#server.authority.put({ name: user, accounts: new Set([accountId]) })
    }
    const name = `client-${number}`
    const wire = await Wire.start(this.#server.url)
    const live = new LiveClient({
      url: wire.url,
      token: async () => `${user}/${number}`,
      retryMs: RETRY_MS,
      listener: {
        changed: view => this.#checker.seen(name, view),
        gap: () => {
          this.#gaps += 1
        },
        status: status => {
          client.isOnline = status === 'online'
        },
      },
    })
    const client: Client = { name, accountId, live, wire, isOnline: false }
    live.subscribeTrading({ types: [...TRADING_TYPES] })
    this.#clients.push(client)
  }

  async #breakConnections(print: (line: string) => void): Promise<void> {
    const { disconnects } = this.#options
    for (let broken = 0; broken < disconnects; ) {
      this.#liveOn()
      const online = this.#clients.filter(client => client.isOnline)
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

  /** Some accounts trade, and what each of them is by then is written down. */
  #liveOn(): void {
    for (const [accountId, account] of this.#accounts) {
      if (!this.#random.chance(0.5)) continue
      liveOn(account, this.#random)
      this.#changes += 1
      for (const type of TRADING_TYPES) {
        const position = this.#hub.position(accountStream(accountId, type))
        // PnL is conflated: what is told of it is told later.
        if (position === null || type === 'pnl') continue
        this.#checker.record(accountStream(accountId, type), position, truthOf(account, type))
      }
    }
  }

  async #rest(): Promise<void> {
    const deadline = performance.now() + REST_MS
    const waits = () => this.#clients.some(client => !this.#isEven(client))
    while (waits() && performance.now() < deadline) await sleep(TICK_MS)
    for (const { name, accountId, live } of this.#clients)
      for (const type of TRADING_TYPES) {
        const view = live.view(accountStream(accountId, type))
        this.#checker.atRest(`${name} ${type}`, view, truthOf(this.#account(accountId), type))
      }
  }

  #isEven({ accountId, live }: Client): boolean {
    return TRADING_TYPES.every(type => {
      const view = live.view(accountStream(accountId, type))
      const truth = truthOf(this.#account(accountId), type)
      return view !== null && !view.isStale && textOf(view.data) === textOf(truth)
    })
  }

  #account(accountId: AccountId): ScriptedAccount {
    return must(this.#accounts.get(accountId), 'every client has an account')
  }

  #result(): PushResult {
    const midMessage = this.#clients.reduce((sum, { wire }) => sum + wire.brokenMidMessage, 0)
    const { compared, violations } = this.#checker
    const { lost } = this.#hub
    return {
      ...this.#options,
      midMessage,
      changes: this.#changes,
      compared,
      lost,
      gaps: this.#gaps,
      violations,
    }
  }
}

/** As STREAM_DATA has it. */
function truthOf(account: ScriptedAccount, type: TradingType): unknown {
  if (type === 'balance') return [...account.balances.values()].map(balanceRow)
  if (type === 'positions') return [...account.positions.values()].map(positionRow)
  return type === 'orders' ? [...account.orders.values()].map(orderRow) : pnlRow(account.pnl)
}
