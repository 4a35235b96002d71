import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { amountOf } from '../simulation/checkers/amounts.ts'
import { SeededRandom } from '../simulation/seeded-random.ts'
import { followersOf, LEADER, writeConfig } from './cast.ts'
import { type Judgement, judge, kindOf } from './judge.ts'
import { Leader, Leaders } from './leader.ts'
import { type ChaosPair, legsOf, PAIRS } from './pairs.ts'
import { judgePast } from './past.ts'
import type { Batch, WorldPlan } from './plan.ts'
import { unfinished } from './rest.ts'
import { ServerProcess } from './server-process.ts'
import { type Scene, type Tally, take, within } from './steps.ts'
import { ChaosVenue } from './venue.ts'
import { Wire } from './wire.ts'

const PACE = { least: 40, most: 220 }
/** More of the same batch would tell no more. */
const TOLD_FINDINGS = 5
const LIVE_WITHIN_MS = 60_000
const REST_WITHIN_MS = 60_000
const REST_POLL_MS = 60
/** Looks in a row that must find nothing. */
const QUIET_LOOKS = 5
/** Faults with which the exchange says what is not so, of its clock or of its rows. */
const UNTRUE = ['clock_offset', 'false_not_found']
const THOUSANDTH = amountOf('0.001')

/** One thing that must not be, and where it was found. */
export interface Finding {
  readonly kind: keyof Judgement
  readonly text: string
}

export interface WorldReport {
  readonly findings: readonly Finding[]
  /** From the start of the process to every account compared with the venue and live, ms. */
  readonly restartMs: readonly number[]
  /** From there to nothing in doubt, ms. */
  readonly restMs: readonly number[]
  readonly leaderOrders: number
  readonly trades: number
  /** Of the venue's past, held against the exchange. */
  readonly pastRows: number
  /** Null: all was well, and it is gone. */
  readonly keptFolder: string | null
}

/** One exchange, one data folder, one leader, and a server that is killed over and over. */
export class World implements Scene {
  readonly #plan: WorldPlan
  readonly #folder: string
  readonly #followers: readonly string[]
  readonly #pairs: readonly ChaosPair[]
  /** Of everybody: the leader, who follows, and both legs of the pairs. */
  readonly #accounts: readonly string[]
  readonly #random: SeededRandom
  readonly #restartMs: number[] = []
  readonly #restMs: number[] = []
  readonly tally: Tally
  readonly wire: Wire
  readonly venue: ChaosVenue
  readonly leaders: Leaders
  #server: ServerProcess | null = null
  #sameClock = true
  #isTruthful = true
  readonly #startAt = Date.now()

