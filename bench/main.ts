import { Command, InvalidArgumentError } from 'commander'
import { benchPath, MAXIMUM_FOLLOWERS } from './path.ts'
import { pathText } from './path-text.ts'

const MAXIMUM_ROUNDS = 10_000

function wholeNumber(most: number) {
  return (text: string): number => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < 1 || value > most)
      throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`)
    return value
  }
}

interface PathFlags {
  readonly followers: number
  readonly rounds: number
  readonly json?: boolean
}

// A bench says what it measured and judges nothing: no figure makes it fail.
const program = new Command('bench').description('measures, and prints how it was measured')
program
  .command('path')
  .description("from the leader's fill to the followers' orders at the exchange, durable first")
  .option('--followers <number>', 'accounts that follow', wholeNumber(MAXIMUM_FOLLOWERS), 100)
  .option(
    '--rounds <number>',
    "leader's orders, opening and closing in turn",
    wholeNumber(MAXIMUM_ROUNDS),
    30,
  )
  .option('--json', 'one JSON object on the last line')
  .action(async ({ json = false, ...options }: PathFlags) => {
    const report = await benchPath({ ...options, print: line => console.error(line) })
    console.log(pathText(report))
    if (json) console.log(JSON.stringify(report))
  })
await program.parseAsync()
