import type { Path } from './keys.ts'

/** Where a value comes from; `place` names the flag, the variable or the line. */
export interface Origin {
  readonly layer: 'flag' | 'environment' | 'file' | 'default'
  readonly place: string
}

export const DEFAULT_ORIGIN: Origin = { layer: 'default', place: 'default' }

/** One thing that is wrong, where it stands, and what to write instead. */
export interface ConfigProblem {
  /** `accounts.0.venue`; '' where no single value is meant. */
  readonly path: string
  readonly place: string
  readonly message: string
}

export function pathText(path: Path): string {
  return path.join('.')
}

export function formatProblem(problem: ConfigProblem): string {
  const subject = problem.path === '' ? problem.place : `${problem.path} (${problem.place})`
  return `${subject}: ${problem.message}`
}

/** Values under these keys are never shown, in no message and no listing. */
export function isSecret(path: Path): boolean {
  const key = path.at(-1)
  return key === 'key' || key === 'secret'
}

/** A name that is used but not defined, defined twice, or that cannot mean what it says. */
export interface ReferenceProblem {
  readonly path: Path
  readonly message: string
}
