import { describe, expect, test } from 'vitest'
import { decimal } from '../../src/domain/decimal.ts'
import { amountOf } from '../simulation/checkers/amounts.ts'
import { Audit } from './audit.ts'
import type { Verdict } from './evidence.ts'
import { judge } from './judge.ts'
import { AT, LEADER, QUANTITY, ROWS, type Row, recordsOf } from './judge-fixture.ts'
import type { Records } from './records.ts'

// One leader's fill and one follower's copy of it, as exchange and database write it down. Then one thing
// at a time is made wrong, and the judge must name it: else "0 broken" would mean nothing.

function verdictOf(rows: readonly Row[], records: Records): Verdict {
  const audit = new Audit()
  for (const [index, row] of rows.entries()) audit.add({ ...row, number: index + 1 })
  const venuePositions = new Map([LEADER, 'ada'].map(name => [name, amountOf(QUANTITY)]))
  const clock = { wallAt: (at: number) => at, speed: 1 }
  return judge({ audit, records, leader: LEADER, meddlers: new Set(), venuePositions, ...clock }, [])
}

function brokenBy(plant: { readonly rows?: readonly Row[]; readonly records?: Partial<Records> }): string[] {
  const verdict = verdictOf(plant.rows ?? ROWS, { ...recordsOf(), ...plant.records })
  return verdict.violations.map(({ invariant }) => invariant)
}

test('a run in which everything is right has nothing broken', () => {
  const { violations, outcomes, expectedOutcomes, positionMismatches, orders } = verdictOf(ROWS, recordsOf())
  expect(violations).toEqual([])
  expect({ outcomes, expectedOutcomes, positionMismatches, orders }).toEqual({
    outcomes: 1,
    expectedOutcomes: 1,
    positionMismatches: 0,
    orders: 1,
  })
})

describe('what is planted is found', () => {
  const { links, fills, intents, image } = recordsOf()
  const [record] = links
  const [made] = record?.decisions ?? []
  const decided = (decisions: readonly (typeof made)[]) => ({
    links: links.map(each => ({ ...each, decisions: decisions.filter(row => row !== undefined) })),
  })

  test('an order that is accepted twice', () => {
    const again = ROWS.filter(row => row.kind === 'accepted' && row.account === 'ada')
    expect(brokenBy({ rows: [...ROWS, ...again] })).toEqual(['I1'])
  })

  test('an order without an intent, one unlike it, and one that left before it was durable', () => {
    expect(brokenBy({ records: { intents: new Map() } })).toEqual(['I2'])
    const other = Array.from(intents, ([key, row]) => [key, { ...row, quantity: decimal('0.2') }] as const)
    expect(brokenBy({ records: { intents: new Map(other) } })).toEqual(['I2'])
    const late = made && { ...made, times: { ...made.times, persistedAt: AT + 50 } }
    expect(brokenBy({ records: decided([late]) })).toEqual(['I2'])
  })

  test('a trade that is missing, and one that is counted twice', () => {
    const without = new Map([...fills, ['ada', []]])
    expect(brokenBy({ records: { fills: without } })).toContain('I3')
    const twice = new Map([...fills, ['ada', [...(fills.get('ada') ?? []), ...(fills.get('ada') ?? [])]]])
    expect(brokenBy({ records: { fills: twice } })).toContain('I3')
  })

  test('a position that is not what its trades make', () => {
    const positions = image.positions.map(row => ({ ...row, quantity: decimal('0.3') }))
    expect(brokenBy({ records: { image: { ...image, positions } } })).toEqual(['I4', 'I4'])
  })

  test('a fill without an outcome, with two, and with one that is not done', () => {
    expect(brokenBy({ records: decided([]) })).toEqual(['I5'])
    expect(brokenBy({ records: decided([made, made]) })).toEqual(['I5'])
    expect(brokenBy({ records: decided([made && { ...made, status: 'working' }]) })).toEqual(['I5'])
  })

  test('an order that is still open here though the exchange has ended it', () => {
    const open = Array.from(intents, ([key, row]) => [key, { ...row, status: 'open' }] as const)
    expect(brokenBy({ records: { intents: new Map(open) } })).toEqual(['I15', 'I10'])
  })
})
