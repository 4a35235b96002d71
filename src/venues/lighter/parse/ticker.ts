import type { InstrumentId } from '../../../domain/ids.ts'
import type { Ticker } from '../../../ports/venue.ts'
import {
  asRow,
  decimalField,
  integerField,
  Malformed,
  optionalDecimal,
  type Row,
  rowField,
  textField,
} from '../../shared/fields.ts'
import type { MarketList } from '../market-list.ts'

/** The best price of each side; null where nobody bids or asks. */
export type BestPrices = Pick<Ticker, 'bid' | 'ask'> & { readonly instrumentId: InstrumentId }

/**
 * The tickers of a frame of `market_stats`: of one market, or of all by their index. Throws `Malformed`.
 *
 * It has no best prices: `parseBestPrices` has them. What the venue writes as a JSON number (24 h figures), and the
 * funding rate, whose unit it does not tell, stay out.
 * @param receivedAt our clock, ms
 */
export function parseTickers(frame: Row, markets: MarketList, receivedAt: number): readonly Ticker[] {
  const stats = rowField(frame, 'market_stats')
  const rows = 'market_id' in stats ? [stats] : Object.values(stats).map(row => asRow(row, 'a market'))
  return rows
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

/** A frame of `ticker`, whose market only its channel names: "ticker:0". Throws `Malformed`. */
export function parseBestPrices(frame: Row, markets: MarketList): BestPrices {
  const channel = textField(frame, 'channel')
  const [, index] = /^ticker[:/](\d{1,5})$/.exec(channel) ?? []
  if (index === undefined) throw new Malformed(`channel is no market's ticker: ${channel}`)
  const ticker = rowField(frame, 'ticker')
  return {
    instrumentId: markets.instrumentAt(Number(index)),
    bid: optionalDecimal(rowField(ticker, 'b'), 'price'),
    ask: optionalDecimal(rowField(ticker, 'a'), 'price'),
  }
}
