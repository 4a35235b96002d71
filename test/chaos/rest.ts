import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Audit } from '../e2e/audit.ts'
import { unhedgedText } from './pair-judge.ts'
import type { ChaosPair } from './pairs.ts'

interface Watched {
  readonly audit: Audit
  readonly accounts: ReadonlySet<string>
  readonly pairs: readonly ChaosPair[]
}

/** What a running server has not finished, in words; nothing: its store is at rest with its exchange. */
export function unfinished(folder: string, { audit, accounts, pairs }: Watched): readonly string[] {
  const database = new DatabaseSync(join(folder, 'data', 'lockstep.db'), { readOnly: true, timeout: 1_000 })
  try {
    const count = (sql: string) => Number(database.prepare(sql).get()?.['count'])
    const orders = count('SELECT COUNT(*) AS count FROM intents WHERE settled = 0')
    const decisions = count(`SELECT COUNT(*) AS count FROM decisions WHERE status <> 'done'`)
    // Units that are durable and whose rows are on their way: none of the other counts has them.
    const hasJournal = count(`SELECT COUNT(*) AS count FROM sqlite_schema WHERE name = 'journal'`) > 0
    const units = hasJournal ? count('SELECT COUNT(*) AS count FROM journal') : 0
    // The exchange has accounts of its own, which take the other side of an order that is filled in pieces.
    const traded = audit.fills.filter(({ account }) => accounts.has(account)).length
    const missing = traded - count('SELECT COUNT(*) AS count FROM fills')
    const begun = count('SELECT COUNT(*) AS count FROM pair_states WHERE base_a IS NOT NULL')
    const paused = new Set(
      database
        .prepare('SELECT name FROM pairs JOIN pair_states ON pair_id = id WHERE pause IS NOT NULL')
        .all()
        .map(row => String(row['name'])),
    )
    const hedging = pairs.filter(({ name }) => !paused.has(name))
    return [
      ...(units > 0 ? [`${units} units are on their way to their tables`] : []),
      ...(orders > 0 ? [`${orders} orders are not over`] : []),
      ...(decisions > 0 ? [`${decisions} decisions have no outcome`] : []),
      ...(missing !== 0 ? [`${missing} fills of the exchange are not stored`] : []),
      ...(begun < pairs.length ? [`${pairs.length - begun} pairs have not begun`] : []),
      ...hedging.flatMap(pair => unhedgedText(audit, pair) ?? []),
      ...(audit.openOrders > 0 ? [`${audit.openOrders} orders rest at the exchange`] : []),
    ]
  } finally {
    database.close()
  }
}
