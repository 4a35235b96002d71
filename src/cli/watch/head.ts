import type { LiveStatus } from '../../../client/live.ts'
import type { StreamView } from '../../../client/stream-reader.ts'
import type { Paint } from '../paint.ts'

/** Unknown is a dash, never 0. */
export const UNKNOWN = '-'

export interface Heading {
  readonly name: string
  readonly status: LiveStatus
  readonly reason: string
  readonly views: readonly StreamView[]
}

/** A number that may be old is never shown as live. */
export function headLine({ name, status, reason, views }: Heading, paint: Paint, now: number): string {
  const title = `${paint('bold', name)}  ${clockTime(now)}`
  if (status !== 'online') return `${title}  ${paint('red', `${status}: ${reason}`)}`
  const stale = views.find(({ isStale }) => isStale)
  if (views.length === 0) return `${title}  ${paint('yellow', 'waiting for the first data')}`
  return stale === undefined
    ? `${title}  ${paint('green', 'live')}`
    : `${title}  ${paint('yellow', `not live: the session is ${stale.state}`)}`
}

export function clockTime(at: number | null): string {
  return at === null ? UNKNOWN : new Date(at).toTimeString().slice(0, 8)
}
