import { OUTCOMES } from '../../domain/decision.ts'
import { ORDER_STATUSES } from '../../domain/order.ts'
import { must } from '../../domain/result.ts'
import type {
  AuditFilter,
  NoticeFilter,
  OrderFilter,
  OutcomeFilter,
  PairFillFilter,
  RoundFilter,
  SignalFilter,
} from '../../ports/records.ts'
import type { Cell } from '../codec.ts'
import type { Query } from './reads.ts'

/**
 * The newest rows of several lists, each of them newest first and no longer than the page. One list per account or
 * link, because an index gives the newest rows of one owner and not of some.
 */
export interface Page {
  readonly lists: readonly Query[]
  /** The column that rows come by. */
  readonly newestBy: string
  readonly limit: number
}

/** Behind every id and every sequence: a page from the beginning. */
const NO_ID = '\u{10ffff}'
const NO_SEQUENCE = Number.MAX_SAFE_INTEGER

export function orderPage(filter: OrderFilter): Page {
  const { accountIds, before = NO_SEQUENCE, limit, statuses, from } = filter
  const page = { newestBy: 'sequence', limit }
  if (statuses?.length === 0) return { ...page, lists: [] }
  const narrowed = ordersNarrowed(filter)
  if (accountIds === null) {
    const read = from === undefined ? 'orders' : 'ordersSince'
    return { ...page, lists: [{ read, values: [before, ...narrowed] }] }
  }
  const lists = eachOnce(accountIds).map(
    (accountId): Query => ({ read: 'ordersOfAccount', values: [accountId, before, ...narrowed] }),
  )
  return { ...page, lists }
}

function ordersNarrowed({ statuses, from, to, limit, ...filter }: OrderFilter): readonly Cell[] {
  const instrumentId = filter.instrumentId ?? null
  return [
    from ?? Number.NEGATIVE_INFINITY,
    to ?? Number.POSITIVE_INFINITY,
    instrumentId,
    instrumentId,
    ...filledUp(statuses ?? ORDER_STATUSES, ORDER_STATUSES.length),
    limit,
  ]
}

export function outcomePage({ linkIds, outcomes, limit, ...filter }: OutcomeFilter): Page {
  const before: string = filter.before ?? NO_ID
  const page = { newestBy: 'id', limit }
  if (outcomes?.length === 0) return { ...page, lists: [] }
  if (linkIds === null && outcomes === undefined)
    return { ...page, lists: [{ read: 'decisions', values: [before, limit] }] }
  if (linkIds === null) {
    const ofOutcome = (outcome: string): Query => ({
      read: 'decisionsOfOutcome',
      values: [outcome, before, limit],
    })
    return { ...page, lists: eachOnce(outcomes ?? []).map(ofOutcome) }
  }
  const ofLink = (linkId: string): readonly Query[] => {
    if (outcomes === undefined)
      return [
        { read: 'decisionsDoneOfLink', values: [linkId, before, limit] },
        { read: 'decisionsNotDoneOfLink', values: [linkId, before, limit] },
      ]
    const wanted = filledUp(outcomes, OUTCOMES.length)
    return [{ read: 'outcomesOfLink', values: [linkId, ...wanted, before, limit] }]
  }
  return { ...page, lists: eachOnce(linkIds).flatMap(ofLink) }
}

export function noticePage({ accountIds, acknowledged, limit, ...filter }: NoticeFilter): Page {
  const before: string = filter.before ?? NO_ID
  const page = { newestBy: 'id', limit }
  const wanted = acknowledged === undefined ? [0, 1] : acknowledged ? [1, 1] : [0, 0]
  if (accountIds !== null) {
    const ofAccount = (accountId: string): Query => ({
      read: 'noticesOfAccount',
      values: [accountId, ...wanted, before, limit],
    })
    return { ...page, lists: eachOnce(accountIds).map(ofAccount) }
  }
  if (acknowledged === false)
    return { ...page, lists: [{ read: 'noticesUnacknowledged', values: [before, limit] }] }
  return { ...page, lists: [{ read: 'notices', values: [...wanted, before, limit] }] }
}

export function roundPage({ pairId, before = NO_SEQUENCE, limit }: RoundFilter): Page {
  const list: Query = { read: 'roundsOfPair', values: [pairId, before, limit] }
  return { lists: [list], newestBy: 'number', limit }
}

export function pairFillPage({ pairId, before = NO_SEQUENCE, limit, ...window }: PairFillFilter): Page {
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = window
  const list: Query = { read: 'fillsOfPair', values: [pairId, before, from, to, limit] }
  return { lists: [list], newestBy: 'pair_sequence', limit }
}

export function signalPage({ sourceId, before, limit }: SignalFilter): Page {
  const list: Query = { read: 'signalsOfSource', values: [sourceId, before ?? NO_ID, limit] }
  return { lists: [list], newestBy: 'id', limit }
}

export function auditPage({ before = NO_SEQUENCE, limit }: AuditFilter): Page {
  return { lists: [{ read: 'audit', values: [before, limit] }], newestBy: 'sequence', limit }
}

function eachOnce<Value>(values: readonly Value[]): readonly Value[] {
  return [...new Set(values)]
}

/** A statement has a fixed number of placeholders: what is wanted is said again until they are all filled. */
function filledUp<Value>(wanted: readonly Value[], count: number): readonly Value[] {
  const distinct = eachOnce(wanted)
  return Array.from({ length: count }, (_, index) =>
    must(distinct[index % distinct.length], 'something is wanted'),
  )
}
