import { type Decimal, negate, ZERO } from '../../../domain/decimal.ts'
import type { PositionReport } from '../../../ports/venue.ts'
import {
  decimalField,
  integerField,
  Malformed,
  optionalDecimal,
  optionalText,
  type Row,
} from '../../shared/fields.ts'
import { instrumentField, positionIndexField } from './words.ts'

/**
 * A row of the position topic or of position/list. Throws `Malformed`, also where `seq` is missing: without
 * it nobody can say which executions the quantity already includes.
 *
 * @param averageField the same price has two names: entryPrice in frames, avgPrice in answers
 */
export function parsePosition(row: Row, averageField: 'entryPrice' | 'avgPrice'): PositionReport {
  return {
    instrumentId: instrumentField(row),
    positionIndex: positionIndexField(row),
    quantity: signedSize(row),
    averagePrice: optionalDecimal(row, averageField) ?? ZERO,
    markPrice: optionalDecimal(row, 'markPrice'),
    leverage: optionalDecimal(row, 'leverage'),
    unrealizedPnl: optionalDecimal(row, 'unrealisedPnl'),
    liquidationPrice: liquidationPrice(row),
    venueSequence: integerField(row, 'seq'),
    at: integerField(row, 'updatedTime'),
  }
}

/** Empty where no price would liquidate; 0 is how an empty position has it (docs/v5/websocket/private/position.mdx). */
function liquidationPrice(row: Row): Decimal | null {
  const said = optionalDecimal(row, 'liqPrice')
  return said === ZERO ? null : said
}

function signedSize(row: Row): Decimal {
  const size = decimalField(row, 'size')
  const side = optionalText(row, 'side')
  if (side === 'Buy') return size
  if (side === 'Sell') return negate(size)
  // An empty position has no side; a size without one could be either.
  if (side !== null && side !== 'None') throw new Malformed(`side is not Buy, Sell or empty: "${side}"`)
  if (size !== ZERO) throw new Malformed('a position has a size and no side')
  return ZERO
}
