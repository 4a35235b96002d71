import fc from 'fast-check'
import type { AccountId, InstrumentId, IntentId } from '../../src/domain/ids.ts'
import type { Notice } from '../../src/domain/notice.ts'
import {
  PAIR_PAUSES,
  PAIR_PHASES,
  type Pair,
  type PairPause,
  type PairState,
  ROUND_OUTCOMES,
  type Round,
} from '../../src/domain/pair.ts'
import { amount, count, name, nullable, text, time } from './arbitraries.ts'

const leg = fc.record({ accountId: name<AccountId>(), instrumentId: name<InstrumentId>() })

interface Rows {
  readonly notice: fc.Arbitrary<Notice>
  readonly pair: fc.Arbitrary<Pair>
  readonly pair_state: fc.Arbitrary<PairState>
  readonly round: fc.Arbitrary<Round>
}

/** Any row of a pair's, and of the notices that tell of it; one that is removed is in no image, nor is a round that is over. */
export const anyPair: Rows = {
  notice: fc.record({
    id: name<Notice['id']>(),
    code: text,
    level: fc.constantFrom('info', 'warning', 'critical'),
    accountId: nullable(name<AccountId>()),
    instrumentId: nullable(name<InstrumentId>()),
    text,
    action: text,
    details: nullable(fc.dictionary(text, nullable(fc.oneof(text, count)), { noNullPrototype: true })),
    recovers: nullable(name<Notice['id']>()),
    at: time,
    acknowledgedAt: nullable(time),
    acknowledgedBy: nullable(text),
  }),
  pair: fc.record({
    id: name<Pair['id']>(),
    origin: fc.constantFrom('file', 'api'),
    name: text,
    a: leg,
    b: leg,
    ratioBps: count,
    tolerance: amount,
    hedgeSlippageBps: count,
    attempts: count,
    retryEveryMs: count,
    confirmTimeoutMs: count,
    forceCloseAfterMs: count,
    forceCloseSlippageBps: count,
    quoting: nullable(
      fc.record({
        quantity: amount,
        depthLevel: count,
        makerTimeoutMs: count,
        maximumCycles: nullable(count),
      }),
    ),
  }),
  pair_state: fc.record({
    pairId: name<Pair['id']>(),
    phase: fc.constantFrom(...PAIR_PHASES),
    pause: nullable(fc.constantFrom(...(Object.keys(PAIR_PAUSES) as PairPause[]))),
    closingLeg: nullable(fc.constantFrom('a', 'b')),
    baseA: nullable(amount),
    baseB: nullable(amount),
    attempts: count,
    unhedgedSince: nullable(time),
    cycleSide: fc.constantFrom('open', 'close'),
    cycles: count,
    rounds: count,
  }),
  round: fc.record({
    id: name<Round['id']>(),
    pairId: name<Pair['id']>(),
    number: count,
    startedAt: time,
    endedAt: nullable(time),
    quantityA: amount,
    notionalA: amount,
    tradedA: amount,
    quantityB: amount,
    notionalB: amount,
    tradedB: amount,
    attempts: fc.array(name<IntentId>(), { maxLength: 3 }),
    outcome: fc.constantFrom(...ROUND_OUTCOMES),
  }),
}
