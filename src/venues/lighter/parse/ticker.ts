import type { Ticker } from '../../../ports/venue.ts'
import { asRow, decimalField, integerField, type Row, rowField } from '../../shared/fields.ts'
import { isPerpetual, type MarketList } from '../market-list.ts'

/**
 * The tickers of a frame of `market_stats`: of one market, or of all by their index. Throws `Malformed`.
 *
 * What the venue writes as a JSON number (24 h figures), and the funding rate, whose unit it does not tell, stay out.
 * @param receivedAt our clock, ms
 */
export function parseTickers(frame: Row, markets: MarketList, receivedAt: number): readonly Ticker[] {
  const stats = rowField(frame, 'market_stats')
  const rows = 'market_id' in stats ? [stats] : Object.values(stats).map(row => asRow(row, 'a market'))
  return rows
    .filter(row => isPerpetual(integerField(row, 'market_id')))
    .filter(row => markets.isListed(integerField(row, 'market_id')))
    .map(row => ({
      instrumentId: markets.instrumentAt(integerField(row, 'market_id')),
      last: decimalField(row, 'last_trade_price'),
      mark: decimalField(row, 'mark_price'),
      bid: null,
      ask: null,
      change24h: null,
      volume24h: null,
      fundingRate: null,
      at: receivedAt,
    }))
}
