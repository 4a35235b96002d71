import { Command, InvalidArgumentError } from 'commander'
import { canTrace, runPowerLoss } from './cuts.ts'

interface Flags {
  readonly units: number
  readonly cuts: number
  readonly seed: number
  readonly unsynced?: boolean
  readonly json?: boolean
}

function wholeNumber(text: string): number {
  if (!/^\d{1,7}$/.test(text) || Number(text) === 0)
    throw new InvalidArgumentError('It must be a whole number above 0.')
  return Number(text)
}

/** @returns the exit code: 1 when a unit is lost, or when it cannot be run */
async function main({ json = false, unsynced = false, ...wish }: Flags): Promise<number> {
  if (!canTrace()) {
    process.stderr.write(
      'The power-loss run records with strace, which cannot be used here (Debian: apt-get install strace).\n',
    )
    return 1
  }
  const report = await runPowerLoss({ ...wish, unsynced })
  const { cuts, acknowledged, lost, broken, refused, refusedEarly, events, syncs } = report
  const lines = [
    `${cuts} cuts in ${events} disk events with ${syncs} syncs, seed ${wish.seed}${unsynced ? ', without waiting for the disk' : ''}`,
    `acknowledged ${acknowledged} units (summed over the cuts), lost ${lost}`,
    `broken databases ${broken}, refused ${refused} (and ${refusedEarly} before the first unit)`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  if (json) process.stdout.write(`${JSON.stringify(report)}\n`)
  return lost + broken + refused === 0 ? 0 : 1
}

process.exitCode = await main(
  new Command('power-loss')
    .description(
      'cuts the power at moments of a writer, drops what was not synced, and looks for what was acknowledged',
    )
    .option('--units <number>', 'units to acknowledge', wholeNumber, 1_000)
    .option('--cuts <number>', 'moments', wholeNumber, 400)
    .option('--seed <number>', 'of the moments and of what is dropped', wholeNumber, 1)
    .option('--unsynced', 'switch synchronous writing off: units must then be lost')
    .option('--json', 'one JSON object on the last line')
    .parse()
    .opts<Flags>(),
)
