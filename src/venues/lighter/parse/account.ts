import type { Balance } from '../../../domain/account.ts'
import { add, type Decimal, decimal, divide, negate, ONE, subtract, ZERO } from '../../../domain/decimal.ts'
import type { PositionReport } from '../../../ports/venue.ts'
import {
  asRow,
  decimalField,
  integerField,
  listField,
  Malformed,
  optionalDecimal,
  optionalText,
  type Row,
} from '../../shared/fields.ts'
import type { MarketList } from '../market-list.ts'

const QUOTE = 'USDC'
const HUNDRED = decimal('100')

export interface PositionMoment {
  /** The highest trade that the row is known to include. */
  readonly venueSequence: number
  /** The venue's clock, ms: rows have neither. */
  readonly at: number
}

/** A row of a position channel or of an account's positions. Throws `Malformed`. */
export function parsePosition(row: Row, markets: MarketList, moment: PositionMoment): PositionReport {
  const liquidationPrice = optionalDecimal(row, 'liquidation_price')
  return {
    // What is held must never be missing: a market that is not listed is named by its own row.
    instrumentId: markets.instrumentAt(integerField(row, 'market_id'), optionalText(row, 'symbol')),
    positionIndex: 0,
    quantity: signedPosition(row),
    averagePrice: decimalField(row, 'avg_entry_price'),
    markPrice: null,
    leverage: leverageOf(row),
    unrealizedPnl: optionalDecimal(row, 'unrealized_pnl'),
    // 0 where no price would liquidate.
    liquidationPrice: liquidationPrice === ZERO ? null : liquidationPrice,
    ...moment,
  }
}

export function signedPosition(row: Row): Decimal {
  const size = decimalField(row, 'position')
  const sign = integerField(row, 'sign')
  if (size < ZERO || (sign !== 1 && sign !== -1 && size !== ZERO))
    throw new Malformed(`a position of ${size} has the sign ${sign}`)
  return sign === -1 ? negate(size) : size
}

/** Percent ("20.00") in the documents, a fraction ("0.0500") in some frames; no market takes less than 1 %. */
function leverageOf(row: Row): Decimal | null {
  const fraction = optionalDecimal(row, 'initial_margin_fraction')
  if (fraction === null || fraction <= ZERO) return null
  return divide(fraction < ONE ? ONE : HUNDRED, fraction)
}

export interface AccountRow {
  /** The address that owns the account. */
  readonly wallet: string
  readonly positions: readonly Row[]
  readonly balances: readonly Balance[]
  readonly equity: Decimal
}

/** The account of `account?by=index`. Throws `Malformed`. */
export function parseAccount(answer: Row, accountIndex: number): AccountRow {
  const [account, ...others] = listField(answer, 'accounts').map(row => asRow(row, 'an account'))
  if (account === undefined || others.length > 0 || integerField(account, 'index') !== accountIndex)
    throw new Malformed(`the answer is not about account ${accountIndex}`)
  const positions = listField(account, 'positions').map(row => asRow(row, 'a position'))
  const equity = decimalField(account, 'total_asset_value')
  const open = positions.map(row => optionalDecimal(row, 'unrealized_pnl') ?? ZERO)
  return {
    wallet: String(account['l1_address'] ?? ''),
    positions,
    equity,
    balances: [
      {
        currency: QUOTE,
        total: decimalField(account, 'collateral'),
        available: decimalField(account, 'available_balance'),
        equity,
        unrealizedPnl: open.reduce(add, ZERO),
        marginUsed: optionalDecimal(account, 'cross_initial_margin_requirement'),
      },
    ],
  }
}

/** A frame of `user_stats`. Throws `Malformed`. */
export function parseStats(stats: Row): readonly Balance[] {
  const total = decimalField(stats, 'collateral')
  const equity = decimalField(stats, 'portfolio_value')
  return [
    {
      currency: QUOTE,
      total,
      available: decimalField(stats, 'available_balance'),
      equity,
      unrealizedPnl: subtract(equity, total),
      marginUsed: null,
    },
  ]
}
