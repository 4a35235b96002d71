import { divide, fromUnits, ONE, ZERO } from '../../../domain/decimal.ts'
import { instrumentId } from '../../../domain/ids.ts'
import {
  decimalField,
  integerField,
  Malformed,
  optionalText,
  type Row,
  rowField,
  textField,
} from '../../shared/fields.ts'
import { isPerpetual, type LighterMarketEntry, stepOf } from '../market-list.ts'

const QUOTE = 'USDC'
/** What a transaction's BaseAmount can hold, in steps. */
const MAXIMUM_STEPS = 2n ** 48n - 1n
/** Margin fractions are hundredths of a percent here. */
const FRACTION_TICK = 10_000n

/** A row of orderBookDetails. Throws `Malformed`. @returns null for spot */
export function parseMarket(row: Row): LighterMarketEntry | null {
  const marketIndex = integerField(row, 'market_id')
  if (textField(row, 'market_type') !== 'perp' || !isPerpetual(marketIndex)) return null
  const symbol = textField(row, 'symbol')
  const lotSize = stepOf(integerField(row, 'size_decimals'))
  const maximumQuantity = fromUnits(MAXIMUM_STEPS * lotSize)
  const marginFraction = BigInt(integerField(row, 'min_initial_margin_fraction'))
  if (marginFraction <= 0n) throw new Malformed('min_initial_margin_fraction is not above 0')
  return {
    marketIndex,
    instrument: {
      id: instrumentId('lighter', symbol),
      venue: 'lighter',
      symbol,
      base: symbol,
      quote: QUOTE,
      status: isTrading(row) ? 'trading' : 'closed',
      tickSize: stepOf(integerField(row, 'price_decimals')),
      lotSize,
      minimumQuantity: decimalField(row, 'min_base_amount'),
      minimumNotional:
        optionalText(row, 'min_quote_amount') === null ? ZERO : decimalField(row, 'min_quote_amount'),
      maximumLimitQuantity: maximumQuantity,
      maximumMarketQuantity: maximumQuantity,
      contractSize: ONE,
      maximumLeverage: divide(fromUnits(FRACTION_TICK * ONE), fromUnits(marginFraction * ONE)),
    },
  }
}

/** A market that takes reductions only is closed to whatever wants to open. */
function isTrading(row: Row): boolean {
  if (textField(row, 'status') !== 'active') return false
  return !('market_config' in row) || rowField(row, 'market_config')['force_reduce_only'] !== true
}
