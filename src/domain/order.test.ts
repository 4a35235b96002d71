import { expect, test } from 'vitest'
import { decimal, ZERO } from './decimal.ts'
import { type AccountId, type ClientOrderId, type IntentId, instrumentId, positionKey } from './ids.ts'
import {
  isTerminal,
  isUnacknowledged,
  knownFilled,
  leavesQuantity,
  nextStatus,
  type Order,
  type OrderEventKind,
  type OrderStatus,
  opposite,
  sideOf,
  signedQuantity,
  unseenQuantity,
  withFill,
} from './order.ts'

// Written by hand, not derived from the code: the table is what both must agree on. "-" is illegal.
const TABLE = `
event          created    submitted    acknowledged in_doubt       open     filled canceled rejected withdrawn never_accepted
sent           submitted  -            -            -              -        -      -        -        -         -
withdrawn      withdrawn  withdrawn    -            -              -        -      -        -        -         -
acked          -          acknowledged acknowledged acknowledged   open     filled canceled rejected -         -
accepted       -          open         open         open           open     filled canceled -        -         open
filled         -          open         open         open           open     filled canceled -        -         open
completed      -          filled       filled       filled         filled   filled filled   -        -         filled
canceled       -          canceled     canceled     canceled     canceled filled canceled -        -         canceled
rejected       -          rejected     rejected     rejected       rejected -      -        rejected -         -
answer_lost    -          in_doubt     acknowledged in_doubt       open     filled canceled rejected -         -
report_overdue -          -            in_doubt     in_doubt       in_doubt -      -        -        -         -
proven_absent  -          -            -            never_accepted -        -      -        -        -         -
`

interface Cell {
  readonly status: OrderStatus
  readonly event: OrderEventKind
  readonly next: OrderStatus | undefined
}

const CELLS = readTable(TABLE)
const STATUSES = [...new Set(CELLS.map(cell => cell.status))]

function readTable(text: string): Cell[] {
  const [head = [], ...rows] = text
    .trim()
    .split('\n')
    .map(line => line.split(/ +/))
  const statuses = head.slice(1) as OrderStatus[]
  return rows.flatMap(([event, ...cells]) =>
    statuses.map((status, column) => ({
      status,
      event: event as OrderEventKind,
      next: cells[column] === '-' ? undefined : (cells[column] as OrderStatus),
    })),
  )
}

test('[EX1] every pair of state and event is one row of the table, or illegal', () => {
  expect(CELLS).toHaveLength(10 * 11)
  for (const { status, event, next } of CELLS) {
    expect(nextStatus(status, event), `${status} on ${event}`).toBe(next)
  }
})

test('[EX2] a fill implies acceptance, so it may come before any answer', () => {
  for (const status of ['submitted', 'acknowledged', 'in_doubt'] as const) {
    expect(nextStatus(status, 'filled')).toBe('open')
    expect(nextStatus(status, 'completed')).toBe('filled')
  }
})

test('[EX3] an acknowledged order can still be refused: taken for processing is not on the book', () => {
  expect(nextStatus('submitted', 'acked')).toBe('acknowledged')
  expect(nextStatus('acknowledged', 'rejected')).toBe('rejected')
})

test('[EX4] silence never ends an order: it makes doubt, and only evidence leads out of it', () => {
  for (const event of ['answer_lost', 'report_overdue'] as const) {
    for (const status of STATUSES) {
      const next = nextStatus(status, event)
      if (next !== undefined && !isTerminal(status)) expect(isTerminal(next)).toBe(false)
    }
    expect(nextStatus('in_doubt', event)).toBe('in_doubt')
  }
  // Absence is no evidence unless somebody asked, and one asks about doubtful orders only.
  expect(STATUSES.filter(status => nextStatus(status, 'proven_absent') !== undefined)).toEqual(['in_doubt'])
})

test('[EX5] only an order whose bytes never left can be withdrawn', () => {
  const withdrawable = STATUSES.filter(status => nextStatus(status, 'withdrawn') !== undefined)
  expect(withdrawable).toEqual(['created', 'submitted'])
})

test('[EX6] a fill that races the cancel is kept', () => {
  expect(nextStatus('canceled', 'filled')).toBe('canceled')
  expect(nextStatus('canceled', 'completed')).toBe('filled')
})

test('[EX7] an order that is done stays done; one that was proven absent and shows up is adopted', () => {
  const revived = CELLS.filter(
    ({ status, next }) => isTerminal(status) && next !== undefined && !isTerminal(next),
  ).map(({ status, event }) => `${status} on ${event}`)
  expect(revived).toEqual(['never_accepted on accepted', 'never_accepted on filled'])
})

test('[EX8] while nobody knows what the venue made of an order, it counts as unacknowledged', () => {
  expect(STATUSES.filter(isUnacknowledged)).toEqual(['created', 'submitted', 'in_doubt'])
})

test('[EX9] what an order has filled goes by the evidence that is ahead, and nothing is left of one that is done', () => {
  // The order report says 7, but the trades seen so far add up to 5 only.
  const order = { ...orderOf('10'), filled: decimal('5'), reportedFilled: decimal('7') }
  expect(knownFilled(order)).toBe(decimal('7'))
  expect(leavesQuantity(order)).toBe(decimal('3'))
  expect(unseenQuantity(order)).toBe(decimal('2'))
  expect(leavesQuantity({ ...order, status: 'canceled' })).toBe(ZERO)

  // Two more trades arrive: they are ahead of the report now.
  const later = withFill(withFill(order, decimal('2'), decimal('100'), 1), decimal('1'), decimal('110'), 2)
  expect(knownFilled(later)).toBe(decimal('8'))
  expect(unseenQuantity(later)).toBe(ZERO)
  expect(later.filledNotional).toBe(decimal('310'))
  expect(later.updatedAt).toBe(2)
})

test('[DM9] a side and a sign say the same', () => {
  expect(sideOf(signedQuantity('sell', decimal('2')))).toBe('sell')
  expect(sideOf(signedQuantity('buy', decimal('2')))).toBe('buy')
  expect(opposite('buy')).toBe('sell')
  expect(opposite('sell')).toBe('buy')
})

function orderOf(quantity: string): Order {
  const accountId = 'follower' as AccountId
  const instrument = instrumentId('bybit', 'BTCUSDT')
  return {
    intentId: 'intent' as IntentId,
    sequence: 1,
    clientOrderId: 'LSaaaaaaa1' as ClientOrderId,
    key: positionKey(accountId, instrument, 0),
    accountId,
    instrumentId: instrument,
    positionIndex: 0,
    linkId: null,
    pairId: null,
    purpose: 'entry',
    side: 'buy',
    type: 'market',
    timeInForce: 'ioc',
    quantity: decimal(quantity),
    limitPrice: null,
    reduceOnly: false,
    collarPrice: decimal('120'),
    validUntil: null,
    createdAt: 0,
    status: 'open',
    claim: null,
    venueOrderId: null,
    filled: ZERO,
    filledNotional: ZERO,
    reportedFilled: ZERO,
    reason: null,
    updatedAt: 0,
  }
}
