import { err, ok, type Result } from '../domain/result.ts'

/** One generation of the key that everything else is locked with. */
export interface MasterKey {
  /** From 1; the highest is the one in use. */
  readonly version: number
  readonly bytes: Uint8Array
}

export const KEY_BYTES = 32
/** One in use, and those that a rotation has not replaced everywhere yet. */
export const MAXIMUM_KEYS = 8

const LINE = /^(\d{1,9}) ([A-Za-z0-9_-]{43})$/
const HEADER = [
  '# The master keys of Lockstep. Who has this file and the database can read every secret in it:',
  '# keep a copy, apart from the backups of the database.',
]

/**
 * @param text one key per line: its version, a space, 32 bytes in base64url; # begins a comment
 * @returns at least one key, oldest first; or what is wrong with the text, which is never quoted
 */
export function parseKeyring(text: string): Result<readonly MasterKey[], string> {
  const lines = text.split('\n').map(line => line.trim())
  const keys: MasterKey[] = []
  for (const [index, line] of lines.entries()) {
    if (line === '' || line.startsWith('#')) continue
    const [, version, encoded] = LINE.exec(line) ?? []
    if (version === undefined || encoded === undefined)
      return err(`line ${index + 1} is not a version and a key of ${KEY_BYTES} bytes in base64url`)
    keys.push({ version: Number(version), bytes: Buffer.from(encoded, 'base64url') })
  }
  if (keys.length === 0) return err('it has no key')
  if (keys.length > MAXIMUM_KEYS) return err(`it has more than ${MAXIMUM_KEYS} keys`)
  if (new Set(keys.map(key => key.version)).size < keys.length) return err('it has a version twice')
  return ok(keys.sort((a, b) => a.version - b.version))
}

export function formatKeyring(keys: readonly MasterKey[]): string {
  const lines = keys.map(({ version, bytes }) => `${version} ${Buffer.from(bytes).toString('base64url')}`)
  return `${[...HEADER, ...lines].join('\n')}\n`
}
