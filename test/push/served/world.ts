import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { Credential } from '../../../src/domain/account.ts'
import type { AccountId } from '../../../src/domain/ids.ts'
import { ServerProcess } from '../../chaos/server-process.ts'
import { ExchangeProcess } from '../../e2e/exchange-process.ts'
import { Owner } from '../../e2e/owner.ts'

const SECRET = 'a-paper-secret'
const DEPOSIT = '200000'

const FIRST_ACCOUNTS = '/accounts?limit=200'
const accountList = z.object({
  rows: z.array(z.object({ id: z.string(), name: z.string() })),
  next: z.string().nullable(),
})

export interface WorldOptions {
  readonly accounts: readonly string[]
  /** Follow the first account; the others are only watched. */
  readonly followers: readonly string[]
  /** How long a session outlives whoever looked. */
  readonly lingerMs: number
}

/** The server as it is run, on an exchange as it is run: each a process, spoken with over sockets. */
export class ServedWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'lockstep-served-'))
  readonly exchange: ExchangeProcess
  readonly server: ServerProcess
  #owner: Owner | null = null

  private constructor(exchange: ExchangeProcess, { accounts, followers, lingerMs }: WorldOptions) {
    this.exchange = exchange
    const { rest, publicStream, privateStream, tradeStream } = exchange.urls
    const urls = { rest, publicStream, privateStream, tradeStream }
    const config = {
      http: { port: 0 },
      exchange: { limits: 'off' },
      sessions: { lingerMs },
      accounts: accounts.map(name => ({ name, venue: 'bybit', ...keyOf(name), urls })),
      sources: followers.length > 0 ? [{ name: 'desk', account: accounts[0] }] : [],
      strategies: followers.length > 0 ? [{ name: 'copy', source: 'desk', sizing: RATIO }] : [],
      links: followers.map(account => ({ strategy: 'copy', account })),
    }
    writeFileSync(join(this.folder, 'secret'), SECRET)
    // JSON is YAML.
    writeFileSync(join(this.folder, 'config.yaml'), JSON.stringify(config))
    this.server = new ServerProcess({ folder: this.folder })
  }

  static async start(options: WorldOptions): Promise<ServedWorld> {
    const exchange = await ExchangeProcess.start(['--limits', 'off'])
    for (const name of options.accounts) await exchange.addKey(name, credentialOf(name), DEPOSIT)
    const world = new ServedWorld(exchange, options)
    try {
      world.#owner = await Owner.of(join(world.folder, 'data'))
      return world
    } catch (error) {
      await world.end()
      throw error
    }
  }

  get owner(): Owner {
    if (this.#owner === null) throw new Error('the server does not answer yet')
    return this.#owner
  }

  get storePath(): string {
    return join(this.folder, 'data', 'lockstep.db')
  }

  get logPath(): string {
    return join(this.folder, 'server.log')
  }

  async accountIds(): Promise<ReadonlyMap<string, AccountId>> {
    const ids = new Map<string, AccountId>()
    let path = FIRST_ACCOUNTS
    for (;;) {
      const { rows, next } = accountList.parse(await this.owner.get(path))
      // The server made them.
      for (const { id, name } of rows) ids.set(name, id as AccountId)
      if (next === null) return ids
      path = `${FIRST_ACCOUNTS}&cursor=${next}`
    }
  }

  async end(): Promise<void> {
    this.server.signal('SIGKILL')
    await this.server.ended()
    await this.exchange.stop()
    rmSync(this.folder, { recursive: true })
  }
}

const RATIO = { kind: 'ratio', ratio: '0.5' }

export function credentialOf(name: string): Credential {
  return { key: `${name}-key`, secret: SECRET }
}

function keyOf(name: string) {
  return { key: credentialOf(name).key, secretFile: 'secret' }
}
