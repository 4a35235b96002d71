import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { amountOf } from '../simulation/checkers/amounts.ts'
import { SeededRandom } from '../simulation/seeded-random.ts'
import { followersOf, LEADER, writeConfig } from './cast.ts'
import { type Judgement, judge, kindOf } from './judge.ts'
import { Leader } from './leader.ts'
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
  readonly #random: SeededRandom
  readonly #restartMs: number[] = []
  readonly #restMs: number[] = []
  readonly tally: Tally
  readonly wire: Wire
  readonly venue: ChaosVenue
  readonly leader: Leader
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
    this.tally = parts.tally
    this.wire = parts.wire
    this.venue = parts.venue
    this.#random = new SeededRandom(plan.seed)
    const random = this.#random.fork()
    this.leader = new Leader(random.fork(), PACE, () => this.venue.trader(LEADER, random.fork()))
  }

  /** Plays the plan to its end, or to the first batch with a finding. */
  static async play(plan: WorldPlan, tally: Tally, tell: (line: string) => void): Promise<WorldReport> {
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-chaos-'))
    const wire = await Wire.start()
    const accounts = [LEADER, ...followersOf(plan.accounts)]
    const venue = await ChaosVenue.start({ folder, wire, accounts, limits: 'off' })
    writeConfig(folder, wire.address, followersOf(plan.accounts))
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
    // Counting begins when an account is first compared: what the leader did before is nobody's.
    await this.#live(this.start())
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
      leaderOrders: this.leader.orders,
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
    await this.venue.setFaults(faults)
    this.leader.begin()
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
    const server = this.start(isSlow ? { trouble: { kind: 'slow', syncMs: calmSyncMs } } : {})
    const unrest = await this.#live(server, isSlow)
    await sleep(calmMs)
    const liveAt = performance.now()
    await this.leader.pause()
    if (!(await this.leader.close())) unrest.push('the leader could not close')
    const accounts = new Set([LEADER, ...this.#followers])
    let quiet = 0
    while (quiet < QUIET_LOOKS) {
      await this.venue.gather()
      const left = unfinished(this.#folder, this.venue.audit, accounts)
      quiet = left.length === 0 ? quiet + 1 : 0
      if (performance.now() - liveAt > REST_WITHIN_MS) return [...unrest, ...left]
      await sleep(REST_POLL_MS)
    }
    this.#restMs.push(performance.now() - liveAt)
    return unrest
  }

  async #live(server: ServerProcess, isSlow = false): Promise<string[]> {
    const all = this.#plan.accounts + 1
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
    for (const name of [LEADER, ...this.#followers]) {
      const thousandths = await this.venue.trader(name, this.#random).position()
      positions.set(name, BigInt(thousandths) * THOUSANDTH)
    }
    return positions
  }

  async #end(): Promise<void> {
    await this.leader.pause()
    this.#server?.signal('SIGKILL')
    await this.venue.stop()
    this.wire.close()
  }
}
