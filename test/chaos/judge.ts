import type { Audit } from '../e2e/audit.ts'
import type { Violation } from '../e2e/evidence.ts'
import { judge as judgeRun } from '../e2e/judge.ts'
import { readRecords } from '../e2e/records.ts'
import { amountOf, signed, size, textOf, times } from '../simulation/checkers/amounts.ts'
import { LEADER, ratioOf } from './cast.ts'
import { hedgedTooMuch, openPairs } from './pair-judge.ts'
import type { ChaosPair } from './pairs.ts'

/** What a look at a server's remains found, each in one line. */
export interface Judgement {
  /** A leader's fill without an outcome, a fill or an order that the exchange has and the store does not. */
  readonly lost: readonly string[]
  /** Two orders for one intent, a fill counted twice, or more opened than the leader's or leg A's trades call for. */
  readonly doubled: readonly string[]
  /** Anything not over at rest, positions that differ, and a leg that is alone in a pair that nobody was told of. */
  readonly unresolved: readonly string[]
}

export interface Remains {
  readonly dataFolder: string
  readonly audit: Audit
  readonly followers: readonly string[]
  readonly pairs: readonly ChaosPair[]
  /** What the venue itself answers, by account, in 10^-18. */
  readonly venuePositions: ReadonlyMap<string, bigint>
  /** What did not come to rest, in words. */
  readonly unrest: readonly string[]
  /** The exchange's clock was never off, so that its times can be held against ours. */
  readonly sameClock: boolean
}

const LOT = amountOf('0.001')
/** An exchange that was killed reads its clock anew, and two busy processes do not read theirs together. */
const CLOCK_SLACK_MS = 50

/** Holds the store of a server that has ended against its exchange's audit log. */
export async function judge(remains: Remains): Promise<Judgement> {
  const { dataFolder, audit, followers, pairs, venuePositions, unrest, sameClock } = remains
  const records = await readRecords(dataFolder, audit)
  const { violations } = judgeRun(
    {
      audit,
      records,
      leader: LEADER,
      meddlers: new Set(pairs.map(({ a }) => a)),
      venuePositions,
      wallAt: worldAt => (sameClock ? worldAt + CLOCK_SLACK_MS : Number.POSITIVE_INFINITY),
      speed: 1,
    },
    [],
  )
  const { image } = records
  const left = [
    ...unrest,
    ...image.intents.map(({ clientOrderId, status }) => `${clientOrderId} is still ${status} at rest`),
    ...image.decisions.map(({ id, status }) => `decision ${id} is still ${status} at rest`),
    ...image.linkStates
      .filter(({ desired, attributed }) => size(desired - attributed) >= LOT)
      .map(row => `a link holds ${textOf(row.attributed)} where ${textOf(row.desired)} is desired`),
    ...openPairs(audit, records, pairs),
  ]
  const kinds = Object.groupBy(violations, kindOf)
  const words = (of: readonly Violation[] = []) => of.map(({ invariant, text }) => `${invariant}: ${text}`)
  return {
    lost: words(kinds.lost),
    doubled: [
      ...words(kinds.doubled),
      ...followers.flatMap(name => openedTooMuch(audit, name)),
      ...pairs.flatMap(pair => hedgedTooMuch(audit, pair)),
    ],
    unresolved: [...words(kinds.unresolved), ...left],
  }
}

/** What a broken invariant of the end-to-end judge means for who owns the money. */
export function kindOf({ invariant, text }: Violation): keyof Judgement {
  if (invariant === 'I1' || text.includes('twice')) return 'doubled'
  if (['I4', 'I10', 'I15'].includes(invariant) || text.includes('without an outcome')) return 'unresolved'
  return 'lost'
}

/**
 * I8, from the exchange's own lines: what a follower ever opened is never ahead of the leader's increases times
 * the ratio, by more than a lot. A second order for a shortfall that the first had closed would be.
 */
export function openedTooMuch(audit: Audit, follower: string): readonly string[] {
  const ratio = ratioOf(follower)
  let increased = 0n
  let opened = 0n
  for (const fill of audit.fills) {
    const quantity = amountOf(fill.quantity)
    if (fill.account === LEADER) {
      const after = amountOf(fill.positionAfter)
      const before = after - signed(fill.side, quantity)
      const turned = before !== 0n && after !== 0n && before > 0n !== after > 0n
      if (turned) increased += size(after)
      else if (size(after) > size(before)) increased += size(after) - size(before)
      continue
    }
    if (fill.account !== follower) continue
    const order = audit.orders.get(`${follower}/${fill.clientOrderId}`)
    if (order?.received[0]?.reduceOnly === true) continue
    opened += quantity
    const most = times(increased, ratio) + LOT
    if (opened > most)
      return [
        `I8: ${follower} had opened ${textOf(opened)} at trade ${fill.tradeId}, ${textOf(most)} at most`,
      ]
  }
  return []
}
