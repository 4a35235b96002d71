import type { Exchange } from '../../../exchange/core/types.ts'
import { HISTORY_KINDS } from '../../../src/domain/history.ts'
import type { AccountId } from '../../../src/domain/ids.ts'
import type { CycleReport } from '../../../src/history/outcome.ts'
import type { HistoryUnit } from '../../../src/ports/history-store.ts'
import { MemoryHistory } from '../../../src/store/history/memory.ts'
import { checkPast, type KeptPast, type PastRow, uncovered, type VenueRow } from '../checkers/past.ts'
import { closingHad, executionHad, keptRows, orderHad, venuePast, walletHad } from '../checkers/past-rows.ts'
import type { Judge } from '../judge.ts'
import { SeededRandom } from '../seeded-random.ts'
import type { Trace } from '../trace.ts'
import type { VenueHost } from '../venue-host.ts'
import type { VirtualClock } from '../virtual-clock.ts'
import type { PastConfiguration } from './past-configuration.ts'
import type { PastOfProcess, PastWorld } from './past-of-process.ts'
import { PastShelf } from './past-shelf.ts'

/** What of a simulation is looked at. */
export interface PastScene {
  readonly exchange: Exchange
  readonly clock: VirtualClock
  readonly host: VenueHost
  readonly trace: Trace
  readonly judge: Pick<Judge, 'violate'>
}

/** A look at everything costs more the longer a run gets: not after every death. */
const LOOK_EVERY_MS = 30_000
const ROUNDS = 40
const ROUND_MS = 4_000
const PATIENCE_MS = 120_000
const ALWAYS = { from: 0, to: Number.MAX_SAFE_INTEGER }

/** What is kept of the venue's past in a run, and the one who holds it against the exchange (I16). */
export class PastWatch {
  readonly world: PastWorld
  readonly #configuration: PastConfiguration
  readonly #scene: PastScene
  readonly #store: MemoryHistory
  readonly #accountIds = new Map<string, AccountId>()
  /** The venue's clock, ms: nothing happened before. */
  readonly #startAt: number
  #lookedAt = 0

  constructor(configuration: PastConfiguration, seed: number, scene: PastScene) {
    this.#configuration = configuration
    this.#scene = scene
    this.#startAt = scene.host.now()
    this.#store = new MemoryHistory(scene.clock)
    // Its own: what is read shifts nothing that trading draws.
    const random = new SeededRandom(-seed)
    this.world = {
      shelf: new PastShelf(configuration, random.fork()),
      store: this.#store,
      random: random.fork(),
      known: ({ id, name }) => this.#accountIds.set(name, id),
      written: unit => this.#note(unit),
    }
  }

