import { cpus } from 'node:os'
import { Command, InvalidArgumentError } from 'commander'
import { quantile, rounded } from './fanout/figures.ts'
import { measureWebhook, type WebhookFigures, type WebhookOptions } from './webhook/run.ts'

const MAXIMUM = 3_600
const MAXIMUM_KILLS = 20

interface Flags extends Omit<WebhookOptions, 'print'> {
  readonly json?: boolean
}

/** Signals by webhook to a server that is killed in the middle: how long until each is durable, and what is lost. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('webhook')
    .description('signals by webhook: from when one is due to its durable answer, and what a kill -9 loses')
    .option('--seconds <number>', 'that signals come', wholeNumber(1, MAXIMUM), 60)
    .option('--per-second <number>', 'signals', wholeNumber(1, MAXIMUM), 300)
    .option('--kills <number>', 'kill -9 at even times', wholeNumber(0, MAXIMUM_KILLS), 1)
    .option('--followers <number>', 'accounts that follow the signals: 0 or 1', wholeNumber(0, 1), 1)
    .option('--json', 'one JSON object on the last line')
    .action(run)
  await program.parseAsync(argv, { from: 'user' })
}

async function run({ json, ...options }: Flags): Promise<void> {
  console.log(howText(options))
  const figures = await measureWebhook({ ...options, print: line => console.error(line) })
  const report = reportOf(options, figures)
  console.log(text(report))
  if (json === true) console.log(JSON.stringify(report))
}

function reportOf({ perSecond, seconds, kills, followers }: Flags, figures: WebhookFigures) {
  const { ackMs, diskMs, outageMs, ...counts } = figures
  return {
    perSecond,
    ackP50Ms: rounded(quantile(ackMs, 0.5)),
    ackP99Ms: rounded(quantile(ackMs, 0.99)),
    ackMaxMs: rounded(quantile(ackMs, 1)),
    diskP50Ms: rounded(quantile(diskMs, 0.5)),
    diskP99Ms: rounded(quantile(diskMs, 0.99)),
    seconds,
    kills,
    followers,
    outageMs: outageMs.map(ms => rounded(ms, 0)),
    ...counts,
  }
}

function text(report: ReturnType<typeof reportOf>): string {
  return [
    `ack p50 ${report.ackP50Ms} ms, p99 ${report.ackP99Ms} ms, longest ${report.ackMaxMs} ms; the disk alone p50 ${report.diskP50Ms} ms, p99 ${report.diskP99Ms} ms`,
    `${report.sent} sent, ${report.answered} answered, ${report.sentAgain} of them sent again (${report.failed} tries failed); ${report.kills} kills, answering again after ${report.outageMs.join(', ')} ms`,
    `lost ${report.lost}, doubled ${report.doubled}, refused ${report.refused}, wrong books ${report.wrongBooks}`,
  ].join('\n')
}

function howText({ perSecond, seconds, kills, followers }: Flags): string {
  const [first] = cpus()
  return [
    `${cpus().length} cores (${first?.model ?? 'unknown'}), Node ${process.versions.node}; ${perSecond} signals per second for ${seconds} s, ${kills} kills, ${followers} followers.`,
    'The server is a process, with the simulated exchange in it. A time is from when a signal was due to its 202, of those that were',
    'answered at the first try; what came while the server was dead is sent again with its id, and counted apart.',
  ].join('\n')
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  }
}
