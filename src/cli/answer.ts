import type { Result } from '../domain/result.ts'
import { complain } from './config.ts'
import { EXIT, type Failure } from './exit-codes.ts'
import { askPass, type Pass } from './local.ts'
import { cannotRun } from './stored.ts'
import type { Where } from './where.ts'

/** Speaks to the server that runs there. */
export async function withServer<T>(
  { dataFolder }: Where,
  work: (pass: Pass) => Promise<Result<T, Failure>>,
): Promise<Result<T, Failure>> {
  const pass = await askPass(dataFolder)
  return pass.ok ? work(pass.value) : cannotRun(pass.error.message)
}

/** The same, or does it without one where none runs. */
export async function withOrWithoutServer<T>(
  { dataFolder }: Where,
  work: { server(pass: Pass): Promise<Result<T, Failure>>; stopped(): Promise<Result<T, Failure>> },
): Promise<Result<T, Failure>> {
  const pass = await askPass(dataFolder)
  if (pass.ok) return work.server(pass.value)
  return pass.error.kind === 'no_server' ? work.stopped() : cannotRun(pass.error.message)
}

/** Data on stdout, what went wrong on stderr. @returns the exit code */
export function answer<T>(
  result: Result<T, Failure>,
  { json, text }: { readonly json: boolean; readonly text: (value: T) => string },
): number {
  if (!result.ok) return complain([result.error.message], result.error.exitCode)
  process.stdout.write(`${json ? JSON.stringify(result.value) : text(result.value)}\n`)
  return EXIT.ok
}
