import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decision, fill, notice, order } from '../../../test/contract/store-rows.ts'
import { decimal } from '../../domain/decimal.ts'
import type { Change } from '../sql/writes.ts'
import { migrate, readMigrations } from './migrate.ts'
import { writeUnit } from './unit.ts'
import { Writer } from './writer.ts'

const UNAVAILABLE = { ok: false, error: { kind: 'unavailable' } }

test('[ST29] when a write fails its whole group is undone, and nothing is taken until the next start', () => {
  // What a disk that failed once holds is not certain: a missing table stands for it here.
  const database = emptyDatabase()
  const writer = new Writer(database)
  expect(writer.apply([decisions(1)])).toMatchObject([{ ok: true }])
  database.exec('DROP TABLE decisions')
  expect(writer.settle()).toMatchObject(UNAVAILABLE)
  expect(writer.apply([decisions(2), notices(1)])).toMatchObject([UNAVAILABLE, UNAVAILABLE])
  expect(writer.resume()).toMatchObject(UNAVAILABLE)
  expect(count(database, 'journal')).toBe(1)
  database.close()
})

test('[ST34] a row that changes many times before its table has it is written once, as it stands', () => {
  const database = emptyDatabase()
  const writer = new Writer(database)
  writer.apply([unit({ kind: 'intent_insert', row: order(1) })])
  for (const filled of ['0.1', '0.2'])
    writer.apply([unit({ kind: 'intent_update', row: order(1, { filled: decimal(filled), side: 'sell' }) })])
  expect(writer.backlog).toBe(1)
  expect(count(database, 'intents')).toBe(0)
  writer.settle()
  expect(database.prepare('SELECT side, filled FROM intents').all()).toEqual([{ side: 'buy', filled: '0.2' }])
  expect(count(database, 'journal')).toBe(0)
  database.close()
})

test('[ST35] a process that ends with rows on their way leaves the next one all of them', () => {
  // Half of the rows are in their table when it ends, and one of those has been changed since.
  const database = emptyDatabase()
  const writer = new Writer(database)
  writer.apply([unit(...Array.from({ length: 300 }, (_, index) => inserted(index + 1)))])
  expect(writer.settleSlice()).toBe(true)
  writer.apply([unit({ kind: 'intent_update', row: order(1, { status: 'filled' }) })])
  const next = new Writer(database)
  expect(next.apply([unit(inserted(300))])).toMatchObject([{ ok: false, error: { kind: 'conflict' } }])
  next.settle()
  expect(count(database, 'intents')).toBe(300)
  expect(database.prepare(`SELECT sequence FROM intents WHERE status = 'filled'`).all()).toEqual([
    { sequence: 1 },
  ])
  database.close()
})

test('[ST39] rows on their way are brought down to a limit, however many one group brings', () => {
  const database = emptyDatabase()
  const writer = new Writer(database)
  writer.apply([unit(...Array.from({ length: 1_500 }, (_, index) => inserted(index + 1)))])
  writer.settle(1_000)
  expect(writer.backlog).toBeLessThanOrEqual(1_000)
  expect(writer.backlog).toBeGreaterThan(0)
  expect(count(database, 'intents')).toBe(1_500 - writer.backlog)
  database.close()
})

test('[ST68] who wants to read lets units in between, and waits for no row that came after', () => {
  const database = emptyDatabase()
  const writer = new Writer(database)
  writer.apply([unit(...Array.from({ length: 700 }, (_, index) => inserted(index + 1)))])
  let number = 700
  let asked = writer.settleUpTo(null)
  while (asked.ok && asked.value !== null) {
    number += 1
    expect(writer.apply([unit(inserted(number))])).toMatchObject([{ ok: true }])
    asked = writer.settleUpTo(asked.value)
  }
  expect(asked.ok).toBe(true)
  expect(number).toBeGreaterThan(700)
  expect(count(database, 'intents')).toBe(700)
  expect(writer.backlog).toBe(number - 700)
  database.close()
})

/** What one unit may bring, with numbers small enough that rows meet. */
const change = fc.oneof(
  fc.record({ kind: fc.constant('insert'), count: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ kind: fc.constant('update'), count: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ kind: fc.constant('fill'), count: fc.integer({ min: 1, max: 12 }) }),
)
const act = fc.oneof(
  { weight: 6, arbitrary: fc.array(change, { minLength: 1, maxLength: 3 }) },
  { weight: 2, arbitrary: fc.constant('slice' as const) },
  { weight: 1, arbitrary: fc.constant('crash' as const) },
)

test('[ST36] wherever rows are on their way, and whoever ends, the tables come to hold what was acknowledged', () => {
  const property = fc.property(fc.array(act, { maxLength: 40 }), acts => {
    const database = emptyDatabase()
    let writer = new Writer(database)
    let stamp = 0
    const intents = new Map<number, number>()
    const fills = new Set<number>()
    for (const each of acts) {
      if (each === 'slice') writer.settleSlice()
      else if (each === 'crash') writer = new Writer(database)
      else {
        stamp += 1
        const made = each.map(({ kind, count: number }) => changeOf(kind, number, stamp))
        const legal = isLegal(each, intents, fills)
        expect(writer.apply([unit(...made)])[0]?.ok).toBe(legal)
        if (legal) for (const { kind, count: number } of each) remember(kind, number)
      }
    }
    writer.settle()
    const stored = database.prepare('SELECT sequence, updated_at AS at FROM intents').all()
    expect(new Map(stored.map(row => [row['sequence'], row['at']]))).toEqual(intents)
    expect(count(database, 'fills')).toBe(fills.size)
    expect(count(database, 'journal')).toBe(0)
    database.close()
    function remember(kind: string, number: number): void {
      if (kind === 'fill') fills.add(number)
      else intents.set(number, stamp)
    }
  })
  fc.assert(property, { numRuns: 150 })
})

function changeOf(kind: string, number: number, updatedAt: number): Change {
  if (kind === 'fill') return { kind: 'fill', row: fill(number) }
  return { kind: kind === 'insert' ? 'intent_insert' : 'intent_update', row: order(number, { updatedAt }) }
}

function isLegal(
  changes: readonly { readonly kind: string; readonly count: number }[],
  intents: ReadonlyMap<number, unknown>,
  fills: ReadonlySet<number>,
): boolean {
  const known = new Set(intents.keys())
  const traded = new Set(fills)
  return changes.every(({ kind, count: number }) => {
    if (kind === 'update') return known.has(number)
    const there = kind === 'insert' ? known : traded
    if (there.has(number)) return false
    there.add(number)
    return true
  })
}

function inserted(number: number): Change {
  return { kind: 'intent_insert', row: order(number) }
}

function decisions(number: number): Uint8Array {
  return unit({ kind: 'decision', row: decision(number) })
}

function notices(number: number): Uint8Array {
  return unit({ kind: 'notice', row: notice(number) })
}

function unit(...changes: readonly Change[]): Uint8Array {
  return writeUnit(changes)
}

function emptyDatabase(): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  migrate(database, ':memory:', readMigrations())
  return database
}

function count(database: DatabaseSync, table: string): unknown {
  return database.prepare(`SELECT COUNT(*) AS count FROM ${table}`).get()?.['count']
}
