import { err, ok, type Result } from '../domain/result.ts'
import type { NamedOwner } from '../front/front.ts'
import { readFile } from './config.ts'

const EMAIL = 'LOCKSTEP_OWNER_EMAIL'
const PASSWORD_FILE = 'LOCKSTEP_OWNER_PASSWORD_FILE'
const PASSWORD = 'LOCKSTEP_OWNER_PASSWORD'

/**
 * The first owner as the environment names one, which is how containers are set up.
 *
 * @returns null: it names none
 */
export function namedOwner(
  env: Readonly<Record<string, string | undefined>>,
): Result<NamedOwner | null, string> {
  if (env[PASSWORD])
    return err(
      `${PASSWORD} is not read, because others can see an environment. Write the password to a file, and name the file with ${PASSWORD_FILE}.`,
    )
  const email = env[EMAIL] ?? ''
  const path = env[PASSWORD_FILE] ?? ''
  if (email === '' && path === '') return ok(null)
  if (email === '' || path === '') {
    const [given, missing] = email === '' ? [PASSWORD_FILE, EMAIL] : [EMAIL, PASSWORD_FILE]
    return err(`${given} is set and ${missing} is not. Set both for a first owner, or neither.`)
  }
  return ok({ email, password: () => readPassword(path, PASSWORD_FILE) })
}

/**
 * A file that holds a password alone. An end of line that an editor adds is no part of it; other space is.
 *
 * @param by what named the file, as the error says it
 */
export function readPassword(path: string, by: string): Result<string, string> {
  const text = readFile(path)
  if (!text.ok)
    return err(
      `${by}: the password cannot be read (${text.error}). Name a file that this user can read and that holds the password alone.`,
    )
  const password = text.value.replace(/\r?\n$/, '')
  return password === '' ? err(`${by}: the file ${path} is empty. Write the password into it.`) : ok(password)
}
