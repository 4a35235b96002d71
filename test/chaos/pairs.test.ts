import { expect, test } from 'vitest'
import { decimal, ZERO } from '../../src/domain/decimal.ts'
import type { AccountId, PairId } from '../../src/domain/ids.ts'
import type { Notice } from '../../src/domain/notice.ts'
import { newPairState, PAIR_DEFAULTS, type Pair, type PairPause } from '../../src/domain/pair.ts'
import { must } from '../../src/domain/result.ts'
import { BTC, id, notice } from '../contract/store-rows.ts'
import { Audit } from '../e2e/audit.ts'
import { type Row, recordsOf } from '../e2e/judge-fixture.ts'
import type { Records } from '../e2e/records.ts'
import { hedgedTooMuch, openPairs, unhedgedText } from './pair-judge.ts'
import { PAIRS } from './pairs.ts'
import { planRun } from './plan.ts'

const PAIR = must(PAIRS[0], 'a pair')

/** One order and its trade, as the exchange writes them down. */
function traded(account: string, side: 'buy' | 'sell', quantity: string, reduceOnly = false): Row[] {
  const clientOrderId = `${account} ${side} ${quantity} ${reduceOnly}`
  const common = { at: 1, account, clientOrderId, symbol: 'BTCUSDT', side, quantity } as const
  const orderId = clientOrderId
  return [
    { ...common, kind: 'received', command: 'submit', reduceOnly },
    { ...common, kind: 'accepted', orderId },
    { ...common, kind: 'filled', orderId, tradeId: orderId, positionAfter: '0', sequence: 1 },
  ]
}

function auditOf(...rows: readonly Row[]): Audit {
  const audit = new Audit()
  for (const [index, row] of rows.entries()) audit.add({ ...row, number: index + 1 })
  return audit
}

const { a, b } = PAIR
const ID_B = id<AccountId>('account', 9)

/** What a server left: B holds nothing, and the pair is as it says. */
function left(pause: PairPause | null, notices: readonly Notice[] = []): Records {
  const pairId = id<PairId>('pair', 1)
  const leg = { accountId: ID_B, instrumentId: BTC }
  const pair: Pair = {
    ...PAIR_DEFAULTS,
    id: pairId,
    origin: 'file',
    name: PAIR.name,
    a: { ...leg, accountId: id('account', 8) },
    b: leg,
    tolerance: decimal('0.001'),
    quoting: null,
  }
  const state = { ...newPairState(pairId), baseA: ZERO, baseB: ZERO, pause }
  const records = recordsOf()
  return { ...records, notices, image: { ...records.image, pairs: [pair], pairStates: [state] } }
}

test('[CH8] a leg that is alone is found from the exchange alone, unless its pair is paused and somebody was told', () => {
  const alone = auditOf(...traded(a, 'buy', '0.1'))
  expect(unhedgedText(auditOf(), PAIR)).toBeNull()
  expect(unhedgedText(alone, PAIR)).toBe('pair mirror has 0.1 unhedged')
  expect(openPairs(alone, left(null), [PAIR])).toEqual(['pair mirror has 0.1 unhedged'])
  const told: Notice = { ...notice(1), level: 'critical', details: { pair: 'mirror' } }
  expect(openPairs(alone, left('hedge_failed'), [PAIR])).toEqual([
    'pair mirror is paused (hedge_failed), and nobody was told',
  ])
  expect(openPairs(alone, left('hedge_failed', [told]), [PAIR])).toEqual([])
})

test('[CH8] what B holds at the exchange must be what is stored', () => {
  const hedged = auditOf(...traded(a, 'buy', '0.1'), ...traded(b, 'sell', '0.1'))
  expect(openPairs(hedged, left(null), [PAIR])).toEqual(['mirror-b holds -0.1, which is not stored'])
})

test('[CH8] a B that traded more than A calls for is found, and so are legs that trade with each other', () => {
  const once = [...traded(a, 'buy', '0.1'), ...traded(b, 'sell', '0.1')]
  expect(hedgedTooMuch(auditOf(...once), PAIR)).toEqual([])
  expect(hedgedTooMuch(auditOf(...once, ...traded(b, 'sell', '0.05')), PAIR)).toEqual([
    'I8: mirror-b had traded 0.15 at mirror-b sell 0.05 false, 0.101 at most',
  ])
  // What closes both legs is no hedge.
  expect(hedgedTooMuch(auditOf(...once, ...traded(b, 'buy', '0.1', true)), PAIR)).toEqual([])
  const [, , filledA] = traded(a, 'buy', '0.1')
  const together = [...traded(b, 'sell', '0.1'), must(filledA, 'a fill')]
  expect(hedgedTooMuch(auditOf(...traded(a, 'buy', '0.1'), ...together), PAIR)).toEqual([
    'I8: the legs of mirror traded with each other at mirror-a buy 0.1 false',
  ])
  // What a person rests on A is no order of ours.
  const byHand = { ...must(filledA, 'a fill'), clientOrderId: '' }
  const met = [...traded(a, 'buy', '0.1'), ...traded(b, 'sell', '0.1'), byHand]
  expect(hedgedTooMuch(auditOf(...met), PAIR)).toEqual([])
})

test('[CH8] half of the usual worlds have pairs, and only those are killed at hedges', () => {
  const worlds = planRun({ seed: 5, kills: 1_000, accounts: 20, manyAccounts: 200, withDisk: true })
  const atHedges = (hasPairs: boolean) =>
    worlds
      .filter(world => world.hasPairs === hasPairs)
      .flatMap(({ batches }) => batches.flatMap(({ steps }) => steps))
      .filter(step => step.kind === 'failpoint' && step.trap.point.includes('_hedge.')).length
  expect(worlds.filter(({ hasPairs }) => hasPairs).length).toBeGreaterThanOrEqual(4)
  expect([atHedges(true) > 0, atHedges(false)]).toEqual([true, 0])
})
