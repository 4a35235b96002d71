import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { rounded } from './fanout/figures.ts'
import { measureCycle } from './history/cycles.ts'
import { Ingestion } from './history/ingest.ts'
import { measureOrders } from './history/orders.ts'

const MAXIMUM_ACCOUNTS = 1_000
const MAXIMUM_ROWS = 10_000_000
const MAXIMUM_ROUNDS = 1_000
const LATENCY_MS = 50

interface Flags {
  readonly accounts: number
  readonly few: number
  readonly rows: number
  readonly rounds: number
  readonly json?: boolean
}

/** Cycles against the simulated exchange within the venue's limits, what a row costs, and what orders notice of it. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('history')
    .description('cycles over many accounts, CPU per row, and what the order path notices')
    .option('--accounts <number>', 'that are read in one cycle', wholeNumber(MAXIMUM_ACCOUNTS), 1_000)
    .option('--few <number>', 'the same with few', wholeNumber(MAXIMUM_ACCOUNTS), 100)
    .option('--rows <number>', 'that are ingested', wholeNumber(MAXIMUM_ROWS), 1_000_000)
    .option(
      '--rounds <number>',
      "leader's orders, idle and beside an ingestion",
      wholeNumber(MAXIMUM_ROUNDS),
      100,
    )
    .option('--json', 'one JSON object on the last line')
    .action(run)
  await program.parseAsync(argv, { from: 'user' })
}

async function run({ json, ...flags }: Flags): Promise<void> {
  console.log(howText(flags))
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-bench-'))
  try {
    const report = await measure(folder, flags)
    console.log(textOf(report))
    if (json === true) console.log(JSON.stringify(report))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(folder: string, { accounts, few, rows, rounds }: Omit<Flags, 'json'>) {
  const fewer = await measureCycle(folder, { accounts: few, latencyMs: LATENCY_MS })
  const many = await measureCycle(folder, { accounts, latencyMs: LATENCY_MS })
  const ingestion = await Ingestion.open(join(folder, 'ingest.db'))
  try {
    const cpuUsPerRow = await ingestion.rows(rows)
    const { idleP99Ms, ingestingP99Ms } = await measureOrders(folder, rounds, ingestion)
    return {
      accounts,
      requests: many.requests,
      cycleMs: rounded(many.cycleMs, 0),
      budgetMs: rounded(many.budgetMs, 0),
      cycleRatioToBudget: rounded(many.cycleMs / many.budgetMs),
      firstCycleMs: rounded(many.firstCycleMs, 0),
      hundredAccountsMs: rounded(fewer.cycleMs, 0),
      failed: many.failed + fewer.failed,
      rateLimitHits: many.rateLimitHits + fewer.rateLimitHits,
      rows,
      cpuUsPerRow: rounded(cpuUsPerRow, 1),
      idleP99Ms: rounded(idleP99Ms),
      orderP99ExtraMs: rounded(ingestingP99Ms - idleP99Ms),
    }
  } finally {
    await ingestion.close()
  }
}

function textOf(report: Awaited<ReturnType<typeof measure>>): string {
  const { accounts, requests, cycleMs, budgetMs, cycleRatioToBudget, hundredAccountsMs } = report
  return [
    `${accounts} accounts in ${cycleMs} ms with ${requests} requests, ${cycleRatioToBudget} times the ${budgetMs} ms that the budget takes (the first: ${report.firstCycleMs} ms); the few in ${hundredAccountsMs} ms`,
    `${report.failed} accounts failed, ${report.rateLimitHits} refusals for too many requests`,
    `${report.cpuUsPerRow} µs of CPU per row over ${report.rows} rows; orders p99 ${report.idleP99Ms} ms idle, ${report.orderP99ExtraMs} ms more beside an ingestion`,
  ].join('\n')
}

function howText({ accounts, few, rows, rounds }: Omit<Flags, 'json'>): string {
  const [first] = cpus()
  return [
    `${cpus().length} cores (${first?.model ?? 'unknown'}), Node ${process.versions.node}; ${accounts} and ${few} accounts, ${rows} rows, ${rounds} rounds.`,
    `The exchange counts as the venue does and is in this process; each request takes ${LATENCY_MS} ms more. A cycle is one of accounts that`,
    'were read before: closed PnL and orders, a page each, and the open orders of those whose turn it is. The budget is 420 requests',
    'per 5 s. Rows are closed PnL by the page of 100, with the CPU of all threads. Orders are timed from the receipt of the leader’s',
    'fill to each copy being sent.',
  ].join('\n')
}

function wholeNumber(most: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= 1 && value <= most) return value
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`)
  }
}
