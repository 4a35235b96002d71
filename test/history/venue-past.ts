import type { ExchangeOrder, ExchangeRecords } from '../../exchange/core/types.ts'
import { ZERO } from '../../src/domain/decimal.ts'
import type { PastRow, VenueRow } from '../simulation/checkers/past.ts'
import { closingHad, executionHad, orderHad, venuePast, walletHad } from '../simulation/checkers/past-rows.ts'

/** How long Bybit shows orders that ended without a trade (docs/v5/order/order-list.mdx). */
const UNFILLED_KEPT_MS = 24 * 3_600_000

const ENDED_UNFILLED: ReadonlySet<string> = new Set(['canceled', 'rejected'])

/** Every row of an account as the exchange's core has it. @param now its clock, ms */
export function venueRows(exchange: ExchangeRecords, account: string, now: number): readonly VenueRow[] {
  const { closings, orders, executions, wallet } = venuePast(exchange, account)
  const shown = (row: PastRow): VenueRow => ({ ...row, isShown: true })
  const isShown = ({ status, filled, updatedAt }: ExchangeOrder): boolean =>
    filled > ZERO || !ENDED_UNFILLED.has(status) || updatedAt > now - UNFILLED_KEPT_MS
  return [
    ...closings.map(row => shown(closingHad(row))),
    ...orders.map(row => ({ ...orderHad(row), isShown: isShown(row) })),
    ...executions.map(row => shown(executionHad(row))),
    ...wallet.map(row => shown(walletHad(row))),
  ]
}
