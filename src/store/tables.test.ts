import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyRow } from '../../test/contract/store-arbitraries.ts'
import type { Table } from './codec.ts'
import { Unreadable } from './codec.ts'
import * as tables from './tables.ts'

function roundTrips<Row>(table: Table<Row>, rows: fc.Arbitrary<Row>): void {
  const property = fc.property(rows, row => {
    const cells = table.encode(row)
    // A database gives back other numbers and texts, never other types.
    for (const cell of cells) expect(cell === null || ['string', 'number'].includes(typeof cell)).toBe(true)
    expect(table.decode(cells)).toEqual(row)
  })
  fc.assert(property, { numRuns: 50 })
}

test('[ST16] a row of any table is the same after it was turned into columns and back', () => {
  roundTrips(tables.accounts, anyRow.account)
  roundTrips(tables.sources, anyRow.source)
  roundTrips(tables.strategies, anyRow.strategy)
  roundTrips(tables.links, anyRow.link)
  roundTrips(tables.books, anyRow.book)
  roundTrips(tables.linkStates, anyRow.link_state)
  roundTrips(tables.decisions, anyRow.decision)
  roundTrips(tables.intents, anyRow.intent_insert)
  roundTrips(tables.progress, anyRow.intent_update.map(tables.progressOf))
  roundTrips(tables.fills, anyRow.fill.map(tables.fillRow))
  roundTrips(tables.positions, anyRow.position)
  roundTrips(tables.accountSyncs, anyRow.account_sync)
  roundTrips(tables.notices, anyRow.notice)
})

test('[ST17] a column that Lockstep never wrote stops the reading and is named', () => {
  const cells = fc.sample(anyRow.account, 1).map(tables.accounts.encode)[0] ?? []
  const broken = [...cells.slice(0, -1), '1e5']
  expect(() => tables.accounts.decode(broken)).toThrow(Unreadable)
  expect(() => tables.accounts.decode(broken)).toThrow('accounts.maximum_leverage')
})
