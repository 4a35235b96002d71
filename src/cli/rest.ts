import { z } from 'zod'
import { problemSchema } from '../../protocol/problem.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { EXIT, exitCodeOf, type Failure } from './exit-codes.ts'
import type { Pass } from './local.ts'

/** Sealing many secrets anew, or walking along a long audit chain, takes its time. */
const ANSWER_MS = 120_000

interface Call<T> {
  readonly method: 'GET' | 'POST'
  /** Below /api/v1. */
  readonly path: string
  readonly body?: unknown
  readonly answer: z.ZodType<T>
}

/** Asks a running server as its owner. @returns the answer, or the server's own words for why not */
export async function ask<T>({ url, token }: Pass, call: Call<T>): Promise<Result<T, Failure>> {
  const { method, path, body, answer } = call
  try {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
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

function failureOf(said: unknown): Failure {
  const { detail, code, errors = [] } = problemSchema.parse(said)
  const wrong = errors.map(({ path, message }) => `${path}: ${message}`).join('; ')
  return { message: wrong === '' ? detail : `${detail} ${wrong}`, exitCode: exitCodeOf(code) }
}