  private constructor(
    plan: WorldPlan,
    parts: { tally: Tally; wire: Wire; venue: ChaosVenue; folder: string },
  ) {
    this.#plan = plan
    this.#folder = parts.folder
    this.#followers = followersOf(plan.accounts)
    this.#pairs = pairsOf(plan)
    this.#accounts = accountsOf(plan)
    this.tally = parts.tally
    this.wire = parts.wire
    this.venue = parts.venue
    this.#random = new SeededRandom(plan.seed)
    const traders = [LEADER, ...this.#pairs.filter(({ isQuoting }) => !isQuoting).map(({ a }) => a)]
    this.leaders = new Leaders(
      traders.map(name => {
        const random = this.#random.fork()
        return new Leader(random.fork(), PACE, () => this.venue.trader(name, random.fork()))
      }),
    )
  }

  /** Plays the plan to its end, or to the first batch with a finding. */
  static async play(plan: WorldPlan, tally: Tally, tell: (line: string) => void): Promise<WorldReport> {
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-chaos-'))
    const wire = await Wire.start()
    const venue = await ChaosVenue.start({ folder, wire, accounts: accountsOf(plan), limits: 'off' })
    const world = new World(plan, { tally, wire, venue, folder })
    try {
      const report = await world.#play(tell)
      await world.#end()
      if (report.keptFolder === null) rmSync(folder, { recursive: true })
      return report
    } finally {
      await world.#end()
    }
  }

  start(more: Parameters<Scene['start']>[0] = {}): ServerProcess {
    this.#server = new ServerProcess({ folder: this.#folder, ...more })
    return this.#server
  }

  async #play(tell: (line: string) => void): Promise<WorldReport> {
    const findings: Finding[] = []
    this.#write({ isCalm: true })
    // Counting begins when an account is first compared: what the leader did before is nobody's.
    await this.#live(this.start())
    await within(LIVE_WITHIN_MS, () => this.#left().length === 0)
    await this.#kill()
    for (const [index, batch] of this.#plan.batches.entries()) {
      findings.push(...(await this.#batch(batch)))
      const found = findings.length === 0 ? 'nothing amiss' : `${findings.length} findings`
      tell(
        `world ${this.#plan.seed} (${this.#plan.accounts} accounts): batch ${index + 1} of ${this.#plan.batches.length}, ${found}; ${this.tally.kills} kills so far`,
      )
      for (const { kind, text } of findings.slice(0, TOLD_FINDINGS)) tell(`  ${kind}: ${text}`)
      if (findings.length > 0) break
    }
    const past = findings.length === 0 ? await this.#past() : null
    if (past !== null) findings.push(...past.findings)
    for (const { kind, text } of past?.findings.slice(0, TOLD_FINDINGS) ?? []) tell(`  ${kind}: ${text}`)
    const keptFolder = findings.length === 0 ? null : this.#folder
    const { audit } = this.venue
    return {
      findings,
      restartMs: this.#restartMs,
      restMs: this.#restMs,
      leaderOrders: this.leaders.orders,
      trades: audit.fills.length,
      pastRows: past?.rows ?? 0,
      keptFolder,
    }
  }

  async #past(): Promise<{ readonly rows: number; readonly findings: readonly Finding[] }> {
    const { rows, violations } = await judgePast({
      folder: this.#folder,
      venue: this.venue,
      address: this.wire.address,
      startAt: this.#startAt,
      isTruthful: this.#isTruthful,
    })
    const findings = violations.map(violation => ({
      kind: kindOf(violation),
      text: `${violation.invariant}: ${violation.text}`,
    }))
    return { rows, findings }
  }

  async #batch(batch: Batch): Promise<readonly Finding[]> {
    const { steps, faults, end } = batch
    const findings: Finding[] = []
    if (faults.some(({ name }) => name === 'clock_offset')) this.#sameClock = false
    if (faults.some(({ name }) => UNTRUE.includes(name))) this.#isTruthful = false
    this.#write({ isCalm: false })
    await this.venue.setFaults(faults)
    this.leaders.begin()
    for (const step of steps) {
      const problem = await take(this, step)
      if (problem !== null) findings.push({ kind: 'unresolved', text: `${JSON.stringify(step)}: ${problem}` })
    }
    await this.venue.clearFaults()
    const unrest = await this.#settle(batch)
    if (end === 'SIGKILL') await this.#kill()
    else unrest.push(...(await this.#ask()))
    const verdict = await judge({
      dataFolder: join(this.#folder, 'data'),
      audit: this.venue.audit,
      followers: this.#followers,
      pairs: this.#pairs,
      venuePositions: await this.#positions(),
      unrest,
      sameClock: this.#sameClock,
    })
    for (const kind of ['lost', 'doubled', 'unresolved'] as const)
      findings.push(...verdict[kind].map(text => ({ kind, text })))
    return findings
  }

  /** A server that nothing is done to any more brings everything to its end. @returns what it does not */
  async #settle({ calmMs, calmSyncMs }: Batch): Promise<string[]> {
    const isSlow = calmSyncMs > 0
    this.#write({ isCalm: true })
    const server = this.start(isSlow ? { trouble: { kind: 'slow', syncMs: calmSyncMs } } : {})
    const unrest = await this.#live(server, isSlow)
    await sleep(calmMs)
    const liveAt = performance.now()
    await this.leaders.pause()
    if (!(await this.leaders.close())) unrest.push('a leader could not close')
    let quiet = 0
    while (quiet < QUIET_LOOKS) {
      await this.venue.gather()
      const left = this.#left()
      quiet = left.length === 0 ? quiet + 1 : 0
      if (performance.now() - liveAt > REST_WITHIN_MS) return [...unrest, ...left]
      await sleep(REST_POLL_MS)
    }
    this.#restMs.push(performance.now() - liveAt)
    return unrest
  }

  #write({ isCalm }: { readonly isCalm: boolean }): void {
    const { address: exchange } = this.wire
    writeConfig(this.#folder, { exchange, followers: this.#followers, pairs: this.#pairs, isCalm })
  }

  #left(): readonly string[] {
    const { audit } = this.venue
    return unfinished(this.#folder, { audit, accounts: new Set(this.#accounts), pairs: this.#pairs })
  }

  async #live(server: ServerProcess, isSlow = false): Promise<string[]> {
    const all = this.#accounts.length
    const isLive = await within(LIVE_WITHIN_MS, () => server.liveAccounts === all || !server.isRunning())
    if (!server.isRunning()) return [`the server ended by itself: ${server.said()}`]
    if (!isLive)
      return [`only ${server.liveAccounts} of ${all} accounts were live after ${LIVE_WITHIN_MS} ms`]
    if (!isSlow) this.#restartMs.push(performance.now() - server.startedAt)
    return []
  }

  async #kill(): Promise<void> {
    this.#server?.signal('SIGKILL')
    await this.#server?.ended()
    this.tally.kills += 1
  }

  async #ask(): Promise<readonly string[]> {
    this.#server?.signal('SIGTERM')
    const code = await this.#server?.ended()
    return code === 0 ? [] : [`asked to stop, it ended with ${code}`]
  }

  async #positions(): Promise<ReadonlyMap<string, bigint>> {
    const positions = new Map<string, bigint>()
    for (const name of this.#accounts) {
      const thousandths = await this.venue.trader(name, this.#random).position()
      positions.set(name, BigInt(thousandths) * THOUSANDTH)
    }
    return positions
  }

  async #end(): Promise<void> {
    await this.leaders.pause()
    this.#server?.signal('SIGKILL')
    await this.venue.stop()
    this.wire.close()
  }
}

function pairsOf({ hasPairs }: WorldPlan): readonly ChaosPair[] {
  return hasPairs ? PAIRS : []
}

function accountsOf(plan: WorldPlan): readonly string[] {
  return [LEADER, ...followersOf(plan.accounts), ...legsOf(pairsOf(plan))]
}
