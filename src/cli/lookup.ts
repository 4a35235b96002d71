import { z } from 'zod'
import { err, ok, type Result } from '../domain/result.ts'
import { EXIT, type Failure } from './exit-codes.ts'
import type { Pass } from './local.ts'
import { ask } from './rest.ts'

export interface Named {
  readonly id: string
  readonly name: string
}

const accounts = z.object({ rows: z.array(z.object({ id: z.string(), name: z.string() })) })
const users = z.object({ rows: z.array(z.object({ id: z.string(), email: z.string() })) })

/** By its id or its name. */
export async function findAccount(pass: Pass, wanted: string): Promise<Result<Named, Failure>> {
  const listed = await ask(pass, { method: 'GET', path: '/accounts', answer: accounts })
  return listed.ok ? pick('account', listed.value.rows, wanted) : listed
}

/** By the id or the email. */
export async function findUser(pass: Pass, wanted: string): Promise<Result<Named, Failure>> {
  const listed = await ask(pass, { method: 'GET', path: '/users', answer: users })
  if (!listed.ok) return listed
  const rows = listed.value.rows.map(({ id, email }) => ({ id, name: email }))
  return pick('user', rows, wanted.toLowerCase())
}

function pick(what: string, rows: readonly Named[], wanted: string): Result<Named, Failure> {
  const found = rows.find(({ id, name }) => id === wanted || name === wanted)
  if (found !== undefined) return ok(found)
  const names = rows.map(({ name }) => name).join(', ')
  const message = `There is no ${what} "${wanted}". There are: ${names || 'none'}.`
  return err({ message, exitCode: EXIT.usage })
}
