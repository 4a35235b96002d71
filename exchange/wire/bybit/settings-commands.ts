import type { Result } from '../../../src/domain/result.ts'
import type { Refusal } from '../../core/refusal.ts'
import type { ExchangeOrder } from '../../core/types.ts'
import {
  failure,
  MARGIN_MODE_FAILED,
  parameterError,
  refusalFailure,
  unknownSymbol,
  type VenueFailure,
} from './codes.ts'
import { type CommandCall, refusalWords } from './commands.ts'
import { answered, type Reply, refused } from './reply.ts'
import {
  parseCancelAll,
  parseDisconnectWindow,
  parseLeverage,
  parseMarginMode,
  parseSwitchMode,
  parseTradingStop,
} from './settings-requests.ts'
import type { ApiKey, Venue } from './venue.ts'

const SECOND_MS = 1_000
/** Reasons of docs/v5/error.mdx, where the venue has one. */
const POSITIONS_OPEN = failure(
  3400208,
  'You have unclosed hedge mode or isolated mode USDT perpetual positions',
)
const ORDERS_OPEN = failure(3400054, 'You have uncancelled USDT perpetual orders')
const NO_PORTFOLIO_MARGIN = failure(3400045, 'this exchange has no portfolio margin')
const CROSS_MARGIN = failure(110015, 'The position is in cross margin mode.')
const NOT_ISOLATED = failure(110076, 'Only isolated mode can set auto-add-margin')
const MARGIN_BY_LEVERAGE = parameterError(
  'the margin of a position follows its leverage here: set the leverage',
)

/** By whatever the body names, waiting orders too (docs/v5/order/cancel-all.mdx). */
export function cancelAll(venue: Venue, { key, body }: CommandCall): Reply {
  const parsed = parseCancelAll(body)
  if (!parsed.ok) return refused(parsed.error)
  const { symbol, baseCoin, settleCoin, orderFilter, stopOrderType } = parsed.value
  const { exchange } = venue
  if (symbol !== undefined && !exchange.instruments.has(symbol)) return refused(unknownSymbol(symbol))
  const now = venue.worldNow()
  const ids = ({ orderId, clientOrderId }: ExchangeOrder) => ({ orderId, orderLinkId: clientOrderId })
  const isWhole = symbol !== undefined || baseCoin !== undefined || isOnlyQuote(venue, settleCoin)
  if (isWhole && !orderFilter && !stopOrderType) {
    const orders = exchange.cancelAll(key.account, symbol ?? null, now)
    return answered({ list: orders.map(ids), success: '1' })
  }
  const isAsked = (order: ExchangeOrder) =>
    symbol === undefined
      ? baseCoin !== undefined || exchange.instruments.get(order.symbol)?.quote === settleCoin
      : order.symbol === symbol
  const chosen = exchange
    .openOrders(key.account)
    .filter(order => isAsked(order) && isOfKind(order, orderFilter, stopOrderType))
  const list = chosen.flatMap(order => {
    const canceled = exchange.cancel(key.account, order, now)
    return canceled.ok ? [ids(canceled.value)] : []
  })
  return answered({ list, success: '1' })
}

/** "If cancel all by baseCoin, it will cancel all of the corresponding category's orders"; by settleCoin its own. */
function isOnlyQuote({ exchange }: Venue, coin: string | undefined): boolean {
  return [...exchange.instruments.values()].every(({ quote }) => quote === coin)
}

/** `Stop` are conditional orders that are no stops of a position. */
function isOfKind(
  { status, origin }: ExchangeOrder,
  orderFilter: string | undefined,
  stopOrderType: string | undefined,
): boolean {
  if (stopOrderType === 'Stop') return status === 'untriggered' && origin === 'conditional'
  if (orderFilter === 'StopOrder') return status === 'untriggered'
  return !orderFilter || status !== 'untriggered'
}

export function setLeverage(venue: Venue, { key, body }: CommandCall): Reply {
  const parsed = parseLeverage(body)
  if (!parsed.ok) return refused(parsed.error)
  const { symbol, leverage } = parsed.value
  return done(venue.exchange.setLeverage(key.account, symbol, leverage), symbol)
}

export function switchMode(venue: Venue, { key, body }: CommandCall): Reply {
  const parsed = parseSwitchMode(body)
  if (!parsed.ok) return refused(parsed.error)
  const { symbol, mode } = parsed.value
  return done(venue.exchange.switchPositionMode(key.account, symbol, mode), symbol ?? '')
}

export function tradingStop(venue: Venue, { key, body }: CommandCall): Reply {
  const parsed = parseTradingStop(body)
  if (!parsed.ok) return refused(parsed.error)
  const command = parsed.value
  return done(venue.exchange.setTradingStop(key.account, command, venue.worldNow()), command.symbol)
}

/** Only the window is kept: what counts it down are the private streams that subscribed to `dcp.future`. */
export function setDisconnectWindow(venue: Venue, { key, body }: CommandCall): Reply {
  const parsed = parseDisconnectWindow(body)
  if (!parsed.ok) return refused(parsed.error)
  venue.disconnectWindows.set(key.account, parsed.value * SECOND_MS)
  return answered({})
}

/** A mode that cannot be fails as at the venue: a code, and the reasons in the result. */
export function setMarginMode(venue: Venue, { key, body }: CommandCall): Reply {
  const mode = parseMarginMode(body)
  if (!mode.ok) return refused(mode.error)
  if (mode.value === 'PORTFOLIO_MARGIN') return marginModeRefused(NO_PORTFOLIO_MARGIN)
  const wanted = mode.value === 'ISOLATED_MARGIN' ? 'isolated' : 'cross'
  const set = venue.exchange.switchMarginMode(key.account, wanted)
  if (set.ok) return answered({ reasons: [] })
  if (set.error === 'position_open') return marginModeRefused(POSITIONS_OPEN)
  if (set.error === 'orders_open') return marginModeRefused(ORDERS_OPEN)
  return refused(refusalFailure(set.error))
}

function marginModeRefused({ code, message }: VenueFailure): Reply {
  const reasons = [{ reasonCode: String(code), reasonMsg: message }]
  return { ...refused(MARGIN_MODE_FAILED), result: { reasons } }
}

/** A position's margin is what its leverage makes of it; an account in cross margin has none of its own. */
export function addMargin(venue: Venue, { key }: CommandCall): Reply {
  return refused(isCross(venue, key) ? CROSS_MARGIN : MARGIN_BY_LEVERAGE)
}

export function setAutoAddMargin(venue: Venue, { key }: CommandCall): Reply {
  return refused(isCross(venue, key) ? NOT_ISOLATED : MARGIN_BY_LEVERAGE)
}

function isCross({ exchange }: Venue, { account }: ApiKey): boolean {
  return exchange.marginMode(account) === 'cross'
}

function done(result: Result<void, Refusal>, symbol: string): Reply {
  return result.ok ? answered({}) : refused(refusalWords(result.error, symbol))
}
