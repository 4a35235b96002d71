import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { type ConfigProblem, formatProblem } from '../config/problem.ts'
import { describeConfig } from '../config/show.ts'
import { type Config, type ConfigInput, loadConfig, loadPlaces, type Places } from '../config.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { EXIT, type Exit } from './exit-codes.ts'

const DEFAULT_PATH = 'config.yaml'
const EXAMPLES = `Examples:
  lockstep config check                                    what is wrong with config.yaml, and where
  lockstep config show --config other.yaml                 every value, and where it comes from
  lockstep config check --set risk.maximumLeverage=2       the same with one value changed
  lockstep config check --set links.0.mode=close_only      an entry of a list, by its number or name
  LOCKSTEP__RISK__MAX_LEVERAGE=2 lockstep config show      the same from the environment
`

export interface ConfigFlags {
  readonly config?: string
  readonly set?: readonly string[]
}

/** The flags of every command that reads the configuration. */
export function withConfigFlags(command: Command): Command {
  return command
    .option('--config <file>', `configuration file (${DEFAULT_PATH} where it exists)`)
    .option('--set <key=value...>', 'set one value, like --set risk.maximumLeverage=2')
}

/** Errors are lines for a person: where, what, and what to do. */
export function readConfig(flags: ConfigFlags): Result<Config, readonly string[]> {
  return read(flags, loadConfig)
}

/** Where the server of a configuration keeps what is its own, for commands that need no more of it. */
export function readPlaces(flags: ConfigFlags): Result<Places, readonly string[]> {
  return read(flags, loadPlaces)
}

function read<T>(
  flags: ConfigFlags,
  load: (input: ConfigInput) => Result<T, readonly ConfigProblem[]>,
): Result<T, readonly string[]> {
  const overrides: Record<string, string> = {}
  for (const pair of flags.set ?? []) {
    const at = pair.indexOf('=')
    if (at < 1) return err([`--set ${pair}: write key=value, like --set risk.maximumLeverage=2`])
    overrides[pair.slice(0, at)] = pair.slice(at + 1)
  }
  const filePath = flags.config ?? DEFAULT_PATH
  const file = readConfigFile(filePath, flags.config !== undefined)
  if (!file.ok) return err([file.error])
  const loaded = load({ flags: overrides, env: process.env, fileText: file.value, filePath, readFile })
  return loaded.ok ? loaded : err(loaded.error.map(formatProblem))
}

/** Null: there is none, and none was asked for. */
function readConfigFile(path: string, asked: boolean): Result<string | null, string> {
  const file = tryToRead(path)
  if (file.ok) return file
  if (file.error.code !== 'ENOENT')
    return err(`The configuration file ${path} cannot be read (${file.error.message}).`)
  if (!asked) return ok(null)
  return err(
    `There is no configuration file ${path}. Name one that exists; docs/configuration.md has an example.`,
  )
}

/** @returns the file's text, or why it cannot be read */
export function readFile(path: string): Result<string, string> {
  const file = tryToRead(path)
  return file.ok ? file : err(file.error.message)
}

function tryToRead(path: string): Result<string, NodeJS.ErrnoException> {
  try {
    return ok(readFileSync(path, 'utf8'))
  } catch (error) {
    return err(error instanceof Error ? error : new Error(String(error)))
  }
}

export function configCommand(exit: Exit): Command {
  const check = new Command('check')
    .description('say what is wrong, and where')
    .addHelpText('before', EXAMPLES)
    .action((flags: ConfigFlags) => {
      const config = readConfig(flags)
      if (config.ok) process.stdout.write('The configuration is right.\n')
      else exit(complain(config.error))
    })
  const show = new Command('show')
    .description('every value and where it comes from; keys and secrets are hidden')
    .addHelpText('before', EXAMPLES)
    .action((flags: ConfigFlags) => {
      const config = readConfig(flags)
      if (!config.ok) {
        exit(complain(config.error))
        return
      }
      for (const { path, value, origin } of describeConfig(config.value))
        process.stdout.write(`${path} = ${value === '' ? '-' : value}  (${origin})\n`)
    })
  return new Command('config')
    .description('check or show the configuration')
    .addHelpText('before', EXAMPLES)
    .addCommand(withConfigFlags(check))
    .addCommand(withConfigFlags(show))
}

/** Tells problems on stderr. @returns the exit code that goes with them */
export function complain(problems: readonly string[], code: number = EXIT.usage): number {
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  return code
}
