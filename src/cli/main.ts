import { Command, CommanderError } from 'commander'
import { auditCommand } from './audit.ts'
import { configCommand } from './config.ts'
import { demoCommand } from './demo.ts'
import { exchangeCommand } from './exchange.ts'
import { EXIT, type Exit } from './exit-codes.ts'
import { historyCommand } from './history.ts'
import { keysCommand } from './keys.ts'
import { pairsCommand } from './pairs.ts'
import { serveCommand } from './serve.ts'
import { sessionsCommand } from './sessions.ts'
import { userCommand } from './user.ts'
import { version } from './version.ts'
import { watchCommand } from './watch.ts'

const EXAMPLES = `Examples:
  lockstep demo                               a paper world: an exchange, a leader, six followers
  lockstep serve --config config.yaml         copy by a configuration of your own
  lockstep config check --config config.yaml  say what is wrong with it
  lockstep watch --account ada                an account of the running server, live
  lockstep user create --role owner --email ada@example.com
  lockstep exchange --port 8100               the simulated exchange alone, for any Bybit v5 client
`
const EXIT_CODES = `
Exit codes:
  0  done, or stopped when asked    2  wrong command line or configuration   4  had to stop: the disk failed
  1  a bug; please report it        3  cannot run here: database, port, folder   5  audit: not intact
`

/** @returns the exit code; nothing in here ends the process */
export async function main(argv: readonly string[]): Promise<number> {
  let code: number = EXIT.ok
  const exit = (value: number): void => {
    code = value
  }
  const program = new Command('lockstep')
    .description('Keeps exchange accounts in step.')
    .version(version(), '--version', 'the version')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', EXIT_CODES)
  for (const [heading, commands] of Object.entries(commandsOf(exit)))
    for (const command of commands) program.addCommand(command.helpGroup(heading))
  neverExit(program)
  // A reader that left (lockstep config show | head) is no failure of ours.
  process.stdout.on('error', () => {})
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

function commandsOf(exit: Exit): Readonly<Record<string, readonly Command[]>> {
  return {
    'To run:': [demoCommand(exit), serveCommand(exit), exchangeCommand(exit)],
    'Beside a server:': [
      watchCommand(exit),
      pairsCommand(exit),
      sessionsCommand(exit),
      historyCommand(exit),
      userCommand(exit),
      keysCommand(exit),
      auditCommand(exit),
    ],
    'Its configuration:': [configCommand(exit)],
  }
}

/** Commands that are added whole inherit nothing of this. */
function neverExit(command: Command): void {
  command.exitOverride().showHelpAfterError('(--help shows examples)')
  for (const child of command.commands) neverExit(child)
}
