import type { StreamState } from '../../protocol/live.ts'
import type { AccountId, InstrumentId, PairId } from '../domain/ids.ts'
import type { Room } from './room.ts'

/** The streams that have one origin, for as long as somebody reads one of them. */
export interface Feed {
  readonly origin: AccountId | InstrumentId | PairId
  readonly rooms: readonly Room[]
  /** How far the streams can be trusted. */
  readonly state: StreamState
  /** Lets the rooms share what is costly to look up while `work` goes on, which is synchronous. */
  together(work: () => void): void
  end(): void
}
