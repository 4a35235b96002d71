import { z } from 'zod'
import { err, ok, type Result } from '../domain/result.ts'
import { EXIT, type Failure } from './exit-codes.ts'
import type { Pass } from './local.ts'
import { askAll } from './rest.ts'

export interface Named {
  readonly id: string
  readonly name: string
}

const named = z.object({ id: z.string(), name: z.string() })
const user = z.object({ id: z.string(), email: z.string() })

/** By its id or its name. */
export async function findAccount(pass: Pass, wanted: string): Promise<Result<Named, Failure>> {
  const listed = await askAll(pass, { path: '/accounts', row: named })
  return listed.ok ? pick('account', listed.value, wanted) : listed
}

/** By its id or its name. */
export async function findPair(pass: Pass, wanted: string): Promise<Result<Named, Failure>> {
  const listed = await askAll(pass, { path: '/pairs', row: named })
  return listed.ok ? pick('pair', listed.value, wanted) : listed
}

/** By the id or the email. */
export async function findUser(pass: Pass, wanted: string): Promise<Result<Named, Failure>> {
  const listed = await askAll(pass, { path: '/users', row: user })
  if (!listed.ok) return listed
  const rows = listed.value.map(({ id, email }) => ({ id, name: email }))
  return pick('user', rows, wanted.toLowerCase())
}

/** By their ids. */
export async function accountNames(pass: Pass): Promise<Result<ReadonlyMap<string, string>, Failure>> {
  const listed = await askAll(pass, { path: '/accounts', row: named })
  return listed.ok ? ok(new Map(listed.value.map(({ id, name }) => [id, name]))) : listed
}

function pick(what: string, rows: readonly Named[], wanted: string): Result<Named, Failure> {
  const found = rows.find(({ id, name }) => id === wanted || name === wanted)
  return found === undefined ? err(noSuch(what, rows, wanted)) : ok(found)
}

export function noSuch(what: string, rows: readonly Named[], wanted: string): Failure {
  // The server lists by id, and the ids of one millisecond are in no order.
  const names = rows
    .map(({ name }) => name)
    .toSorted()
    .join(', ')
  const message = `There is no ${what} "${wanted}". There are: ${names || 'none'}.`
  return { message, exitCode: EXIT.usage }
}
