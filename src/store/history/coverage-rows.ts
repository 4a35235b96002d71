import { HISTORY_KINDS, type Interval } from '../../domain/history.ts'
import type { AccountId } from '../../domain/ids.ts'
import { must } from '../../domain/result.ts'
import type { StoredCoverage } from '../../ports/history-store.ts'
import { number, text } from '../codec.ts'

const account = text<AccountId>()
const time = number()

/** @param rows account, kind, from, to; those of one account and kind in a row, oldest first */
export function coverageOf(rows: readonly (readonly unknown[])[]): readonly StoredCoverage[] {
  const found: (StoredCoverage & { readonly intervals: Interval[] })[] = []
  for (const [accountCell, kindCell, from, to] of rows) {
    const accountId = account.decode(accountCell)
    const kind = must(
      HISTORY_KINDS.find(each => each === kindCell),
      `coverage of an unknown kind: ${String(kindCell)}`,
    )
    const interval = { from: time.decode(from), to: time.decode(to) }
    const last = found.at(-1)
    if (last?.accountId === accountId && last.kind === kind) last.intervals.push(interval)
    else found.push({ accountId, kind, intervals: [interval] })
  }
  return found
}
