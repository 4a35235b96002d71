import { constants } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { err, ok, type Result } from '../domain/result.ts'
import type { SecureRandom } from '../ports/random.ts'
import { formatKeyring, KEY_BYTES, parseKeyring } from './keyring.ts'
import { MasterKeys } from './master-keys.ts'

/** A keyring is some hundred bytes; whatever is longer is another file. */
const MAXIMUM_FILE_BYTES = 16 * 1024
const OWNER_ONLY = 0o600
const OTHERS = 0o077

/**
 * Reads the master keys, or makes the first one where nothing was locked with any yet. The caller holds the data
 * folder's lock.
 *
 * @param options.path of a file of mode 0600
 * @param options.inUse something in the database was locked with a master key, so that a new one could not open it
 * @returns what is wrong, with what to do
 */
export async function openMasterKeys(options: {
  readonly path: string
  readonly inUse: boolean
  readonly secureRandom: SecureRandom
}): Promise<Result<MasterKeys, string>> {
  const { path, inUse, secureRandom } = options
  const save = (text: string): Promise<Result<void, string>> => writeKeyFile(path, text)
  const read = await readKeyFile(path)
  if (!read.ok) return read
  if (read.value === null && inUse)
    return err(
      `The master keys (${path}) are missing, and the database has secrets that only they can open. Put the file back from your copy. If it is lost, begin with another data folder and set every key up again.`,
    )
  if (read.value === null) {
    const keys = [{ version: 1, bytes: secureRandom(KEY_BYTES) }]
    const saved = await save(formatKeyring(keys))
    return saved.ok ? ok(new MasterKeys(keys, save)) : saved
  }
  const keys = parseKeyring(read.value)
  if (keys.ok) return ok(new MasterKeys(keys.value, save))
  return err(`The master keys (${path}) cannot be used: ${keys.error}. Put the file back from your copy.`)
}

/** @returns null: there is no file */
async function readKeyFile(path: string): Promise<Result<string | null, string>> {
  let file: FileHandle | null = null
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    // Asked of the open file, so that it cannot be another one by the time it is read.
    const stats = await file.stat()
    if (!stats.isFile() || stats.size > MAXIMUM_FILE_BYTES)
      return err(`${path} is no file of master keys: it is no plain file, or too long. Name another one.`)
    if ((stats.mode & OTHERS) !== 0)
      return err(
        `The master keys (${path}) can be read by others on this machine. Run: chmod 600 ${path} - and rotate them if others were there.`,
      )
    return ok(await file.readFile('utf8'))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return ok(null)
    return err(
      `The master keys (${path}) cannot be read (${codeOf(error)}). Let the user that runs Lockstep read the file.`,
    )
  } finally {
    await file?.close()
  }
}

/** Another file first, then its name: a kill or a full disk in between leaves the former keys. */
async function writeKeyFile(path: string, text: string): Promise<Result<void, string>> {
  const written = `${path}.new`
  try {
    await rm(written, { force: true })
    await durably(written, 'wx', file => file.writeFile(text))
    await rename(written, path)
    await durably(dirname(path), 'r', async () => {})
    return ok()
  } catch (error) {
    return err(
      `The master keys (${path}) cannot be written (${codeOf(error)}). Let the user that runs Lockstep write in ${dirname(path)}, and look that its disk is not full.`,
    )
  }
}

/** A name is as durable as its folder. */
async function durably(
  path: string,
  flags: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags, OWNER_ONLY)
  try {
    await write(file)
    await file.sync()
  } finally {
    await file.close()
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
