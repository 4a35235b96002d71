import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { Credential } from '../../src/domain/account.ts'
import type { BybitUrls } from '../../src/venues/bybit/urls.ts'
import { type AuditRow, auditRow } from './audit.ts'

const COMMAND = fileURLToPath(new URL('../../bin/lockstep', import.meta.url))
const LISTENS = /^exchange: REST and \/admin (\S+), private (\S+), trade (\S+), public (\S+)$/
const START_LIMIT_MS = 30_000
const STOP_LIMIT_MS = 10_000
const ANSWER_LIMIT_MS = 30_000
const AUDIT_PAGE = 10_000

const credentialShape = z.object({ key: z.string(), secret: z.string() })
const pathShape = z.object({ at: z.number(), speed: z.number(), wall: z.number() })
const auditShape = z.object({ entries: z.array(auditRow), next: z.number() })

/** The exchange's own time, ms, with the wall time that it was read at. */
export type WorldTime = z.output<typeof pathShape>

/** `lockstep exchange` in a process of its own, and its admin side. */
export class ExchangeProcess {
  readonly urls: BybitUrls & { readonly tradeStream: string }
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, urls: ExchangeProcess['urls']) {
    this.#child = child
    this.urls = urls
  }

  /** Resolves when it listens; throws with what it said when it does not. */
  static async start(args: readonly string[]): Promise<ExchangeProcess> {
    const child = spawn(process.execPath, [COMMAND, 'exchange', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    // A run that breaks down must not leave an exchange behind.
    const end = (): boolean => child.kill('SIGKILL')
    process.once('exit', end)
    child.once('exit', () => process.off('exit', end))
    const complaints: string[] = []
    child.stderr.on('data', chunk => complaints.push(String(chunk)))
    const lines = createInterface({ input: child.stdout })
    const late = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MS)
    for await (const line of lines) {
      const [, rest, privateStream, tradeStream, publicStream] = LISTENS.exec(line) ?? []
      if (!rest || !privateStream || !tradeStream || !publicStream) continue
      clearTimeout(late)
      child.stdout.resume()
      return new ExchangeProcess(child, { rest, privateStream, tradeStream, publicStream })
    }
    clearTimeout(late)
    throw new Error(`The exchange did not start. It said: ${complaints.join('') || 'nothing'}`)
  }

  /** @param deposit decimal text, quote */
  async addAccount(account: string, deposit: string): Promise<Credential> {
    return credentialShape.parse(await this.#ask('/admin/accounts', { account, deposit }))
  }

  /** A key of the caller's choice. @param deposit left out for an account that a journal remembers */
  async addKey(account: string, credential: Credential, deposit?: string): Promise<void> {
    await this.#ask('/admin/accounts', { account, ...credential, deposit })
  }

  async setFault(fault: Readonly<Record<string, string | number>>): Promise<void> {
    await this.#ask('/admin/faults', fault)
  }

  async clearFaults(): Promise<void> {
    await fetch(`${this.urls.rest}/admin/faults`, { method: 'DELETE' })
  }

  /** Without a farewell: what it was told stays in its journal. */
  async kill(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }

  async time(): Promise<WorldTime> {
    return pathShape.parse(await this.#ask('/admin/path'))
  }

  /** Every entry numbered above `after`, oldest first. */
  async audit(after: number): Promise<readonly AuditRow[]> {
    const rows: AuditRow[] = []
    for (;;) {
      const last = rows.at(-1)?.number ?? after
      const page = auditShape.parse(await this.#ask(`/admin/audit?after=${last}&limit=${AUDIT_PAGE}`))
      rows.push(...page.entries)
      if (page.entries.length < AUDIT_PAGE) return rows
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    const late = setTimeout(() => this.#child.kill('SIGKILL'), STOP_LIMIT_MS)
    await ended
    clearTimeout(late)
  }

  async #ask(path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.urls.rest}${path}`, {
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      ...(body !== undefined && {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    })
    const answer: unknown = await response.json()
    if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`)
    return answer
  }
}
