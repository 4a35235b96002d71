import { Command, InvalidArgumentError } from 'commander'
import { playRecoveries } from '../test/chaos/pair-recovery.ts'
import { hedgeReport, hedgeText } from './hedge/report.ts'
import { inFolder, playFills } from './hedge/run.ts'
import { signatureMs } from './sign.ts'

const MAXIMUM_ROUNDS = 10_000
const MAXIMUM_RECOVERIES = 100

interface Flags {
  readonly rounds: number
  readonly recoveries: number
  readonly profile?: string
  readonly json?: boolean
}

/** From leg A's fill to leg B's order: full fills, partial ones, and a server that is killed in between. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('hedge')
    .description("from leg A's fill to leg B's order on the wire")
    .option('--rounds <number>', 'full fills, and as many partial ones', wholeNumber(MAXIMUM_ROUNDS), 200)
    .option('--recoveries <number>', 'kills of each kind', wholeNumber(MAXIMUM_RECOVERIES), 5)
    .option('--profile <folder>', "a CPU profile of the server's process goes there")
    .option('--json', 'one JSON object on the last line')
    .action(run)
  await program.parseAsync(argv, { from: 'user' })
}

async function run({ rounds, recoveries, profile, json }: Flags): Promise<void> {
  const print = (line: string): void => console.error(line)
  const profileFolder = profile ?? null
  const fills = await inFolder(folder => playFills({ folder, rounds, profileFolder, print }))
  const recovered = await inFolder(folder => playRecoveries({ folder, times: recoveries, print }))
  const report = hedgeReport({ fills, recoveries: recovered, signatureMs: await signatureMs() })
  console.log(hedgeText(report))
  if (json === true) console.log(JSON.stringify(report))
}

function wholeNumber(most: number) {
  return (text: string): number => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= 1 && value <= most) return value
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`)
  }
}
