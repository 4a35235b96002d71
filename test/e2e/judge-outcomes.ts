import type { Decision } from '../../src/domain/decision.ts'
import { amountOf, signed, signOf, size } from '../simulation/checkers/amounts.ts'
import type { Traded } from './audit.ts'
import type { Evidence, FollowerVerdict, Verdict } from './evidence.ts'
import { percentile } from './percentile.ts'
import type { LinkRecord } from './records.ts'

type Part = 'reduce' | 'increase'

/** One fill of the leader as the exchange wrote it down. */
interface LeaderFill {
  readonly sequence: number
  readonly fill: Traded
  /** A flip has both. */
  readonly parts: readonly Part[]
}

type OutcomesVerdict = Pick<
  Verdict,
  'leaderFills' | 'outcomes' | 'expectedOutcomes' | 'outcomesByKind' | 'reasons' | 'followers'
> & { readonly copyMs: readonly number[] }

/** I5: each part of each leader fill is in exactly one decision of every link that was on, with a reason. */
export function judgeOutcomes(evidence: Evidence): OutcomesVerdict {
  const fills = leaderFills(evidence)
  const on = evidence.records.links.filter(({ mode }) => mode !== 'off')
  const decisions = on.flatMap(link => link.decisions)
  const copyMs: number[] = []
  const followers: FollowerVerdict[] = []
  let outcomes = 0
  for (const link of on) {
    outcomes += judgeLink(evidence, link, fills)
    const ownMs = link.decisions
      .map(decision => copyTime(evidence, link, decision, fills))
      .filter(ms => ms !== null)
    copyMs.push(...ownMs)
    followers.push(followerVerdict(link, ownMs))
  }
  return {
    leaderFills: fills.length,
    outcomes,
    expectedOutcomes: fills.length * on.length,
    outcomesByKind: countBy(decisions, ({ outcome }) => outcome ?? 'none'),
    reasons: countBy(
      decisions.filter(({ outcome }) => outcome !== 'copied'),
      ({ reason }) => reason ?? 'none',
    ),
    followers,
    copyMs,
  }
}

function followerVerdict(
  { account, strategy, link, decisions }: LinkRecord,
  ms: readonly number[],
): FollowerVerdict {
  const { kind, inverse } = link.sizing ?? strategy.sizing
  return {
    name: account.name,
    sizing: inverse ? `${kind}, inverse` : kind,
    entry: strategy.entry.kind,
    decisions: countBy(decisions, ({ outcome, reason }) =>
      outcome === 'copied' ? outcome : `${outcome}: ${reason}`,
    ),
    medianMs: percentile(ms, 0.5),
    p99Ms: percentile(ms, 0.99),
  }
}

function countBy<T>(items: readonly T[], nameOf: (item: T) => string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const item of items) counts[nameOf(item)] = (counts[nameOf(item)] ?? 0) + 1
  return counts
}

/** The leader's fills in the exchange's order, which the server's own count must follow without a gap. */
function leaderFills({ audit, records, leader, violate }: Evidence): readonly LeaderFill[] {
  const counted = new Map(
    (records.fills.get(leader) ?? []).map(({ fill, sourceSequence }) => [
      fill.tradeId as string,
      sourceSequence,
    ]),
  )
  return audit.fills
    .filter(({ account }) => account === leader)
    .map((fill, index) => {
      const sequence = index + 1
      if (counted.get(fill.tradeId) !== sequence)
        violate(
          'I3',
          `leader fill ${fill.tradeId} is number ${sequence}, counted ${counted.get(fill.tradeId)}`,
        )
      return { sequence, fill, parts: partsOf(fill) }
    })
}

function partsOf(fill: Traded): readonly Part[] {
  const after = amountOf(fill.positionAfter)
  const before = after - signed(fill.side, amountOf(fill.quantity))
  const flips = signOf(before) !== 0n && signOf(after) !== 0n && signOf(before) !== signOf(after)
  if (flips) return ['reduce', 'increase']
  return size(after) > size(before) ? ['increase'] : ['reduce']
}

/** @returns how many of the fills have their whole outcome */
function judgeLink({ violate }: Evidence, link: LinkRecord, fills: readonly LeaderFill[]): number {
  const { name } = link.account
  const counts = new Map<string, number>()
  for (const decision of link.decisions) {
    const { part, firstFill, lastFill, status, outcome, reason, id } = decision
    if (part === 'rebase') violate('I5', `${name}: a rebase, though the venue could show every trade`)
    if (status !== 'done' || outcome === null || reason === null)
      violate(
        'I5',
        `${name}: decision ${id} of fills ${firstFill} to ${lastFill} is ${status} without an outcome`,
      )
    for (let fill = firstFill; fill <= lastFill; fill += 1)
      counts.set(`${part}/${fill}`, (counts.get(`${part}/${fill}`) ?? 0) + 1)
  }
  let whole = 0
  for (const { sequence, parts } of fills) {
    const covered = parts.filter(part => take(counts, `${part}/${sequence}`) === 1)
    if (covered.length === parts.length) whole += 1
    else violate('I5', `${name}: leader fill ${sequence} (${parts.join(', ')}) has not one outcome each`)
  }
  for (const key of counts.keys())
    violate('I5', `${name}: a decision about ${key}, which the leader never made`)
  return whole
}

function take(counts: Map<string, number>, key: string): number {
  const count = counts.get(key) ?? 0
  counts.delete(key)
  return count
}

/**
 * Wall ms from the last of the leader's fills to the first of the follower's, by the exchange's clock; null
 * where nothing was copied, or where the order was meant to rest.
 */
function copyTime(
  { audit, records, speed }: Evidence,
  { account, strategy }: LinkRecord,
  decision: Decision,
  fills: readonly LeaderFill[],
): number | null {
  const { intentId, lastFill, outcome, part } = decision
  if (intentId === null || (outcome !== 'copied' && outcome !== 'partly')) return null
  const rests = strategy.entry.kind === 'limit' || strategy.entry.kind === 'limit_follow'
  if (rests && part === 'increase') return null
  const key = records.keysByIntent.get(intentId) ?? ''
  const followerAt = audit.orders.get(key)?.firstFillAt ?? null
  const leaderAt = fills[lastFill - 1]?.fill.at ?? null
  if (followerAt === null || leaderAt === null || !key.startsWith(`${account.name}/`)) return null
  return (followerAt - leaderAt) / speed
}
