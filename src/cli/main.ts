import { Command, CommanderError } from 'commander'
import { configCommand } from './config.ts'
import { demoCommand } from './demo.ts'
import { exchangeCommand } from './exchange.ts'
import { EXIT } from './exit-codes.ts'
import { serveCommand } from './serve.ts'

const EXAMPLES = `
Examples:
  lockstep demo                              a paper world: an exchange, a leader, six followers
  lockstep demo --json                       the same, one JSON object per line
  lockstep serve --config config.yaml        copy by a configuration of your own
  lockstep config check --config config.yaml say what is wrong with it
  lockstep exchange --port 8100              the simulated exchange alone, for any Bybit v5 client
`

/** @returns the exit code; nothing in here ends the process */
export async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('lockstep')
    .description('Keeps exchange accounts in step.')
    .addHelpText('before', EXAMPLES)
    .showHelpAfterError('(lockstep --help shows examples)')
    .exitOverride()
  let code: number = EXIT.ok
  const exit = (value: number): void => {
    code = value
  }
  for (const command of [demoCommand(exit), serveCommand(exit), exchangeCommand(exit), configCommand(exit)]) {
    program.addCommand(command.exitOverride())
  }
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    process.stderr.write(
      `${error instanceof Error ? error.stack : String(error)}\nThis is a bug in Lockstep; please report it with the lines above.\n`,
    )
    return EXIT.unexpected
  }
}
