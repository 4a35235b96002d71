import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { decision, notice } from '../../../test/contract/store-rows.ts'
import type { Change } from '../sql/writes.ts'
import { migrate, readMigrations } from './migrate.ts'
import { Writer } from './writer.ts'

test('[ST29] when a write fails its whole group is undone, and nothing is taken until the next start', () => {
  // What a disk that failed once holds is not certain: a missing table stands for it here.
  const database = new DatabaseSync(':memory:')
  migrate(database, ':memory:', readMigrations())
  database.exec('DROP TABLE notices')
  const writer = new Writer(database)
  const good: Change[] = [{ kind: 'decision', row: decision(1) }]
  const bad: Change[] = [{ kind: 'notice', row: notice(1) }]
  const unavailable = { ok: false, error: { kind: 'unavailable' } }
  expect(writer.apply([good, bad])).toMatchObject([unavailable, unavailable])
  expect(database.prepare('SELECT COUNT(*) AS count FROM decisions').get()).toEqual({ count: 0 })
  expect(writer.resume()).toMatchObject(unavailable)
  expect(writer.apply([good])).toMatchObject([unavailable])
  database.close()
})
