import type { Balance } from '../../../domain/account.ts'
import { add, type Decimal, maximum, subtract, ZERO } from '../../../domain/decimal.ts'
import {
  asRow,
  decimalField,
  listField,
  Malformed,
  optionalDecimal,
  type Row,
  textField,
} from '../../shared/fields.ts'

const QUOTE = 'USDT'

/** One account of the wallet topic or of account/wallet-balance. Throws `Malformed`. */
export function parseBalances(account: Row): readonly Balance[] {
  return listField(account, 'coin').map(coin => parseBalance(asRow(coin, 'a coin')))
}

/**
 * Wallet plus open PnL. The whole account's in USD, because a unified account's margin is; in isolated
 * margin mode Bybit leaves that empty, and then the quote coin's own counts.
 */
export function parseEquity(account: Row): Decimal {
  const total = optionalDecimal(account, 'totalEquity')
  if (total !== null) return total
  for (const coin of listField(account, 'coin')) {
    const row = asRow(coin, 'a coin')
    if (row['coin'] === QUOTE) return decimalField(row, 'equity')
  }
  throw new Malformed(`neither totalEquity nor a balance in ${QUOTE}`)
}

/** Since manual borrowing walletBalance includes what is borrowed: spotBorrow is not the account's own. */
function parseBalance(row: Row): Balance {
  const total = subtract(decimalField(row, 'walletBalance'), amount(row, 'spotBorrow'))
  return {
    currency: textField(row, 'coin'),
    total,
    available: available(row, total),
    equity: optionalDecimal(row, 'equity'),
    unrealizedPnl: optionalDecimal(row, 'unrealisedPnl'),
    marginUsed: marginUsed(row),
  }
}

/** Portfolio margin belongs to the whole account: then both are empty (docs/v5/websocket/private/wallet.mdx). */
function marginUsed(row: Row): Decimal | null {
  const orders = optionalDecimal(row, 'totalOrderIM')
  const positions = optionalDecimal(row, 'totalPositionIM')
  return orders === null && positions === null ? null : add(orders ?? ZERO, positions ?? ZERO)
}

/** Unified accounts leave availableToWithdraw empty since 2025; then it is what no margin holds. */
function available(row: Row, total: Decimal): Decimal {
  const said = optionalDecimal(row, 'availableToWithdraw')
  if (said !== null) return said
  const held = ['totalOrderIM', 'totalPositionIM', 'locked'].map(field => amount(row, field))
  return maximum(ZERO, held.reduce(subtract, total))
}

function amount(row: Row, field: string): Decimal {
  return optionalDecimal(row, field) ?? ZERO
}
