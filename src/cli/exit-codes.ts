/** What a script that calls the command can tell apart. */
export const EXIT = {
  ok: 0,
  /** A bug: the message asks for a report. */
  unexpected: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  /** It cannot run here: the database, the port, the folder. */
  cannotRun: 3,
  /** It ran and had to stop: the store failed. */
  stopped: 4,
  /** What was to be checked is not as it must be: the audit chain was changed. */
  notIntact: 5,
} as const

/** How a command tells its exit code: nothing but the command's own script ends the process. */
export type Exit = (code: number) => void

/** Why a command was not done, with what to do, and its exit code. */
export interface Failure {
  readonly message: string
  readonly exitCode: number
}

/** Of what a server or its own rooms refuse: a mistake of the caller's, unless nothing can be done right now. */
export function exitCodeOf(refusal: string): number {
  return refusal === 'unavailable' || refusal === 'internal' ? EXIT.cannotRun : EXIT.usage
}
