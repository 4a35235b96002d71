import type { FastifyRequest } from 'fastify'
import { HISTORY_KINDS, type HistoryKind, type Interval } from '../domain/history.ts'
import type { AccountId } from '../domain/ids.ts'
import { parseId } from '../domain/ids.ts'
import type { HistoryFilter, HistoryPlace } from '../ports/history-store.ts'
import { accountsSeen } from './access.ts'
import { refuse } from './errors.ts'
import { decodeCursor, wrongCursor } from './paging.ts'
import type { Past } from './past.ts'
import type { Services } from './services.ts'
import { instrumentOf } from './views/strategy.ts'

export interface HistoryWish {
  readonly accountId?: string | undefined
  readonly instrument?: string | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
}

const DAY_MS = 24 * 3_600_000
/** Adding up longer spans would keep whoever asks next waiting for too long. */
const MAXIMUM_TIE_OUT_DAYS = 92

/** The rows that were asked for, of the accounts that somebody may see. */
export function filterOf(request: FastifyRequest, services: Services, wish: HistoryWish): HistoryFilter {
  return {
    accountIds: accountsAsked(request, services, wish.accountId),
    window: windowOf(wish),
    instrumentId: wish.instrument === undefined ? null : instrumentOf(wish.instrument),
  }
}

/** Those that a venue remembers; one that may not be seen has nothing, like one that does not exist. */
export function accountsAsked(
  request: FastifyRequest,
  services: Services,
  accountId: string | undefined,
): readonly AccountId[] {
  const seen = accountsSeen(request, services, 'account.read')
  return [...services.desk.roster().accounts.values()]
    .filter(({ id, kind }) => kind === 'venue' && (accountId ?? id) === id && (seen?.has(id) ?? true))
    .map(({ id }) => id)
}

export function windowOf({ from = 0, to = Number.MAX_SAFE_INTEGER }: HistoryWish): Interval {
  if (from < to) return { from, to }
  refuse('invalid', 'Give a `from` that is before `to`: rows from `from` on and before `to` are shown.', [
    { path: 'query.from', message: `must be before ${to}` },
  ])
}

/** Whole days, UTC: the last week if nothing is said. */
export function daysOf({ from, to }: HistoryWish, now: number): Interval {
  const end = Math.ceil((to ?? now + 1) / DAY_MS) * DAY_MS
  const window = windowOf({ from: Math.floor((from ?? end - 7 * DAY_MS) / DAY_MS) * DAY_MS, to: end })
  if (window.to - window.from <= MAXIMUM_TIE_OUT_DAYS * DAY_MS) return window
  refuse('invalid', `Ask for at most ${MAXIMUM_TIE_OUT_DAYS} days at once.`, [
    { path: 'query.from', message: `must be at most ${MAXIMUM_TIE_OUT_DAYS} days before \`to\`` },
  ])
}

/** The stretch that is complete for every one of these accounts; null: there is none. */
export function completeOf(
  past: Pick<Past, 'complete'>,
  accountIds: readonly AccountId[],
  kinds: readonly HistoryKind[] = HISTORY_KINDS,
): Interval | null {
  const spans = accountIds.map(id => past.complete(id, kinds))
  const from = Math.max(...spans.map(span => span?.from ?? Number.POSITIVE_INFINITY))
  const to = Math.min(...spans.map(span => span?.to ?? Number.NEGATIVE_INFINITY))
  return spans.length > 0 && from < to ? { from, to } : null
}

const PLACE = /^(\d{1,16}) (\d{1,16}) (\S+)$/

export function placeText({ at, number, accountId }: HistoryPlace): string {
  return `${at} ${number} ${accountId}`
}

export function placeOf(cursor: string | undefined): HistoryPlace | null {
  if (cursor === undefined) return null
  const [, at, number, account = ''] = PLACE.exec(decodeCursor(cursor)) ?? []
  const accountId = parseId<AccountId>(account)
  return accountId === undefined ? wrongCursor() : { at: Number(at), number: Number(number), accountId }
}
