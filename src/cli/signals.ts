export type StopReason = { readonly kind: 'asked' } | { readonly kind: 'failed'; readonly message: string }

export interface Waiting {
  /** Settles once, with whatever came first. */
  readonly stopped: Promise<StopReason>
  stop(reason: StopReason): void
}

/** What a process hears signals on; a test has its own. */
export type SignalSource = Pick<NodeJS.Process, 'on' | 'exit'> & {
  readonly stdout: Pick<NodeJS.WriteStream, 'on'>
}

/** A terminal, npm and the start script each pass one Ctrl-C on: until then it is still the same one. */
export const SAME_REQUEST_MS = 2_000
/** What a shell expects of a process that a signal ended: 128 + its number. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/**
 * Waits for a signal, for the reader of stdout to go away, or for a reason of the caller's own.
 *
 * A signal that comes later than the first one's echoes ends the process at once: a person who presses
 * Ctrl-C again, because stopping takes long, means it.
 */
export function untilStopped(source: SignalSource = process): Waiting {
  const { promise, resolve } = Promise.withResolvers<StopReason>()
  let askedAt: number | null = null
  for (const [signal, code] of Object.entries(SIGNALS)) {
    source.on(signal, () => {
      const now = performance.now()
      if (askedAt !== null && now - askedAt > SAME_REQUEST_MS) source.exit(code)
      askedAt ??= now
      resolve({ kind: 'asked' })
    })
  }
  source.stdout.on('error', () => resolve({ kind: 'asked' }))
  return { stopped: promise, stop: resolve }
}
