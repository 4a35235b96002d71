import { Command, InvalidArgumentError } from 'commander'
import { canTrouble } from './disk.ts'
import { pacedRestarts } from './paced.ts'
import { type ChaosReport, runChaos } from './run.ts'

interface Flags {
  readonly kills: number
  readonly accounts: number
  readonly many: number
  readonly restarts: number
  readonly seed: number
  readonly json?: boolean
}

function between(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
    return value
  }
}

const say = (line: string): void => void process.stderr.write(`${line}\n`)

function summary(report: ChaosReport): string {
  const { kills, failpointKills, failpointsReached, failpoints, failpointsMissed } = report
  return [
    `${kills} kills -9 in ${report.worlds} worlds, ${report.wallSeconds} s, seed ${report.seed}`,
    `failpoints   ${failpointKills} kills at ${failpointsReached} of ${failpoints} named points${failpointsMissed.length === 0 ? '' : `; not reached: ${failpointsMissed.join(', ')}`}`,
    `beside them  ${report.pauses} pauses (SIGSTOP), ${report.exchangeKills} kills of the exchange, ${report.networkTroubles} network troubles, ${report.diskTroubles} disk troubles (${report.diskStops} ended the server)`,
    `traded       ${report.leaderOrders} orders of leaders, ${report.trades} trades in all`,
    `history      ${report.pastRows} rows held against the exchange`,
    `restart      p50 ${report.restartP50Ms} ms, p99 ${report.restartP99Ms} ms; many accounts p99 ${report.restartManyP99Ms} ms; to rest p99 ${report.restP99Ms} ms`,
    `lost ${report.lost}, doubled ${report.doubled}, unresolved ${report.unresolved}`,
    ...report.findings.slice(0, 20).map(({ kind, text }) => `  ${kind}: ${text}`),
    ...report.keptFolders.map(folder => `  kept: ${folder}`),
  ].join('\n')
}

/** @returns the exit code: 1 when anything is lost, doubled or unresolved */
async function main({ kills, accounts, many, restarts, seed, json = false }: Flags): Promise<number> {
  if (restarts > 0) {
    const paced = await pacedRestarts({ accounts: many, restarts, seed }, say)
    process.stdout.write(`restarts with the venue's limits on: ${JSON.stringify(paced)}\n`)
    return paced.restartMs.includes(null) ? 1 : 0
  }
  const withDisk = canTrouble()
  if (!withDisk) say('strace cannot be used here (Debian: apt-get install strace): no disk troubles.')
  const report = await runChaos({ seed, kills, accounts, manyAccounts: many, withDisk }, say)
  process.stdout.write(`${summary(report)}\n`)
  const { findings, keptFolders: _told, ...keys } = report
  if (json) process.stdout.write(`${JSON.stringify(keys)}\n`)
  return findings.length === 0 ? 0 : 1
}

// So that what was started ends as well.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))

process.exitCode = await main(
  new Command('chaos')
    .description('the real server over the wire, killed over and over; the exchange is the judge')
    .option('--kills <number>', 'at named failpoints and at random moments', between(1, 100_000), 60)
    .option('--accounts <number>', 'that follow', between(1, 200), 20)
    .option('--many <number>', 'that follow in every fifth world', between(1, 200), 200)
    .option(
      '--restarts <number>',
      'instead: of --many accounts, five minutes apart, limits on',
      between(0, 100),
      0,
    )
    .option('--seed <number>', 'the same seed draws the same plan', between(0, 1_000_000_000), 1)
    .option('--json', 'one JSON object on the last line')
    .parse()
    .opts<Flags>(),
)
