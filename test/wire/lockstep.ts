import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { ExchangePast } from '../../exchange/server/run.ts'
import type { Credential } from '../../src/domain/account.ts'
import { must } from '../../src/domain/result.ts'
import { NO_LIMITS } from '../../src/domain/strategy.ts'
import type { Setup } from '../../src/engine/setup.ts'
import { type FrontSettings, MASTER_KEYS } from '../../src/front/front.ts'
import { type Server, startServer } from '../../src/main.ts'
import type { PastSettings } from '../../src/past.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Log, LogFields } from '../../src/ports/observe.ts'
import type { LighterSettings } from '../../src/spoken-venues.ts'
import type { BybitUrls } from '../../src/venues/bybit/urls.ts'

/** The one foreign page that may ask. */
export const ORIGIN = 'https://desk.example.org'
/** A test asks as fast as a thousand people: how often one may is tried where nothing is left out. */
const PLENTY = { perAddress: 1e6, perActor: 1e6, perSource: 1e6, failuresPerAddress: 1e6 }
const WAIT_MS = 20_000
const POLL_MS = 10

export interface Asked {
  readonly method?: string
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  /** As JSON; a string is sent as it is. */
  readonly body?: unknown
}

export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

interface LogLine {
  readonly level: keyof Log
  readonly event: string
  readonly fields: LogFields
}

/** The machine's time, and as much later as a test says. */
class LaterClock implements Clock {
  laterMs = 0

  now(): number {
    return Date.now() + this.laterMs
  }

  monotonic(): number {
    return performance.now() + this.laterMs
  }

  after(delayMs: number, task: () => void): () => void {
    const timer = setTimeout(task, Math.max(0, delayMs))
    return () => clearTimeout(timer)
  }
}

interface StartOptions {
  /** As many requests a second as anybody else may ask; a test may ask more otherwise. */
  readonly usualLimits?: boolean
  /** Where it stands. */
  readonly front?: Pick<FrontSettings, 'https' | 'trustedProxies'>
  /** Null: what venues remember is not read. */
  readonly history?: PastSettings | null
  /** What happened at the exchange before. */
  readonly past?: ExchangePast
  /** What trades from the start on, at an exchange that outlives the server; left out: nothing, at one of its own. */
  readonly trading?: Trading
}

/** All by account name. */
export interface Trading {
  readonly setup: Setup
  readonly credentials: ReadonlyMap<string, Credential>
  /** Where accounts of Bybit trade. */
  readonly bybit?: ReadonlyMap<string, BybitUrls>
  /** Where accounts of Lighter trade. */
  readonly lighter?: LighterSettings['paperUrls']
}

const NO_SETUP: Setup = { accounts: [], sources: [], strategies: [], links: [], pairs: [] }

/** A whole server with an exchange of its own, asked over the network and nothing else. */
export class Lockstep {
  readonly clock = new LaterClock()
  readonly lines: LogLine[] = []
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 })
  readonly #folder = mkdtempSync(join(tmpdir(), 'lockstep-wire-'))
  readonly #options: StartOptions
  #server: Server | null = null

  private constructor(options: StartOptions) {
    this.#options = options
  }

  static async start(options: StartOptions = {}): Promise<Lockstep> {
    const lockstep = new Lockstep(options)
    await lockstep.#begin()
    return lockstep
  }

  /** Ends it in order, and begins it again with what it has stored. */
  async restart(): Promise<void> {
    await this.server.stop()
    await this.#begin()
  }

  async #begin(): Promise<void> {
    const { usualLimits = false, history = null, past, trading } = this.#options
    const masterKeyPath = join(this.#folder, MASTER_KEYS)
    const limits = usualLimits ? {} : { limits: PLENTY }
    const front = { host: '127.0.0.1', port: 0, origins: [ORIGIN], metricsPort: null, version: '0.0.0' }
    const started = await startServer({
      dataFolder: this.#folder,
      setup: trading?.setup ?? NO_SETUP,
      credentials: trading?.credentials ?? new Map(),
      paperUrls: trading?.bybit ?? new Map(),
      lighter: { tier: 'premium', paperUrls: trading?.lighter ?? new Map() },
      paperLimits: 'off',
      engine: { systemLimits: NO_LIMITS },
      exchange: trading === undefined ? { limits: 'off', ...(past !== undefined && { past }) } : null,
      log: this.#log(),
      onFatal: message => this.#log().error('fatal', { message }),
      front: { ...front, ...this.#options.front, masterKeyPath, ...limits },
      history,
      clock: this.clock,
    })
    if (!started.ok) throw new Error(started.error.join(' '))
    this.#server = started.value
  }

  get server(): Server {
    return must(this.#server, 'the server has been started')
  }

  get url(): string {
    return must(this.server.front, 'the server has a front').url
  }

  /** A path that begins with `/` is sent as it is; any other one is of the API. */
  ask(path: string, { method, token, headers = {}, body }: Asked = {}): Promise<Answered> {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    const url = new URL(this.url)
    const sent = request({
      agent: this.#agent,
      host: url.hostname,
      port: url.port,
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      path: path.startsWith('/') ? path : `/api/v1/${path}`,
      headers: {
        ...(text !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
    })
    return new Promise((resolve, reject) => {
      sent.once('error', reject)
      sent.once('response', response => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.once('error', reject)
        response.once('end', () => {
          const answer = Buffer.concat(parts).toString()
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: answer })
        })
      })
      sent.end(text)
    })
  }

  /** What has to be done here. */
  async done<T>(schema: z.ZodType<T>, path: string, asked: Asked = {}): Promise<T> {
    const { status, body } = await this.ask(path, asked)
    if (status >= 300) throw new Error(`${asked.method ?? ''} ${path}: ${status} ${body}`)
    return schema.parse(body === '' ? undefined : JSON.parse(body))
  }

  /** Lines that somebody would be woken by. */
  errors(): readonly string[] {
    return this.lines.filter(({ level }) => level === 'error').map(line => JSON.stringify(line))
  }

  async stop(): Promise<void> {
    this.#agent.destroy()
    await this.#server?.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #log(): Log {
    const at =
      (level: keyof Log) =>
      (event: string, fields: LogFields = {}): void => {
        this.lines.push({ level, event, fields })
      }
    return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  }
}

const problemBody = z.object({ code: z.string() })

/** `200` or `401 token_expired`. */
export function said({ status, body }: Answered): string {
  const parsed = problemBody.safeParse(body === '' ? {} : JSON.parse(body))
  return status < 400 || !parsed.success ? `${status}` : `${status} ${parsed.data.code}`
}

/** For what the server does by itself, and nothing tells of. */
export async function eventually(check: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const until = performance.now() + WAIT_MS
  while (!(await check())) {
    if (performance.now() > until) throw new Error(`did not happen: ${what}`)
    await new Promise(resolve => setTimeout(resolve, POLL_MS))
  }
}
