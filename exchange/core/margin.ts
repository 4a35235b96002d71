import {
  absolute,
  add,
  type Decimal,
  divide,
  fromUnits,
  maximum,
  multiply,
  multiplyDivide,
  subtract,
  ZERO,
} from '../../src/domain/decimal.ts'
import { type Side, sideOf } from '../../src/domain/order.ts'
import { must } from '../../src/domain/result.ts'
import { type Account, type Holding, holdingsOf, type Margins } from './account.ts'
import { notionalOf, unrealizedPnl } from './contract.ts'
import type { Market } from './market.ts'
import type { ExchangeWallet } from './types.ts'

/** Orders that are not there yet (or no more, when negative). */
export interface OrderLoad {
  readonly side: Side
  readonly quantity: Decimal
  /** Quote. */
  readonly notional: Decimal
}

/** What margin is counted from: a holding, or what one would become. */
export interface Commitment {
  readonly instrument: Holding['instrument']
  readonly position: Pick<Holding['position'], 'quantity' | 'averagePrice' | 'leverage'>
  readonly resting: Holding['resting']
}

/** Quote. Counted at the average price, so that a position's margin moves with trades and not with the mark. */
export function positionMargin({ instrument, position }: Commitment): Decimal {
  const { quantity, averagePrice, leverage } = position
  if (quantity === ZERO) return ZERO
  return divide(absolute(notionalOf(instrument, quantity, averagePrice)), leverage)
}

/**
 * Quote. In one-way mode buys and sells cannot both open to the full, so only the larger side counts,
 * and of the side against the position only what is left after closing it.
 */
export function orderMargin(holding: Commitment, load?: OrderLoad): Decimal {
  const opening = maximum(openingNotional(holding, 'buy', load), openingNotional(holding, 'sell', load))
  return opening === ZERO ? ZERO : divide(opening, holding.position.leverage)
}

function openingNotional({ position, resting }: Commitment, side: Side, load?: OrderLoad): Decimal {
  let { quantity, notional } = resting[side]
  if (load?.side === side) {
    quantity = add(quantity, load.quantity)
    notional = add(notional, load.notional)
  }
  const closing =
    position.quantity !== ZERO && sideOf(position.quantity) !== side ? absolute(position.quantity) : ZERO
  if (quantity <= closing) return ZERO
  if (closing === ZERO) return notional
  return multiplyDivide(notional, subtract(quantity, closing), quantity)
}

/** Quote: what a position of this value at mark must keep. */
export function maintenanceMargin({ position }: Holding, { instrument, mid }: Market): Decimal {
  if (position.quantity === ZERO) return ZERO
  const value = absolute(notionalOf(instrument, position.quantity, mid))
  return multiply(value, instrument.maintenanceMarginRate)
}

export function walletOf(account: Account, markets: ReadonlyMap<string, Market>): ExchangeWallet {
  let orders = ZERO
  let positions = ZERO
  let realized = ZERO
  let currency = 'USDT'
  for (const holding of holdingsOf(account)) {
    currency = holding.instrument.quote
    const margins = marginsOf(holding)
    orders = add(orders, margins.orders)
    positions = add(positions, margins.position)
    const { cumulativeRealizedPnl, cumulativeFees } = holding.position
    realized = add(realized, subtract(cumulativeRealizedPnl, cumulativeFees))
  }
  const { equity, maintenance } = standingOf(account, markets)
  const spendable = account.marginMode === 'isolated' ? account.balance : equity
  return {
    currency,
    balance: account.balance,
    equity,
    unrealizedPnl: subtract(equity, account.balance),
    realizedPnl: realized,
    orderMargin: orders,
    positionMargin: positions,
    maintenanceMargin: maintenance,
    available: subtract(subtract(spendable, orders), positions),
  }
}

/** Quote: the wallet's `available`, for those who need no more of it: every order asks. */
export function availableOf(account: Account, markets: ReadonlyMap<string, Market>): Decimal {
  const isCross = account.marginMode === 'cross'
  let available = account.balance
  for (const bySymbol of account.holdings) {
    for (const holding of bySymbol.values()) {
      const { orders, position } = marginsOf(holding)
      available = fromUnits(available - orders - position)
      if (isCross && holding.position.quantity !== ZERO)
        available = add(available, pnlAtMark(holding, markets))
    }
  }
  return available
}

/** What decides whether an account stands, or a position that stands alone; all quote. */
export interface Standing {
  /** Balance, or the position's own margin, and unrealized PnL at mark. */
  readonly equity: Decimal
  readonly maintenance: Decimal
  /** All its positions at mark, signs aside. */
  readonly value: Decimal
}

export function standingOf(account: Account, markets: ReadonlyMap<string, Market>): Standing {
  let equity = account.balance
  let maintenance = ZERO
  let value = ZERO
  for (const bySymbol of account.holdings) {
    for (const holding of bySymbol.values()) {
      if (holding.position.quantity === ZERO) continue
      const { mid, instrument } = marketFor(holding, markets)
      const own = absolute(notionalOf(instrument, holding.position.quantity, mid))
      value = add(value, own)
      maintenance = add(maintenance, multiply(own, instrument.maintenanceMarginRate))
      equity = add(equity, unrealizedPnl(instrument, holding.position, mid))
    }
  }
  return { equity, maintenance, value }
}

/** @param backing quote: what the position stands on */
export function standingAlone(
  { instrument, position }: Pick<Commitment, 'instrument' | 'position'>,
  backing: Decimal,
  mark: Decimal,
): Standing {
  const value = absolute(notionalOf(instrument, position.quantity, mark))
  return {
    equity: add(backing, unrealizedPnl(instrument, position, mark)),
    maintenance: multiply(value, instrument.maintenanceMarginRate),
    value,
  }
}

export function marginsOf(holding: Holding): Margins {
  holding.margins ??= { orders: orderMargin(holding), position: positionMargin(holding) }
  return holding.margins
}

function pnlAtMark(holding: Holding, markets: ReadonlyMap<string, Market>): Decimal {
  return unrealizedPnl(holding.instrument, holding.position, marketFor(holding, markets).mid)
}

function marketFor({ position }: Holding, markets: ReadonlyMap<string, Market>): Market {
  return must(markets.get(position.symbol), `a holding in ${position.symbol} without a market`)
}
