import { expect, test } from 'vitest'
import { decimal } from '../../domain/decimal.ts'
import {
  type AccountId,
  instrumentId,
  type LinkId,
  type PairId,
  type SourceId,
  type StrategyId,
} from '../../domain/ids.ts'
import type { Pair } from '../../domain/pair.ts'
import { NO_LIMITS } from '../../domain/strategy.ts'
import { aPair } from '../../logic/testing/pair.ts'
import type { Roster } from '../roster.ts'
import { pairProblems } from './pair-rules.ts'

const BTC = instrumentId('bybit', 'BTCUSDT')
const leg = (name: string, instrument = BTC) => ({ accountId: name as AccountId, instrumentId: instrument })
const pairOf = (name: string, over: Partial<Pair>): Pair => aPair({ id: name as PairId, name, ...over })
const account = (name: string): Roster['accounts'][number] => ({
  id: name as AccountId,
  kind: name === 'hook' ? 'virtual' : 'venue',
  origin: 'file',
  name,
  venue: 'bybit',
  environment: 'paper',
  status: 'active',
  maximumLeverage: decimal('1'),
})
const rosterOf = (pairs: readonly Pair[], over: Partial<Roster> = {}): Roster => ({
  accounts: ['ada', 'ben', 'carl', 'hook'].map(account),
  sources: [],
  strategies: [],
  links: [],
  pairs,
  ...over,
})
const FIRST = pairOf('first', { a: leg('ada'), b: leg('ben') })

test('[HG21] a leg is of one pair, and the second one is refused with the name of the first', () => {
  const second = pairOf('second', { a: leg('ben'), b: leg('carl') })
  expect(pairProblems(rosterOf([FIRST]), rosterOf([]))).toEqual([])
  expect(pairProblems(rosterOf([FIRST, second]), rosterOf([]))).toEqual([
    'The leg BTCUSDT of "ben" is in the pairs "first" and "second". A leg is of one pair only.',
  ])
  const itself = pairOf('itself', { a: leg('ada'), b: leg('ada') })
  expect(pairProblems(rosterOf([itself]), rosterOf([]))).toHaveLength(1)
})

test('[HG21] no link trades on a leg, and a leg is a symbol of its own venue, on an account that can trade', () => {
  const strategy = {
    id: 'strategy' as StrategyId,
    origin: 'file',
    name: 'calm',
    sourceId: 'source' as SourceId,
    mode: 'on',
    sizing: { kind: 'ratio', inverse: false, ratio: decimal('1') },
    entry: { kind: 'market' },
    leverage: { kind: 'follow' },
    limits: NO_LIMITS,
    symbolMap: new Map(),
    maxAgeMs: 1,
    maxDriftBps: null,
  } as const
  const link = {
    id: 'link' as LinkId,
    origin: 'file',
    strategyId: strategy.id,
    accountId: 'ben' as AccountId,
    mode: 'on',
    sizing: null,
    startSequence: 0,
  } as const
  const linked = { strategies: [strategy], links: [link] }
  expect(pairProblems(rosterOf([FIRST], linked), rosterOf([]))[0]).toContain('among its deniedSymbols')
  const denied = { ...strategy, limits: { ...NO_LIMITS, deniedSymbols: ['BTCUSDT'] } }
  expect(pairProblems(rosterOf([FIRST], { ...linked, strategies: [denied] }), rosterOf([]))).toEqual([])
  const elsewhere = pairOf('far', { a: leg('ada'), b: leg('ben', instrumentId('lighter', 'BTC')) })
  expect(pairProblems(rosterOf([elsewhere]), rosterOf([]))[0]).toContain('is not traded at bybit')
  const hooked = pairOf('hooked', { a: leg('ada'), b: leg('hook') })
  expect(pairProblems(rosterOf([hooked]), rosterOf([]))[0]).toContain('moved by signals only')
})

test('[HG21] a pair keeps its legs for life', () => {
  const moved = { ...FIRST, b: leg('carl') }
  expect(pairProblems(rosterOf([moved]), rosterOf([FIRST]))).toEqual([
    'Pair "first" keeps its legs. Remove it and make another.',
  ])
})
