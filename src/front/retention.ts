import type { Result } from '../domain/result.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/observe.ts'
import type { Store } from '../ports/store.ts'
import type { Pruning } from '../security/pruning.ts'

/** A command that is sent again within it is answered again; later its key is as good as new. */
export const ANSWERS_KEPT_MS = 86_400_000
/** Rows that are forgotten in one unit: what has to be sent waits for no more than these. */
export const ROWS_PER_SLICE = 100
export const SWEEP_EVERY_MS = 3_600_000
/** Between two slices, so that a long night's worth of them is nobody's bottleneck. */
const SLICE_PAUSE_MS = 1_000

export interface RetentionParts {
  readonly store: Pick<Store, 'forgetAnswers'>
  readonly pruning: Pick<Pruning, 'prune'>
  readonly clock: Clock
  readonly log: Log
}

type Slice = () => Promise<Result<number, { readonly message: string }>>

/**
 * Forgets what has done its service: kept answers, ended logins and API tokens. Never audit, orders, fills, decisions,
 * signals or notices. @returns what ends it
 */
export function startRetention({ store, pruning, clock, log }: RetentionParts): () => void {
  let isOver = false
  let cancel = (): void => undefined
  const slices: readonly Slice[] = [
    () => store.forgetAnswers(clock.now() - ANSWERS_KEPT_MS, ROWS_PER_SLICE),
    () => pruning.prune(ROWS_PER_SLICE),
  ]
  const sweep = async (): Promise<void> => {
    const done = await Promise.all(slices.map(slice => slice()))
    if (isOver) return
    const failed = done.find(each => !each.ok)
    // Nothing depends on it: what cannot be forgotten now is forgotten an hour later.
    if (failed !== undefined && !failed.ok) log.warn('retention_failed', { message: failed.error.message })
    const isMore = failed === undefined && done.some(each => each.ok && each.value === ROWS_PER_SLICE)
    wait(isMore ? SLICE_PAUSE_MS : SWEEP_EVERY_MS)
  }
  const wait = (ms: number): void => {
    cancel = clock.after(ms, () => void sweep())
  }
  wait(SLICE_PAUSE_MS)
  return () => {
    isOver = true
    cancel()
  }
}
