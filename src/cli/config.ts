import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { describeConfig } from '../config/show.ts'
import { type Config, loadConfig } from '../config.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { EXIT, type Exit } from './exit-codes.ts'

const DEFAULT_PATH = 'config.yaml'

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
  const overrides: Record<string, string> = {}
  for (const pair of flags.set ?? []) {
    const at = pair.indexOf('=')
    if (at < 1) return err([`--set ${pair}: write key=value, like --set risk.maximumLeverage=2`])
    overrides[pair.slice(0, at)] = pair.slice(at + 1)
  }
  const filePath = flags.config ?? DEFAULT_PATH
  const file = readFile(filePath)
  if (!file.ok && flags.config !== undefined) return err([`${filePath} cannot be read: ${file.error}`])
  const fileText = file.ok ? file.value : null
  const loaded = loadConfig({ flags: overrides, env: process.env, fileText, filePath, readFile })
  if (loaded.ok) return loaded
  return err(
    loaded.error.map(({ place, path, message }) => `${place}: ${path === '' ? '' : `${path} `}${message}`),
  )
}

function readFile(path: string): Result<string, string> {
  try {
    return ok(readFileSync(path, 'utf8'))
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error))
  }
}

export function configCommand(exit: Exit): Command {
  const command = new Command('config').description('check or show the configuration')
  const check = new Command('check')
    .description('say what is wrong, and where')
    .action((flags: ConfigFlags) => {
      const config = readConfig(flags)
      if (config.ok) process.stdout.write('The configuration is right.\n')
      else exit(complain(config.error))
    })
  const show = new Command('show')
    .description('every value and where it comes from')
    .action((flags: ConfigFlags) => {
      const config = readConfig(flags)
      if (!config.ok) {
        exit(complain(config.error))
        return
      }
      for (const { path, value, origin } of describeConfig(config.value))
        process.stdout.write(`${path} = ${value}  (${origin})\n`)
    })
  return command.addCommand(withConfigFlags(check)).addCommand(withConfigFlags(show))
}

export function complain(problems: readonly string[], code: number = EXIT.usage): number {
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  return code
}
