import type { NoticeId } from '../domain/ids.ts'
import type { Notice } from '../domain/notice.ts'

/** What a notice is about: two with the same are about the same. */
export type NoticePlace = Pick<Notice, 'code' | 'accountId' | 'instrumentId'>

/** What lasts until it is over; whatever else is told has happened and is done. */
const LASTING: ReadonlySet<string> = new Set([
  'key_refused',
  'key_without_addresses',
  'position_mode',
  'order_lost',
  'exit_refused',
  'pair_close_refused',
  'inactive_with_copies',
  'account_flattened',
  'history_paused',
])

/** Notices whose matter is not over, so that a person is told when it is. One for each code, account and instrument. */
export class NoticeBoard {
  readonly #open = new Map<string, NoticeId>()

  /** Asked first, because it almost always is. */
  get isClear(): boolean {
    return this.#open.size === 0
  }

  has(place: NoticePlace): boolean {
    return this.#open.has(keyOf(place))
  }

  /** The first one stands for all that say the same. */
  begun(notice: Notice): void {
    const key = keyOf(notice)
    if (LASTING.has(notice.code) && !this.#open.has(key)) this.#open.set(key, notice.id)
  }

  /** @returns the notice that is over; null: there was none */
  over(place: NoticePlace): NoticeId | null {
    const key = keyOf(place)
    const id = this.#open.get(key) ?? null
    this.#open.delete(key)
    return id
  }

  /** @param notices stored ones, newest first */
  restore(notices: readonly Notice[]): void {
    for (const notice of notices.toReversed()) {
      if (notice.recovers === null) this.begun(notice)
      else this.over(notice)
    }
  }
}

function keyOf({ code, accountId, instrumentId }: NoticePlace): string {
  return `${code}/${accountId}/${instrumentId}`
}
