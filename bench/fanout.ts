import { Command, InvalidArgumentError } from 'commander'
import { howText, memoryText, type SizeReport, sizeReport, sizeText } from './fanout/report.ts'
import { CONTENDERS, type ContenderName, measureMemory, runSize } from './fanout/run.ts'

const MAXIMUM_FOLLOWERS = 2_000
const MAXIMUM_ROUNDS = 10_000
const MEMORY_SIZES = [0, 250, 500, 1_000]

interface Flags {
  readonly followers: readonly number[]
  readonly rounds: number
  readonly contenders: readonly ContenderName[]
  readonly profile?: string
  readonly memory?: boolean
  readonly json?: boolean
}

/** From a leader's frame to the orders of everyone who follows: the floor, the server and the ccxt way in turn. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('fanout')
    .description("from a leader's frame to the last follower's order at the exchange")
    .option(
      '--followers <numbers>',
      'how many follow; several are run one after the other',
      counts,
      [1, 100, 1_000],
    )
    .option('--rounds <number>', "the leader's orders at each size", wholeNumber(MAXIMUM_ROUNDS), 20)
    .option('--contenders <names>', `of ${CONTENDERS.join(', ')}`, names, CONTENDERS)
    .option('--profile <folder>', "a CPU profile of the server's process goes there")
    .option('--memory', 'measures what live accounts hold instead')
    .option('--json', 'one JSON object on the last line')
    .action(run)
  await program.parseAsync(argv, { from: 'user' })
}

async function run({ followers, rounds, contenders, profile, memory, json }: Flags): Promise<void> {
  console.log(howText())
  if (memory === true) {
    const found = await measureMemory(MEMORY_SIZES)
    console.log(memoryText(found))
    if (json === true) console.log(JSON.stringify(Object.fromEntries(found)))
    return
  }
  const reports: SizeReport[] = []
  for (const size of followers) {
    const options = { followers: size, rounds, contenders, profileFolder: profile ?? null, print }
    const report = sizeReport(await runSize(options))
    reports.push(report)
    console.log(sizeText(report))
  }
  // The largest stands for the bench; the others are beside it.
  const largest = reports.toSorted((a, b) => b.followers - a.followers)[0]
  if (json === true) console.log(JSON.stringify({ ...largest, sizes: reports }))
}

function print(line: string): void {
  console.error(line)
}

function wholeNumber(most: number) {
  return (text: string): number => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= 1 && value <= most) return value
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`)
  }
}

function counts(text: string): readonly number[] {
  return text.split(',').map(wholeNumber(MAXIMUM_FOLLOWERS))
}

function names(text: string): readonly ContenderName[] {
  return text.split(',').map(name => {
    const known = CONTENDERS.find(each => each === name)
    if (known !== undefined) return known
    throw new InvalidArgumentError(`Name some of ${CONTENDERS.join(', ')}, with commas between.`)
  })
}
