import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { problemSchema } from '../../protocol/problem.ts'
import { MAXIMUM_PAGE, pageOf } from '../../protocol/rest/common.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { EXIT, exitCodeOf, type Failure } from './exit-codes.ts'
import type { Pass } from './local.ts'

/** Sealing many secrets anew, or walking along a long audit chain, takes its time. */
const ANSWER_MS = 120_000
/** Of one list: two hundred thousand rows are a server's mistake. */
const MAXIMUM_PAGES = 1_000

interface Call<T> {
  readonly method: 'GET' | 'POST'
  /** Below /api/v1. */
  readonly path: string
  readonly body?: unknown
  /** For what must not be done twice; a new one for each. */
  readonly idempotencyKey?: string
  readonly answer: z.ZodType<T>
}

/** Asks a running server as its owner. @returns the answer, or the server's own words for why not */
export async function ask<T>({ url, token }: Pass, call: Call<T>): Promise<Result<T, Failure>> {
  const { method, path, body, idempotencyKey, answer } = call
  try {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      },
      signal: AbortSignal.timeout(ANSWER_MS),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const said: unknown = response.status === 204 ? null : await response.json()
    return response.ok ? ok(answer.parse(said)) : err(failureOf(said))
  } catch (error) {
    const reason = error instanceof z.ZodError ? 'it is of another version' : String(error)
    return err({
      message: `The server at ${url} cannot be asked (${reason}). Look at its log, and try again.`,
      exitCode: EXIT.cannotRun,
    })
  }
}

interface List<T> {
  /** Below /api/v1, without a query. */
  readonly path: string
  /** What the list is narrowed by. */
  readonly query?: URLSearchParams
  readonly row: z.ZodType<T>
}

/** A whole list, page after page. */
export async function askAll<T>(pass: Pass, { path, query, row }: List<T>): Promise<Result<T[], Failure>> {
  const answer = pageOf(row)
  const rows: T[] = []
  const asked = new URLSearchParams([...(query ?? []), ['limit', String(MAXIMUM_PAGE)]])
  for (let page = 0; page < MAXIMUM_PAGES; page += 1) {
    const listed = await ask(pass, { method: 'GET', path: `${path}?${asked}`, answer })
    if (!listed.ok) return listed
    rows.push(...listed.value.rows)
    if (listed.value.next === null) return ok(rows)
    asked.set('cursor', listed.value.next)
  }
  const message = `The server's list ${path} has no end. Look at its log.`
  return err({ message, exitCode: EXIT.cannotRun })
}

function failureOf(said: unknown): Failure {
  const { detail, code, errors = [] } = problemSchema.parse(said)
  const wrong = errors.map(({ path, message }) => `${path}: ${message}`).join('; ')
  return { message: wrong === '' ? detail : `${detail} ${wrong}`, exitCode: exitCodeOf(code) }
}

/** Writes an answer out as it comes. @param path below /api/v1. @param file null: to stdout. @returns its head; null: nobody read it to the end */
export async function save(
  { url, token }: Pass,
  path: string,
  file: string | null,
): Promise<Result<Headers | null, Failure>> {
  try {
    const response = await fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } })
    if (!response.ok || response.body === null) return err(failureOf(await response.json()))
    const out = file === null ? process.stdout : createWriteStream(file)
    await pipeline(Readable.fromWeb(response.body), out, { end: file !== null })
    return ok(response.headers)
  } catch (error) {
    // A reader that left (lockstep history export | head) has what it wanted.
    if (file === null && isClosedPipe(error)) return ok(null)
    const what = file === null ? 'The rows' : `The file ${file}`
    return err({
      message: `${what} cannot be written to the end (${String(error)}).`,
      exitCode: EXIT.cannotRun,
    })
  }
}

function isClosedPipe(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE'
}
