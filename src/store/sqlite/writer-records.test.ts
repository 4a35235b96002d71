import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { auditEntry, idempotentAnswer, login, signal, user } from '../../../test/contract/record-rows.ts'
import { id } from '../../../test/contract/store-rows.ts'
import type { RecordWrite } from '../../ports/records.ts'
import type { Table } from '../codec.ts'
import { MemoryTables } from '../memory/tables.ts'
import * as tables from '../record-tables.ts'
import { migrate, readMigrations } from './migrate.ts'
import { writeUnit } from './unit.ts'
import { Writer } from './writer.ts'

const few = fc.integer({ min: 1, max: 4 })
const kinds: { readonly [Kind in RecordWrite['kind']]: (at: number, stamp: number) => RecordWrite } = {
  user: (at, stamp) => ({ kind: 'user', row: user(at, { email: `${stamp % 5}`, createdAt: stamp }) }),
  login: (at, stamp) => ({ kind: 'login', row: login(at, { generation: stamp }) }),
  login_end: at => ({ kind: 'login_end', row: { id: login(at).id } }),
  api_token: (at, stamp) => ({ kind: 'api_token', row: token(at, stamp) }),
  api_token_end: at => ({ kind: 'api_token_end', row: { id: id('token', at) } }),
  account_profile: (at, stamp) => ({
    kind: 'account_profile',
    row: { accountId: id('account', at), ownerId: null, labels: [`${stamp}`] },
  }),
  secret: (at, stamp) => ({
    kind: 'secret',
    row: { owner: `user:${at}`, field: 'totp', keyVersion: 1, sealed: `${stamp}`, updatedAt: stamp },
  }),
  secret_end: at => ({ kind: 'secret_end', row: { owner: `user:${at}`, field: 'totp' } }),
  setting: (at, stamp) => ({ kind: 'setting', row: { name: `${at}`, value: `${stamp}` } }),
  audit: at => ({ kind: 'audit', row: auditEntry(at) }),
  signal_insert: (at, stamp) => ({
    kind: 'signal_insert',
    row: signal(at, { externalId: `${stamp % 7}`, digest: `${stamp}` }),
  }),
  signal_update: (at, stamp) => ({
    kind: 'signal_update',
    row: signal(at, { status: 'applied', reason: `${stamp}`, digest: 'must not be seen' }),
  }),
  idempotent_answer: at => ({ kind: 'idempotent_answer', row: idempotentAnswer(at) }),
}
const change = fc
  .tuple(fc.constantFrom(...Object.values(kinds)), few, fc.integer({ min: 1, max: 1_000 }))
  .map(([make, at, stamp]) => make(at, stamp))
const act = fc.oneof(
  { weight: 6, arbitrary: fc.array(change, { minLength: 1, maxLength: 3 }) },
  { weight: 2, arbitrary: fc.constant('slice' as const) },
  { weight: 1, arbitrary: fc.constant('crash' as const) },
)

test('[ST36] what people made comes to its tables as memory has it, wherever rows are on their way and whoever ends', () => {
  const property = fc.property(fc.array(act, { maxLength: 40 }), acts => {
    const database = new DatabaseSync(':memory:')
    migrate(database, ':memory:', readMigrations())
    const model = new MemoryTables()
    let writer = new Writer(database)
    for (const each of acts) {
      if (each === 'slice') writer.settleSlice()
      else if (each === 'crash') writer = new Writer(database)
      else expect(writer.apply([writeUnit(each)])[0]?.ok).toBe(model.apply(each).ok)
    }
    writer.settle()
    const { records } = model
    const settings = [...records.settings].map(([name, value]) => ({ name, value }))
    expectSame(database, tables.users, records.users.values())
    expectSame(database, tables.logins, records.logins.values())
    expectSame(database, tables.apiTokens, records.apiTokens.values())
    expectSame(database, tables.accountProfiles, records.profiles.values())
    expectSame(database, tables.secrets, records.secrets.values())
    expectSame(database, tables.settings, settings)
    expectSame(database, tables.audit, records.audit.values())
    expectSame(database, tables.signals, records.signals.values())
    expectSame(database, tables.idempotentAnswers, records.answers.values())
    database.close()
  })
  fc.assert(property, { numRuns: 150 })
})

function expectSame<Row>(database: DatabaseSync, table: Table<Row>, expected: Iterable<Row>): void {
  const stored = database.prepare(`SELECT ${table.columns.join(', ')} FROM ${table.name}`).all()
  const rows = stored.map(row => table.decode(table.columns.map(column => row[column])))
  expect(new Set(rows)).toEqual(new Set(expected))
}

function token(at: number, createdAt: number) {
  return {
    id: id<never>('token', at),
    userId: id<never>('user', 1),
    name: 'script',
    hash: 'hash',
    scopes: ['read'],
    createdAt,
    expiresAt: null,
    revokedAt: null,
  } as const
}
