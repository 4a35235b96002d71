import { percentile } from '../e2e/percentile.ts'
import { FAILPOINTS } from './failpoints.ts'
import { planRun, type Wish } from './plan.ts'
import type { Tally } from './steps.ts'
import { type Finding, World, type WorldReport } from './world.ts'

export interface ChaosReport {
  readonly kills: number
  readonly lost: number
  readonly doubled: number
  readonly unresolved: number
  /** Of worlds with the usual number of accounts, and of those with many; null: there were none. */
  readonly restartP99Ms: number | null
  readonly restartManyP99Ms: number | null
  readonly restartP50Ms: number | null
  readonly restP99Ms: number | null
  readonly worlds: number
  readonly leaderOrders: number
  readonly trades: number
  /** Rows of the venue's past that were held against the exchange. */
  readonly pastRows: number
  readonly failpointsReached: number
  readonly failpoints: number
  readonly failpointsMissed: readonly string[]
  readonly failpointKills: number
  readonly exchangeKills: number
  readonly pauses: number
  readonly networkTroubles: number
  readonly diskTroubles: number
  readonly diskStops: number
  readonly wallSeconds: number
  readonly seed: number
  readonly findings: readonly Finding[]
  readonly keptFolders: readonly string[]
}

/** Worlds at the same time: a world mostly waits for its servers to start and for doubts to end. */
const WORLDS_AT_ONCE = 4

/** Plays every world of the plan. */
export async function runChaos(wish: Wish, tell: (line: string) => void): Promise<ChaosReport> {
  const startedAt = performance.now()
  const tally: Tally = {
    kills: 0,
    exchangeKills: 0,
    pauses: 0,
    networkTroubles: 0,
    diskTroubles: 0,
    diskStops: 0,
    failpoints: new Map(),
  }
  const plans = planRun(wish)
  const waiting = [...plans]
  const reports: (WorldReport & { readonly accounts: number })[] = []
  const lane = async (): Promise<void> => {
    for (let plan = waiting.shift(); plan !== undefined; plan = waiting.shift())
      reports.push({ ...(await World.play(plan, tally, tell)), accounts: plan.accounts })
  }
  await Promise.all(Array.from({ length: WORLDS_AT_ONCE }, lane))
  const findings = reports.flatMap(report => report.findings)
  const many = reports.filter(({ accounts }) => accounts > wish.accounts)
  const usual = reports.filter(({ accounts }) => accounts === wish.accounts)
  const restartsOf = (of: readonly WorldReport[]) => of.flatMap(({ restartMs }) => restartMs)
  const count = (kind: Finding['kind']) => findings.filter(finding => finding.kind === kind).length
  const { failpoints, ...done } = tally
  return {
    ...done,
    lost: count('lost'),
    doubled: count('doubled'),
    unresolved: count('unresolved'),
    restartP50Ms: percentile(restartsOf(usual), 0.5),
    restartP99Ms: percentile(restartsOf(usual), 0.99),
    restartManyP99Ms: percentile(restartsOf(many), 0.99),
    restP99Ms: percentile(
      reports.flatMap(({ restMs }) => restMs),
      0.99,
    ),
    worlds: reports.length,
    leaderOrders: sum(reports.map(({ leaderOrders }) => leaderOrders)),
    trades: sum(reports.map(({ trades }) => trades)),
    pastRows: sum(reports.map(({ pastRows }) => pastRows)),
    failpointsReached: failpoints.size,
    failpoints: FAILPOINTS.length,
    failpointsMissed: FAILPOINTS.filter(point => !failpoints.has(point)),
    failpointKills: sum([...failpoints.values()]),
    wallSeconds: Math.round((performance.now() - startedAt) / 1_000),
    seed: wish.seed,
    findings,
    keptFolders: reports.flatMap(({ keptFolder }) => keptFolder ?? []),
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
