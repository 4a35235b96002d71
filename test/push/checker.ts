import type { StreamView } from '../../client/stream-reader.ts'
import type { Cursor, StreamName } from '../../protocol/live.ts'

const MAXIMUM_VIOLATIONS = 20
/** Of all streams; older ones are forgotten. A client shows a sequence long before so many have come after it. */
const MAXIMUM_TRUTHS = 40_000

/** A list in an order of its own: which row comes first says nothing. */
export function textOf(data: unknown): string {
  return Array.isArray(data)
    ? data
        .map(row => JSON.stringify(row))
        .sort()
        .join('\n')
    : JSON.stringify(data)
}

/**
 * I14: every client's view is what its source was at that sequence, sequences do not go back within an epoch, and at
 * rest every view is the source's. A delta that was lost and not noticed shows as a view that no source ever had.
 */
export class PushChecker {
  readonly violations: string[] = []
  /** Views that were compared with what the source had said of the same sequence. */
  compared = 0
  readonly #truths = new Map<string, string>()
  readonly #last = new Map<string, Cursor>()

  /** What a stream is at one of its sequences, by its source. */
  record(stream: StreamName, { epoch, seq }: Cursor, data: unknown): void {
    const key = `${stream} ${epoch} ${seq}`
    if (this.#truths.has(key)) return
    this.#truths.set(key, textOf(data))
    const [oldest] = this.#truths.keys()
    if (this.#truths.size > MAXIMUM_TRUTHS && oldest !== undefined) this.#truths.delete(oldest)
  }

  seen(client: string, { stream, cursor, data }: StreamView): void {
    if (cursor === null) return
    const reader = `${client} ${stream}`
    const last = this.#last.get(reader)
    if (last?.epoch === cursor.epoch && cursor.seq < last.seq)
      this.#violated(`${reader} went back from ${last.seq} to ${cursor.seq}`)
    this.#last.set(reader, cursor)
    const key = `${stream} ${cursor.epoch} ${cursor.seq}`
    const truth = this.#truths.get(key)
    if (truth === undefined) return
    this.compared += 1
    if (truth !== textOf(data)) this.#violated(`${reader} shows at ${cursor.seq} what the account never was`)
  }

  #violated(text: string): void {
    if (this.violations.length < MAXIMUM_VIOLATIONS) this.violations.push(text)
  }

  /** Nothing changes any more, and everything has had its time. */
  atRest(client: string, view: StreamView | null, truth: unknown): void {
    if (view === null || view.isStale || textOf(view.data) !== textOf(truth))
      this.#violated(
        `${client} does not show at rest what its account is: ${JSON.stringify(view)?.slice(0, 200)}`,
      )
  }
}
