import { decimal, ZERO } from '../../domain/decimal.ts'
import type { PairId, RoundId, TradeId, VenueOrderId } from '../../domain/ids.ts'
import { type LegName, newPairState, type Pair, type PairState, type Round } from '../../domain/pair.ts'
import { err, ok } from '../../domain/result.ts'
import { standingOf } from '../../logic/hedge/standing.ts'
import type { PairFillFilter, RoundFilter } from '../../ports/records.ts'
import type { StoredFill } from '../../ports/store.ts'
import type { Answer, Refusal } from '../answer.ts'
import type { Pairs } from '../pairs.ts'
import type { World } from './world.ts'

const ROUNDS = 3
const AT = 1_700_000_000_000

/** Each pair holds 0.02 on A and is 0.005 short on B. */
export function fakePairs(world: World): Pairs {
  const states = new Map<PairId, PairState>()
  const stateOf = (id: PairId): PairState =>
    states.get(id) ?? { ...newPairState(id), phase: 'exposed', baseA: ZERO, baseB: ZERO, unhedgedSince: AT }
  const change = async (id: PairId, to: Partial<PairState>): Answer<void> => {
    states.set(id, { ...stateOf(id), ...to })
    return ok()
  }
  return {
    view: id => {
      const pair = world.pairs.get(id)
      if (pair === undefined) return null
      const state = stateOf(id)
      const standing = standingOf(pair, state, { a: decimal('0.02'), b: decimal('-0.015') })
      return { pair, state, ...standing, round: roundOf(id, ROUNDS) }
    },
    waitsFor: () => 'The prices are too old.',
    pause: id => change(id, { phase: 'paused', pause: 'by_hand' }),
    resume: async id => {
      if (stateOf(id).phase !== 'closing') return change(id, { phase: 'idle', pause: null })
      return err({ code: 'conflict', message: 'It is being closed.' } satisfies Refusal)
    },
    closes: (_id, leg) => {
      const a = { leg: 'a', side: 'sell', quantity: decimal('0.02'), worstPrice: decimal('58800') } as const
      const b = { leg: 'b', side: 'buy', quantity: decimal('0.015'), worstPrice: null } as const
      return ok(leg === null ? [a, b] : leg === 'a' ? [a] : [b])
    },
    flatten: (id, closingLeg) => change(id, { phase: 'closing', pause: 'flattened', closingLeg }),
  }
}

/** Newest first. Each has the order of one of its accounts as its attempt. */
export function roundsOf(
  world: World,
  { pairId, before = Number.POSITIVE_INFINITY, limit }: RoundFilter,
): readonly Round[] {
  const accountId = world.pairs.get(pairId)?.b.accountId
  const attempts = world.orders.filter(order => order.accountId === accountId).map(order => order.intentId)
  return Array.from({ length: ROUNDS }, (_, index) => ({ ...roundOf(pairId, ROUNDS - index), attempts }))
    .filter(({ number }) => number < before)
    .slice(0, limit)
}

function roundOf(pairId: PairId, number: number): Round {
  return {
    id: `00000000-0000-7000-8000-00000000000${number}` as RoundId,
    pairId,
    number,
    startedAt: AT,
    endedAt: AT + 12,
    quantityA: decimal('0.01'),
    notionalA: decimal('600'),
    tradedA: decimal('0.01'),
    quantityB: decimal('-0.01'),
    notionalB: decimal('599.4'),
    tradedB: decimal('0.01'),
    attempts: [],
    outcome: 'hedged',
  }
}

/** Newest first: A bought 0.01 twice, each time a second later, and B has followed the first. */
export function pairFillsOf(world: World, filter: PairFillFilter): readonly StoredFill[] {
  const { pairId, from = 0, to = Number.POSITIVE_INFINITY, limit } = filter
  const pair = world.pairs.get(pairId)
  if (pair === undefined) return []
  const { before = Number.POSITIVE_INFINITY } = filter
  const rows = [
    fillOf(pair, 3, { leg: 'a', exposure: { a: '0.02', b: '-0.01', gap: '-0.01' } }),
    fillOf(pair, 2, { leg: 'b', exposure: { a: '0.01', b: '-0.01', gap: '0' } }),
    fillOf(pair, 1, { leg: 'a', exposure: { a: '0.01', b: '0', gap: '-0.01' } }),
  ]
  return rows
    .filter(({ pairSequence, fill: { at } }) => (pairSequence ?? 0) < before && at >= from && at < to)
    .slice(0, limit)
}

function fillOf(
  pair: Pair,
  number: number,
  { leg, exposure: { a, b, gap } }: { leg: LegName; exposure: Record<'a' | 'b' | 'gap', string> },
): StoredFill {
  return {
    fill: {
      ...pair[leg],
      positionIndex: 0,
      tradeId: `trade-${number}` as TradeId,
      venueOrderId: `order-${number}` as VenueOrderId,
      clientOrderId: null,
      side: leg === 'a' ? 'buy' : 'sell',
      quantity: decimal('0.01'),
      fillPrice: decimal('60000'),
      orderQuantity: decimal('0.01'),
      fee: ZERO,
      liquidity: 'taker',
      cause: 'trade',
      venueSequence: number,
      at: AT + number * 1_000,
    },
    intentId: null,
    linkId: null,
    attributed: ZERO,
    sourceId: null,
    sourceSequence: null,
    pairId: pair.id,
    pairSequence: number,
    exposure: { a: decimal(a), b: decimal(b), gap: decimal(gap) },
    receivedAt: AT + number * 1_000,
  }
}
