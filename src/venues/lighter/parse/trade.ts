import { add, type Decimal, decimal, multiply, negate, ZERO } from '../../../domain/decimal.ts'
import type { Fill, FillCause } from '../../../domain/fill.ts'
import type { AccountId, TradeId, VenueOrderId } from '../../../domain/ids.ts'
import {
  decimalField,
  flagField,
  integerField,
  Malformed,
  type Row,
  textField,
  wordField,
} from '../../shared/fields.ts'
import type { MarketList } from '../market-list.ts'
import { clientOrderIdOf } from './order.ts'
import { timeField } from './words.ts'

const CAUSES: ReadonlyMap<string, FillCause> = new Map<string, FillCause>([
  ['trade', 'trade'],
  ['liquidation', 'liquidation'],
  ['deleverage', 'adl'],
  ['market-settlement', 'settlement'],
])

/** Fees are millionths of what was traded (FeeTick in elliottech/lighter-go, types/txtypes/constants.go). */
const FEE_STEP = decimal('0.000001')

export interface TradeContext {
  readonly accountId: AccountId
  readonly accountIndex: number
  readonly markets: MarketList
}

/** A trade says nothing of its order's size. */
export interface TradeRow {
  readonly fill: Omit<Fill, 'orderQuantity'>
  /** Signed, base units, after this trade; null where the row does not tell. */
  readonly positionAfter: Decimal | null
}

/** A row of a trade channel or of `trades`, seen from the account. Throws `Malformed`. @returns null for spot, and for a market that is not listed */
export function parseTrade(row: Row, { accountId, accountIndex, markets }: TradeContext): TradeRow | null {
  const marketIndex = integerField(row, 'market_id')
  if (!markets.isRead(marketIndex)) return null
  const party = partyOf(row, accountIndex)
  const isMaker = flagField(row, 'is_maker_ask') === (party === 'ask')
  const role = isMaker ? 'maker' : 'taker'
  const quantity = decimalField(row, 'size')
  const tradeId = textField(row, 'trade_id_str')
  const feeSteps = `${role}_fee` in row ? integerField(row, `${role}_fee`) : 0
  return {
    fill: {
      accountId,
      instrumentId: markets.instrumentAt(marketIndex),
      positionIndex: 0,
      tradeId: tradeId as TradeId,
      venueOrderId: textField(row, `${party}_id_str`) as VenueOrderId,
      clientOrderId: clientOrderIdOf(textField(row, `${party}_client_id_str`)),
      side: party === 'ask' ? 'sell' : 'buy',
      quantity,
      fillPrice: decimalField(row, 'price'),
      fee: multiply(decimalField(row, 'usd_amount'), (BigInt(feeSteps) * FEE_STEP) as Decimal),
      liquidity: role,
      cause: wordField(row, 'type', CAUSES),
      // Trades are numbered through all markets, in the order of their making.
      venueSequence: integerField(row, 'trade_id_str'),
      at: timeField(row, 'timestamp'),
    },
    positionAfter: positionAfter(row, role, party === 'ask' ? negate(quantity) : quantity),
  }
}

function partyOf(row: Row, accountIndex: number): 'ask' | 'bid' {
  const isAsk = integerField(row, 'ask_account_id') === accountIndex
  const isBid = integerField(row, 'bid_account_id') === accountIndex
  if (isAsk === isBid)
    throw new Malformed(isAsk ? 'a trade with itself' : "a trade that is not the account's")
  return isAsk ? 'ask' : 'bid'
}

function positionAfter(row: Row, role: 'maker' | 'taker', change: Decimal): Decimal | null {
  const field = `${role}_position_size_before`
  return field in row ? add(decimalField(row, field), change) : null
}

/** What a trade's order is as big as when nothing else is known of it: never less than what has traded of it. */
export function tradedOf(fills: readonly Omit<Fill, 'orderQuantity'>[], order: VenueOrderId): Decimal {
  const own = fills.filter(fill => fill.venueOrderId === order)
  return own.reduce((sum, fill) => add(sum, fill.quantity), ZERO)
}
