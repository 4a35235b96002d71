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
} as const

/** How a command tells its exit code: nothing but the command's own script ends the process. */
export type Exit = (code: number) => void
