import { SILENT } from '../../src/ports/observe.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import { LANES, unitWrites } from './store-units.ts'

/**
 * A process to be killed: opens the database of its first argument, says `open`, and with `commit` as the
 * second commits without end, several units at a time, saying the number of each when it is acknowledged.
 */
const [path = '', task] = process.argv.slice(2)

const opened = await openSqliteStore({ path, log: SILENT })
if (!opened.ok) throw new Error(opened.error.message)
const store = opened.value
process.stdout.write('open\n')

let count = 0
async function commitWithoutEnd(): Promise<never> {
  for (let acted: number | null = null; ; ) {
    count += 1
    const unit = count
    const result = await store.commit(unitWrites(unit, acted))
    if (!result.ok) throw new Error(result.error.message)
    process.stdout.write(`${unit}\n`)
    acted = unit
  }
}

if (task === 'commit') for (let lane = 0; lane < LANES; lane += 1) void commitWithoutEnd()
