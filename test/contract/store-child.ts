import { decimal } from '../../src/domain/decimal.ts'
import { SILENT } from '../../src/ports/observe.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import { auditEntry, signal } from './record-rows.ts'
import { decision, leaderFill, order } from './store-rows.ts'

/**
 * A process to be killed: opens the database of its first argument, says `open`, and with `commit` as the
 * second commits without end, several units at a time, saying the number of each when it is acknowledged.
 */
const [path = '', task] = process.argv.slice(2)
const AT_ONCE = 8

const opened = await openSqliteStore({ path, log: SILENT })
if (!opened.ok) throw new Error(opened.error.message)
const store = opened.value
process.stdout.write('open\n')

let count = 0
async function commitWithoutEnd(): Promise<never> {
  for (;;) {
    count += 1
    const unit = count
    const result = await store.commit([
      { kind: 'fill', row: leaderFill(unit) },
      { kind: 'decision', row: decision(unit, { quantity: decimal(String(unit)) }) },
      { kind: 'intent_insert', row: order(unit) },
      { kind: 'signal_insert', row: signal(unit) },
      { kind: 'audit', row: auditEntry(unit) },
    ])
    if (!result.ok) throw new Error(result.error.message)
    process.stdout.write(`${unit}\n`)
  }
}

if (task === 'commit') for (let lane = 0; lane < AT_ONCE; lane += 1) void commitWithoutEnd()
