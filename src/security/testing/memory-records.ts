import type { AuditEntry } from '../../domain/audit.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Directory, Records, RecordWrite } from '../../ports/records.ts'
import type { StoreError } from '../../ports/store.ts'

/** People's rows in memory, with a disk that fails when a test says so. */
export class MemoryRecords implements Pick<Records, 'directory' | 'auditAfter'> {
  audit: AuditEntry[] = []
  /** Every unit that became durable. */
  readonly units: (readonly RecordWrite[])[] = []
  /** How the next commit fails. */
  failing: 'conflict' | 'unavailable' | 'unavailable though durable' | null = null
  /** From this commit on the disk is gone: what a kill leaves. */
  commitsLeft = Number.POSITIVE_INFINITY
  /** Awaited by every commit, for tests that look while one is under way. */
  gate: Promise<void> = Promise.resolve()
  readonly #rows = new Map<string, RecordWrite>()

  readonly commit = async (unit: readonly RecordWrite[]): Promise<Result<void, StoreError>> => {
    await this.gate
    const failing = this.failing
    this.failing = null
    if (failing === 'conflict') return err({ kind: 'conflict', message: '/data/lockstep.db: conflict' })
    this.commitsLeft -= 1
    if (failing === 'unavailable' || this.commitsLeft < 0) return err(UNAVAILABLE)
    for (const write of unit)
      if (this.#conflicts(write)) return err({ kind: 'conflict', message: write.kind })
    for (const write of unit) this.#apply(write)
    this.units.push(unit)
    return failing === null ? ok() : err(UNAVAILABLE)
  }

  async directory(): Promise<Directory> {
    const rows = [...this.#rows.values()]
    return {
      users: rows.flatMap(each => (each.kind === 'user' ? each.row : [])),
      logins: rows.flatMap(each => (each.kind === 'login' ? each.row : [])),
      apiTokens: rows.flatMap(each => (each.kind === 'api_token' ? each.row : [])),
      profiles: rows.flatMap(each => (each.kind === 'account_profile' ? each.row : [])),
      secrets: rows.flatMap(each => (each.kind === 'secret' ? each.row : [])),
      settings: new Map(
        rows.flatMap(each => (each.kind === 'setting' ? [[each.row.name, each.row.value]] : [])),
      ),
      lastAudit: this.audit.at(-1) ?? null,
    }
  }

  async auditAfter(sequence: number, limit: number): Promise<readonly AuditEntry[]> {
    return this.audit.filter(entry => entry.sequence > sequence).slice(0, limit)
  }

  /** As another hand would, past every check. */
  tamper(write: RecordWrite): void {
    this.#apply(write)
  }

  /** As another hand would. */
  forgetSetting(name: string): void {
    for (const [key, { kind, row }] of this.#rows)
      if (kind === 'setting' && row.name === name) this.#rows.delete(key)
  }

  /** Everything that a dump of the database would show. */
  dump(): string {
    return JSON.stringify([[...this.#rows.values()], this.audit, this.units])
  }

  #conflicts(write: RecordWrite): boolean {
    if (write.kind === 'audit') return this.audit.some(entry => entry.sequence === write.row.sequence)
    if (write.kind !== 'user') return false
    const others = [...this.#rows.values()].flatMap(each => (each.kind === 'user' ? each.row : []))
    return others.some(user => user.email === write.row.email && user.id !== write.row.id)
  }

  #apply(write: RecordWrite): void {
    switch (write.kind) {
      case 'audit':
        this.audit.push(write.row)
        break
      case 'login_end':
        this.#rows.delete(`login/${write.row.id}`)
        break
      case 'api_token_end':
        this.#rows.delete(`api_token/${write.row.id}`)
        break
      case 'secret_end':
        this.#rows.delete(`secret/${write.row.owner}/${write.row.field}`)
        break
      default:
        this.#rows.set(keyOf(write), write)
    }
  }
}

const UNAVAILABLE: StoreError = { kind: 'unavailable', message: '/data/lockstep.db: the disk is full' }

function keyOf(write: RecordWrite): string {
  switch (write.kind) {
    case 'user':
    case 'login':
    case 'api_token':
      return `${write.kind}/${write.row.id}`
    case 'account_profile':
      return `account_profile/${write.row.accountId}`
    case 'secret':
      return `secret/${write.row.owner}/${write.row.field}`
    case 'setting':
      return `setting/${write.row.name}`
    default:
      throw new Error(`${write.kind} is not of these tests`)
  }
}
