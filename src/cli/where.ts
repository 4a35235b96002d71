import { join } from 'node:path'
import type { Command } from 'commander'
import { ok, type Result } from '../domain/result.ts'
import { MASTER_KEYS } from '../front/front.ts'
import { readPlaces } from './config.ts'

/** Which server a command is about. */
export interface Where {
  readonly dataFolder: string
  /** Of the file of master keys. */
  readonly masterKeyPath: string
}

export interface WhereFlags {
  readonly data?: string
  readonly config?: string
}

/** The flags of every command about a server that runs already, or is stopped. */
export function withWhereFlags(command: Command): Command {
  return command
    .option('--data <folder>', "the server's data folder (as configured; ./data)")
    .option('--config <file>', 'its configuration (config.yaml where it exists)')
}

/** By the server's own configuration, so that the same command finds the same server. */
export function whereOf({ data, config }: WhereFlags): Result<Where, readonly string[]> {
  const places = readPlaces({
    ...(config !== undefined && { config }),
    ...(data !== undefined && { set: [`data.folder=${data}`] }),
  })
  if (!places.ok) return places
  const { dataFolder, masterKeyFile } = places.value
  return ok({ dataFolder, masterKeyPath: masterKeyFile ?? join(dataFolder, MASTER_KEYS) })
}
