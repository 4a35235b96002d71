import { err, ok, type Result } from '../domain/result.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/observe.ts'
import type { Directory, Records, RecordWrite } from '../ports/records.ts'
import type { StoreError } from '../ports/store.ts'
import {
  type Act,
  type ChainHead,
  EMPTY_CHAIN,
  HEAD_SETTING,
  nextEntry,
  openHead,
  sealHead,
} from './audit-entry.ts'
import { type AuditVerdict, ChainWalk, CONTINUED } from './audit-verify.ts'
import type { MasterKeys } from './master-keys.ts'

/** Acts that wait for those before them. A store this far behind does not come back by waiting. */
export const MAXIMUM_WAITING_ACTS = 1_000

const BUSY: StoreError = {
  kind: 'unavailable',
  message: `${MAXIMUM_WAITING_ACTS} acts wait for the database. Try again later.`,
}

/** Why a commit failed: of `unavailable` it is not certain that nothing became durable. */
export interface CommitFailure {
  readonly kind: string
}

/** Makes the rows durable together with what the act changed, as one unit. */
export type CommitWith<T, F extends CommitFailure> = (rows: readonly RecordWrite[]) => Promise<Result<T, F>>

/** What is to be done, decided when its turn has come. */
export interface Step<T, F extends CommitFailure> {
  /** Null: too small to be told of; it only takes its turn. */
  readonly act: Act | null
  readonly commit: CommitWith<T, F>
}

export interface AuditPorts {
  readonly records: Pick<Records, 'directory' | 'auditAfter'>
  readonly clock: Clock
  readonly log: Log
  readonly keys: MasterKeys
}

/**
 * The audit chain's end. Acts take turns: the next one is not decided before the former is durable or refused, so
 * that a refused one leaves no gap, and nobody decides by what is just being changed.
 */
export class AuditChain {
  readonly #ports: AuditPorts
  /** What is to be built anew when it is not certain what became durable. */
  readonly #onReload: (directory: Directory) => void
  #head: ChainHead
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #isUncertain = false

  constructor(ports: AuditPorts, head: ChainHead, onReload: (directory: Directory) => void) {
    this.#ports = ports
    this.#head = head
    this.#onReload = onReload
  }

  /**
   * For those who commit on their own: the rows belong into the unit that does what the act says. The next act waits
   * for it, so it must not wait for another act itself.
   */
  async append<T, F extends CommitFailure>(
    act: Act,
    commit: CommitWith<T, F>,
  ): Promise<Result<T, F | StoreError>> {
    return this.run<T, F, never>(() => ok({ act, commit }))
  }

  /**
   * @param decide called in its turn; its refusal is answered, and nothing is written
   * @returns `unavailable` too when too many wait
   */
  async run<T, F extends CommitFailure, E>(
    decide: () => Result<Step<T, F>, E>,
  ): Promise<Result<T, E | F | StoreError>> {
    if (this.#waiting >= MAXIMUM_WAITING_ACTS) return err(BUSY)
    return this.#inTurn(async () => {
      const certain = this.#isUncertain ? await this.#reload() : ok()
      if (!certain.ok) return certain
      const step = decide()
      return step.ok ? this.#commit(step.value) : step
    })
  }

  /** Reads the whole chain. Acts wait only for the last part of it. */
  async verify(): Promise<AuditVerdict> {
    const walk = new ChainWalk((sequence, limit) => this.#ports.records.auditAfter(sequence, limit))
    await walk.walk()
    return this.#inTurn(async () => {
      await walk.walk()
      return walk.verdict(this.#head)
    })
  }

  async #inTurn<T>(task: () => Promise<T>): Promise<T> {
    this.#waiting += 1
    const turn = this.#last.then(task)
    this.#last = turn.catch(() => {})
    try {
      return await turn
    } finally {
      this.#waiting -= 1
    }
  }

  async #commit<T, F extends CommitFailure>({ act, commit }: Step<T, F>): Promise<Result<T, F>> {
    if (act === null) return this.#noteDoubt(await commit([]))
    const entry = nextEntry(act, this.#head, this.#ports.clock.now())
    const value = sealHead(entry, this.#ports.keys)
    const committed = this.#noteDoubt(
      await commit([
        { kind: 'audit', row: entry },
        { kind: 'setting', row: { name: HEAD_SETTING, value } },
      ]),
    )
    if (committed.ok) this.#head = { sequence: entry.sequence, hash: entry.hash }
    return committed
  }

  #noteDoubt<T, F extends CommitFailure>(committed: Result<T, F>): Result<T, F> {
    if (!committed.ok && committed.error.kind === 'unavailable') this.#isUncertain = true
    return committed
  }

  /** The unit that failed may be durable all the same: what is, the store says. */
  async #reload(): Promise<Result<void, StoreError>> {
    try {
      const directory = await this.#ports.records.directory()
      const { lastAudit } = directory
      this.#head = lastAudit === null ? EMPTY_CHAIN : { sequence: lastAudit.sequence, hash: lastAudit.hash }
      this.#onReload(directory)
      this.#isUncertain = false
      return ok()
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return err({ kind: 'unavailable', message: `The database cannot be read: ${reason}` })
    }
  }
}

/**
 * Finds the chain as the server left it. Where its end is another one, it goes on behind both and says so in a row
 * of its own: what was done to it stays to be seen by verify().
 */
export async function openAuditChain(options: {
  readonly ports: AuditPorts
  readonly directory: Directory
  readonly commit: CommitWith<void, StoreError>
  readonly onReload: (directory: Directory) => void
}): Promise<Result<AuditChain, StoreError>> {
  const { ports, directory, commit, onReload } = options
  const last = directory.lastAudit ?? EMPTY_CHAIN
  const known = storedHead(directory, ports.keys)
  if (known !== 'forged' && known.sequence === last.sequence && known.hash === last.hash)
    return ok(new AuditChain(ports, known, onReload))
  const expectedSequence = known === 'forged' ? null : known.sequence
  const detail = { expectedSequence, foundSequence: last.sequence }
  ports.log.error('audit_chain_changed', detail)
  const head = { sequence: Math.max(last.sequence, expectedSequence ?? 0), hash: last.hash }
  const chain = new AuditChain(ports, head, onReload)
  const said = await chain.append({ actor: 'system', action: CONTINUED, subject: null, detail }, commit)
  return said.ok ? ok(chain) : said
}

/** Verifies what is stored while no server runs. It changes nothing. */
export async function verifyStoredAudit(
  records: AuditPorts['records'],
  keys: MasterKeys,
): Promise<AuditVerdict> {
  const walk = new ChainWalk((sequence, limit) => records.auditAfter(sequence, limit))
  const directory = await records.directory()
  await walk.walk()
  return walk.verdict(storedHead(directory, keys))
}

/** Whether anything was ever done here: then there is a head. Nobody and no secret comes without an act. */
export function isBegun({ users, secrets, settings, lastAudit }: Directory): boolean {
  return users.length > 0 || secrets.length > 0 || lastAudit !== null || settings.has(HEAD_SETTING)
}

function storedHead(directory: Directory, keys: MasterKeys): ChainHead | 'forged' {
  if (!isBegun(directory)) return EMPTY_CHAIN
  return openHead(directory.settings.get(HEAD_SETTING) ?? '', keys)
}
