import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { RECORD_READS } from '../sql/record-reads.ts'
import { migrate, readMigrations } from './migrate.ts'

/** Sorted, but only what one span of time holds. */
const SORTED = ['ordersSince']

test('[ST67] what people look at is found by an index, and no list is sorted to show the end of it', () => {
  // Whoever turns pages waits for them alone, but what the engine asks the store waits behind them.
  const database = new DatabaseSync(':memory:')
  migrate(database, ':memory:', readMigrations())
  for (const [name, sql] of Object.entries(RECORD_READS)) {
    const values = Array.from(sql.matchAll(/\?/g), () => 1)
    const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values)
    const plan = steps.map(step => String(step['detail'])).join('; ')
    expect(plan, name).toMatch(/INDEX/)
    if (!SORTED.includes(name)) expect(plan, name).not.toMatch(/TEMP B-TREE/)
  }
  database.close()
})
