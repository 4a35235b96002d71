import type { Fill, FillCause } from '../../../domain/fill.ts'
import type { AccountId, ClientOrderId, TradeId, VenueOrderId } from '../../../domain/ids.ts'
import {
  decimalField,
  flagField,
  integerField,
  optionalText,
  type Row,
  textField,
  wordField,
} from '../../shared/fields.ts'
import { instrumentField, isUsdtContract, SIDES } from './words.ts'

/** bybit-exchange/docs, docs/v5/enum.mdx#exectype. A stock split is not guessed: its row is malformed here. */
const CAUSES: ReadonlyMap<string, FillCause | 'funding'> = new Map<string, FillCause | 'funding'>([
  ['Trade', 'trade'],
  ['BlockTrade', 'trade'],
  ['MovePosition', 'trade'],
  ['FutureSpread', 'trade'],
  ['BustTrade', 'liquidation'],
  ['AdlTrade', 'adl'],
  ['Settle', 'settlement'],
  ['Delivery', 'settlement'],
  ['Funding', 'funding'],
])

/**
 * A row of the execution topic or of execution/list: one shape. Throws `Malformed`.
 *
 * @returns null for funding, which has a quantity and a price and moves no position, and for contracts of
 *   other currencies than USDT
 */
export function parseExecution(row: Row, accountId: AccountId): Fill | null {
  const cause = wordField(row, 'execType', CAUSES)
  if (cause === 'funding' || !isUsdtContract(row)) return null
  return {
    accountId,
    instrumentId: instrumentField(row),
    // Executions carry no position index; accounts in hedge mode are not traded.
    positionIndex: 0,
    tradeId: textField(row, 'execId') as TradeId,
    venueOrderId: textField(row, 'orderId') as VenueOrderId,
    clientOrderId: optionalText(row, 'orderLinkId') as ClientOrderId | null,
    side: wordField(row, 'side', SIDES),
    quantity: decimalField(row, 'execQty'),
    fillPrice: decimalField(row, 'execPrice'),
    orderQuantity: decimalField(row, 'orderQty'),
    fee: decimalField(row, 'execFee'),
    liquidity: flagField(row, 'isMaker') ? 'maker' : 'taker',
    cause,
    venueSequence: integerField(row, 'seq'),
    at: integerField(row, 'execTime'),
  }
}
