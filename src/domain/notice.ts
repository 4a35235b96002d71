import type { AccountId, InstrumentId, NoticeId } from './ids.ts'

export type NoticeLevel = 'info' | 'warning' | 'critical'

/** Something a person must know: a row first, whatever else carries it. */
export interface Notice {
  readonly id: NoticeId
  /** Stable: rules and de-duplication go by it. */
  readonly code: string
  readonly level: NoticeLevel
  readonly accountId: AccountId | null
  readonly instrumentId: InstrumentId | null
  /** What happened, to whom, and what to do, in one sentence each. */
  readonly text: string
  readonly at: number
}
