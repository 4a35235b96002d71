import {
  absolute,
  type Decimal,
  decimal,
  divide,
  fromUnits,
  multiply,
  subtract,
  ZERO,
} from '../../../src/domain/decimal.ts'
import { must } from '../../../src/domain/result.ts'
import type { ExchangePosition, ExchangeWallet } from '../../core/types.ts'
import type { LighterAccount } from './accounts.ts'
import { priceText, sizeText } from './markets.ts'
import { isOpen } from './order-row.ts'
import { fixed, quoteText } from './text.ts'
import type { LighterVenue } from './venue.ts'

type Row = Record<string, unknown>

/** The venue's number of the asset that everything is counted in. */
const QUOTE_ASSET_ID = 3
const QUOTE_SYMBOL = 'USDC'
const PERCENT = decimal('100')

/** What an account has, as `account` tells it. */
export function accountRow(venue: LighterVenue, account: LighterAccount): Row {
  const wallet = venue.exchange.wallet(account.name)
  const open = venue.exchange.openOrders(account.name)
  return {
    ...summaryRow(venue, account),
    account_index: account.index,
    name: account.name,
    description: '',
    can_invite: false,
    referral_points_percentage: '',
    can_rfq: false,
    can_rfq_market_ids: null,
    created_at: 0,
    metadata: { color: '' },
    positions: venue.exchange.positions(account.name).map(each => positionRow(venue, account, each)),
    assets: [assetRow(wallet)],
    total_order_count: open.length,
    total_asset_value: quoteText(wallet.equity),
    cross_asset_value: quoteText(wallet.equity),
    cross_initial_margin_requirement: quoteText(wallet.positionMargin),
    cross_maintenance_margin_requirement: quoteText(wallet.maintenanceMargin),
    shares: [],
    pending_unlocks: [],
    approved_integrators: [],
  }
}

/** One of accountsByL1Address. */
export function summaryRow(venue: LighterVenue, account: LighterAccount): Row {
  const wallet = venue.exchange.wallet(account.name)
  const open = venue.exchange.openOrders(account.name)
  return {
    code: 0,
    account_type: 0,
    index: account.index,
    l1_address: account.l1Address,
    cancel_all_time: 0,
    total_order_count: open.length,
    total_isolated_order_count: 0,
    pending_order_count: open.filter(({ status }) => status === 'untriggered').length,
    available_balance: quoteText(wallet.available),
    status: 1,
    collateral: quoteText(wallet.balance),
    transaction_time: 0,
    account_trading_mode: 0,
  }
}

export function positionRow(venue: LighterVenue, account: LighterAccount, position: ExchangePosition): Row {
  const market = must(venue.markets.named(position.symbol), position.symbol)
  const { symbol, quantity, averagePrice } = position
  const mark = venue.exchange.mark(symbol)
  const risk = venue.exchange.risk(account.name, symbol)
  const orders = venue.exchange.openOrders(account.name).filter(order => order.symbol === symbol)
  return {
    market_id: market.index,
    symbol,
    initial_margin_fraction: fixed(divide(PERCENT, position.leverage), 2),
    open_order_count: orders.filter(isOpen).length,
    pending_order_count: orders.filter(({ status }) => status === 'untriggered').length,
    position_tied_order_count: orders.filter(({ reduceOnly }) => reduceOnly).length,
    // The size has no sign of its own; a flat position is told as long.
    sign: quantity < ZERO ? -1 : 1,
    position: sizeText(market, absolute(quantity)),
    avg_entry_price: priceText(market, averagePrice),
    position_value: quoteText(absolute(multiply(quantity, mark))),
    unrealized_pnl: quoteText(multiply(quantity, subtract(mark, averagePrice))),
    realized_pnl: quoteText(position.realizedPnl),
    liquidation_price: risk.liquidationPrice === null ? '0' : priceText(market, risk.liquidationPrice),
    total_funding_paid_out: quoteText(ZERO),
    margin_mode: venue.exchange.marginMode(account.name) === 'cross' ? 0 : 1,
    allocated_margin: quoteText(ZERO),
    total_discount: quoteText(ZERO),
  }
}

export function assetRow(wallet: ExchangeWallet): Row {
  return {
    symbol: QUOTE_SYMBOL,
    asset_id: QUOTE_ASSET_ID,
    // What lies beside the trading account: nothing here.
    balance: quoteText(ZERO),
    locked_balance: quoteText(ZERO),
    margin_mode: 'disabled',
    margin_balance: quoteText(wallet.balance),
  }
}

/** By the asset's number, as the channels have it. */
export function assetsByIndex(wallet: ExchangeWallet): Row {
  return { [QUOTE_ASSET_ID]: assetRow(wallet) }
}

export function statsRow(venue: LighterVenue, account: LighterAccount): Row {
  const wallet = venue.exchange.wallet(account.name)
  const held = venue.exchange
    .positions(account.name)
    .reduce((sum, each) => sum + absolute(multiply(each.quantity, venue.exchange.mark(each.symbol))), 0n)
  const share = (part: bigint): Decimal =>
    wallet.equity > ZERO ? divide(fromUnits(part), wallet.equity) : ZERO
  const stats = {
    available_balance: quoteText(wallet.available),
    buying_power: '0',
    collateral: quoteText(wallet.balance),
    leverage: fixed(share(held), 2),
    margin_usage: fixed(multiply(share(wallet.positionMargin), PERCENT), 2),
    portfolio_value: quoteText(wallet.equity),
  }
  return { account_trading_mode: 0, ...stats, cross_stats: stats, total_stats: stats }
}
