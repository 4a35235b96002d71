import type { AccountId, InstrumentId, NoticeId } from './ids.ts'

export type NoticeLevel = 'info' | 'warning' | 'critical'

export type NoticeDetails = Readonly<Record<string, string | number | null>>

/** Something a person must know: a row first, whatever else carries it. */
export interface Notice {
  readonly id: NoticeId
  /** Stable: rules and de-duplication go by it. */
  readonly code: string
  readonly level: NoticeLevel
  readonly accountId: AccountId | null
  readonly instrumentId: InstrumentId | null
  /** What happened, and to whom. */
  readonly text: string
  /** What to do about it, in a sentence; never empty. */
  readonly action: string
  /** What programs go by: fields in camelCase, amounts as text; null: nothing beside the text. */
  readonly details: NoticeDetails | null
  /** The earlier notice that is over with this one; null: this one begins something. */
  readonly recovers: NoticeId | null
  readonly at: number
  /** Our clock, ms; null: nobody has yet. */
  readonly acknowledgedAt: number | null
  /** The same as an audit entry's actor. */
  readonly acknowledgedBy: string | null
}
