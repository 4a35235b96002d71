/**
 * Waits for SIGINT or SIGTERM, or for a reason of its own.
 *
 * A second signal ends the process at once: a person who presses Ctrl-C twice means it.
 */
export function untilStopped(): { readonly stopped: Promise<StopReason>; stop(reason: StopReason): void } {
  const { promise, resolve } = Promise.withResolvers<StopReason>()
  const onSignal = (): void => {
    process.once('SIGINT', () => process.exit(130))
    process.once('SIGTERM', () => process.exit(143))
    resolve({ kind: 'asked' })
  }
  process.once('SIGINT', onSignal)
  process.once('SIGTERM', onSignal)
  return { stopped: promise, stop: resolve }
}

export type StopReason = { readonly kind: 'asked' } | { readonly kind: 'failed'; readonly message: string }