  /** A process is gone, and none reads yet: what it has left must be sound. */
  async died(): Promise<void> {
    const now = this.#scene.clock.monotonic()
    if (now - this.#lookedAt < LOOK_EVERY_MS) return
    this.#lookedAt = now
    await this.#look(false)
  }

  /** Nobody trades and nothing goes wrong any more. @param run lets so much time pass, ms */
  async atRest(past: PastOfProcess | null, run: (ms: number) => Promise<void>): Promise<void> {
    if (past === null) return this.#violate('no process reads the past at rest')
    this.world.shelf.isQuiet = true
    past.renew()
    const restedAt = this.#scene.host.now()
    for (let round = 1; round <= ROUNDS; round += 1) {
      const isMore = await this.#round(past, run)
      if (!isMore && (await meanwhile(this.#holes(restedAt), run)).length === 0) break
    }
    for (const hole of await meanwhile(this.#holes(restedAt), run)) this.#violate(hole)
    await meanwhile(this.#look(true), run)
  }

  /** @returns whether anything was new, or was not answered */
  async #round({ history }: PastOfProcess, run: (ms: number) => Promise<void>): Promise<boolean> {
    const ids = [...this.#accountIds.values()]
    const done: boolean[] = []
    void Promise.all(ids.map(id => history.sync(id, null))).then(reports => {
      done.push(reports.some(isUnquiet))
    })
    for (let waitedMs = 0; done.length === 0 && waitedMs < PATIENCE_MS; waitedMs += ROUND_MS)
      await run(ROUND_MS)
    return done[0] ?? true
  }

  /** Where somebody who needs everything that happened looks in vain, in words. */
  async #holes(restedAt: number): Promise<readonly string[]> {
    const whole = { from: this.#startAt, to: restedAt }
    const holes: string[] = []
    for (const account of this.#configuration.accounts) {
      const coverage = await this.#coverage(account)
      for (const kind of HISTORY_KINDS) {
        const [hole] = uncovered(coverage.get(kind), whole)
        if (hole !== undefined)
          holes.push(`${account}: ${kind} is missing from ${hole.from} to ${hole.to} at rest`)
      }
    }
    return holes
  }

  async #look(atRest: boolean): Promise<void> {
    const { accounts } = this.#configuration
    // First: what happens at the venue while the store is read was not there to be read.
    const venue = new Map(accounts.map(account => [account, this.#venueRows(account)]))
    for (const [account, rows] of venue) {
      const problems = checkPast({ venue: rows, kept: await this.#kept(account), atRest })
      for (const problem of problems) this.#violate(`${account}: ${problem}`)
    }
  }

  async #kept(account: string): Promise<KeptPast> {
    const coverage = await this.#coverage(account)
    const accountId = this.#accountIds.get(account)
    const rows: PastRow[] = []
    if (accountId === undefined) return { rows, coverage }
    for (const kind of HISTORY_KINDS) {
      const found = await this.#store.rows({ accountId, kind, window: ALWAYS }, Number.MAX_SAFE_INTEGER)
      for (const row of keptRows(found)) rows.push(row)
    }
    return { rows, coverage }
  }

  async #coverage(account: string): Promise<KeptPast['coverage']> {
    const accountId = this.#accountIds.get(account)
    const own = (await this.#store.coverage()).filter(each => each.accountId === accountId)
    return new Map(own.map(({ kind, intervals }) => [kind, intervals]))
  }

  /** An order that rests is shown in a list of its own, at once. */
  #venueRows(account: string): readonly VenueRow[] {
    const { closings, orders, executions, wallet } = venuePast(this.#scene.exchange, account)
    const told = (row: PastRow, id: string, changedAt: number): VenueRow => ({
      ...row,
      isShown: this.#mustBeSeen(id, changedAt),
    })
    return [
      ...closings.map(row => told(closingHad(row), `${row.orderId}.${row.number}`, row.updatedAt)),
      ...orders.map(row => told(orderHad(row), row.orderId, row.updatedAt)),
      ...executions.map(row => told(executionHad(row), row.tradeId, row.at)),
      ...wallet.map(row => told(walletHad(row), row.id, row.at)),
    ]
  }

  #mustBeSeen(id: string, changedAt: number): boolean {
    const { shelf } = this.world
    const isShown = shelf.isShown(id, changedAt, this.#scene.host.now())
    return isShown && (shelf.isQuiet || !shelf.isOverdue(id))
  }

  #violate(text: string): void {
    this.#scene.judge.violate('I16', text)
  }

  #note({ accountId, found, coverage }: HistoryUnit): void {
    const rows = found === null ? '' : `${found.kind} ${found.rows.length}`
    const spans = coverage?.intervals.map(({ from, to }) => `${from}-${to}`).join(' ') ?? ''
    this.#scene.trace.note(`past ${accountId} ${rows} ${coverage?.kind ?? ''} ${spans}`)
  }
}

function isUnquiet(report: CycleReport | null): boolean {
  return report === null || report.added + report.updated + report.failures.length > 0
}

/** What is read of the store comes by its clock, which only moves when it is told to. */
async function meanwhile<T>(read: Promise<T>, run: (ms: number) => Promise<void>): Promise<T> {
  await run(0)
  return read
}
