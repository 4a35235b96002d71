import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyRow } from '../../test/contract/store-arbitraries.ts'
import type { Table } from './codec.ts'
import { Unreadable } from './codec.ts'
import * as records from './record-tables.ts'
import * as setup from './setup-tables.ts'
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
  roundTrips(setup.accounts, anyRow.account)
  roundTrips(setup.sources, anyRow.source)
  roundTrips(setup.strategies, anyRow.strategy)
  roundTrips(setup.links, anyRow.link)
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

test('[ST16] a row of what people made is the same after it was turned into columns and back', () => {
  roundTrips(records.users, anyRow.user)
  roundTrips(records.logins, anyRow.login)
  roundTrips(records.apiTokens, anyRow.api_token)
  roundTrips(records.accountProfiles, anyRow.account_profile)
  roundTrips(records.secrets, anyRow.secret)
  roundTrips(records.settings, anyRow.setting)
  roundTrips(records.audit, anyRow.audit)
  roundTrips(records.signals, anyRow.signal_insert)
  roundTrips(records.signalProgress, anyRow.signal_update.map(records.signalProgressOf))
  roundTrips(records.idempotentAnswers, anyRow.idempotent_answer)
})

test('[ST17] a column that Lockstep never wrote stops the reading and is named', () => {
  const cells = fc.sample(anyRow.account, 1).map(setup.accounts.encode)[0] ?? []
  const broken = [...cells.slice(0, -1), '1e5']
  expect(() => setup.accounts.decode(broken)).toThrow(Unreadable)
  expect(() => setup.accounts.decode(broken)).toThrow('accounts.maximum_leverage')
})
