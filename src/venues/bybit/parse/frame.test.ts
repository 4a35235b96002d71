import { expect, test } from 'vitest'
import { decimal } from '../../../domain/decimal.ts'
import type { AccountId } from '../../../domain/ids.ts'
import { attempt } from '../../shared/fields.ts'
import { parsePrivateFrame } from './frame.ts'
import { parseOrder } from './order.ts'

const ACCOUNT = 'account-1' as AccountId

const ORDER = {
  category: 'linear',
  symbol: 'BTCUSDT',
  orderId: 'o-1',
  orderLinkId: '',
  side: 'Buy',
  orderType: 'Limit',
  price: '30000.5',
  qty: '0.100',
  orderStatus: 'New',
  cumExecQty: '0',
  avgPrice: '',
  positionIdx: 0,
  reduceOnly: false,
  cancelType: 'UNKNOWN',
  rejectReason: 'EC_NoError',
  updatedTime: '1672364262457',
}

const EXECUTION = {
  category: 'linear',
  symbol: 'BTCUSDT',
  orderId: 'o-1',
  orderLinkId: 'LS1',
  side: 'Sell',
  execId: 'e-1',
  execQty: '0.5',
  execPrice: '95900.1',
  orderQty: '1',
  execFee: '-0.1',
  execType: 'Trade',
  isMaker: true,
  seq: 7,
  execTime: '1746270400353',
}

function parse(topic: string, data: unknown) {
  return parsePrivateFrame({ topic, data }, topic, ACCOUNT)
}

test('[VN14] a row that cannot be read does not take the others of its frame with it', () => {
  const { reports } = parse('order', [ORDER, { ...ORDER, qty: 0.1 }, null, { ...ORDER, orderId: 'o-2' }])
  expect(reports.map(report => report.kind)).toEqual(['order', 'malformed', 'malformed', 'order'])
  expect(reports[1]).toMatchObject({ topic: 'order', message: 'qty is not a decimal text: 0.1' })
})

test('[VN14] a frame without rows is one malformed report', () => {
  for (const data of [undefined, {}, 'x'])
    expect(parse('execution', data).reports.map(({ kind }) => kind)).toEqual(['malformed'])
})

test('[VN15] funding, other categories and USDC contracts are no reports, and are counted', () => {
  const funding = { category: 'linear', execType: 'Funding', symbol: 'BTCUSDT' }
  const usdc = { ...EXECUTION, symbol: 'BTCPERP' }
  const spot = { category: 'spot' }
  expect(parse('execution', [funding, EXECUTION, spot, usdc])).toMatchObject({
    reports: [{ kind: 'fill', fill: { fee: decimal('-0.1'), liquidity: 'maker', venueSequence: 7 } }],
    ignored: 3,
  })
})

test.each([
  ['Trade', 'trade'],
  ['BlockTrade', 'trade'],
  ['BustTrade', 'liquidation'],
  ['AdlTrade', 'adl'],
  ['Settle', 'settlement'],
] as const)('[VN15] an execution of type %s has the cause %s', (execType, cause) => {
  expect(parse('execution', [{ ...EXECUTION, execType }]).reports).toMatchObject([{ fill: { cause } }])
})

test.each([
  ['order', ORDER, { orderStatus: 'Paused' }],
  ['order', ORDER, { side: 'Both' }],
  ['order', ORDER, { positionIdx: 3 }],
  ['execution', EXECUTION, { execType: 'StockSplit' }],
  ['execution', EXECUTION, { execId: '' }],
  ['execution', EXECUTION, { isMaker: 'yes' }],
])('[VN15] a word of topic %s that is not documented is not guessed', (topic, row, change) => {
  expect(parse(topic, [{ ...row, ...change }]).reports).toMatchObject([{ kind: 'malformed' }])
})

test.each([
  ['Untriggered', 'created'],
  ['New', 'open'],
  ['PartiallyFilled', 'open'],
  ['Filled', 'filled'],
  ['Cancelled', 'canceled'],
  ['Deactivated', 'canceled'],
  ['Rejected', 'rejected'],
] as const)('[VN15] an order that is %s is %s', (orderStatus, status) => {
  expect(parseOrder({ ...ORDER, orderStatus }).status).toBe(status)
})

test('[VN15] an order rejected after a part of it traded ended as a cancelled one does', () => {
  const row = { ...ORDER, orderStatus: 'Rejected', cumExecQty: '0.05', avgPrice: '30000' }
  const order = parseOrder({ ...row, rejectReason: 'EC_BySelfMatch' })
  expect(order).toMatchObject({ status: 'canceled', filled: decimal('0.05'), reason: 'EC_BySelfMatch' })
})

test('[VN15] the price that Bybit shows for a market order is not a limit that anybody set', () => {
  expect(parseOrder({ ...ORDER, orderType: 'Market' }).limitPrice).toBeNull()
  expect(parseOrder(ORDER).limitPrice).toBe(decimal('30000.5'))
})

const POSITION = {
  category: 'linear',
  symbol: 'BTCUSDT',
  positionIdx: 0,
  side: 'Sell',
  size: '0.3',
  entryPrice: '100',
  markPrice: '101',
  leverage: '',
  unrealisedPnl: '-0.3',
  seq: 9,
  updatedTime: '1',
}

test('[VN15] a short position is negative, and an empty one has no side', () => {
  const flat = { ...POSITION, side: '', size: '0', entryPrice: '', liqPrice: '0' }
  const { reports } = parse('position', [{ ...POSITION, liqPrice: '150' }, flat])
  expect(reports).toMatchObject([
    { position: { quantity: decimal('-0.3'), leverage: null, liquidationPrice: decimal('150') } },
    { position: { quantity: decimal('0'), averagePrice: decimal('0'), liquidationPrice: null } },
  ])
})

test('[VN15] a position without a side or without its sequence is not guessed', () => {
  const { seq, ...unsequenced } = POSITION
  expect(seq).toBe(9)
  for (const row of [{ ...POSITION, side: '' }, unsequenced])
    expect(parse('position', [row]).reports).toMatchObject([{ kind: 'malformed' }])
  expect(attempt(() => parseOrder({})).ok).toBe(false)
})
