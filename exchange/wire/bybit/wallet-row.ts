import { add, type Decimal, divide, formatDecimal, ZERO } from '../../../src/domain/decimal.ts'
import type { ExchangeWallet } from '../../core/types.ts'
import type { Venue } from './venue.ts'

/** The row of /v5/account/wallet-balance and of the `wallet` topic, which is silent about unrealised PnL's own changes. USD is taken as the quote currency, one to one. */
export function walletRow(venue: Venue, account: string): Record<string, unknown> {
  const wallet = venue.exchange.wallet(account)
  return {
    ...(venue.exchange.marginMode(account) === 'cross' ? accountTotals(wallet) : NO_TOTALS),
    accountType: 'UNIFIED',
    coin: [
      {
        ...coinRow(wallet),
        bonus: '0',
        free: '',
        locked: '0',
        spotHedgingQty: '0',
        usdValue: formatDecimal(wallet.equity),
        unrealisedPnl: formatDecimal(wallet.unrealizedPnl),
        cumRealisedPnl: formatDecimal(wallet.realizedPnl),
        marginCollateral: true,
        collateralSwitch: true,
        colRes: '0',
      },
    ],
  }
}

/** In isolated margin no position shares its margin, and what is said of the whole account does not apply. */
const NO_TOTALS = {
  totalEquity: '',
  totalWalletBalance: '',
  totalMarginBalance: '',
  totalAvailableBalance: '',
  totalPerpUPL: '',
  totalInitialMargin: '',
  totalMaintenanceMargin: '',
  totalInitialMarginByMp: '',
  totalMaintenanceMarginByMp: '',
  accountIMRate: '',
  accountMMRate: '',
  accountIMRateByMp: '',
  accountMMRateByMp: '',
  accountLTV: '',
}

function accountTotals(wallet: ExchangeWallet): Record<string, unknown> {
  const margin = add(wallet.orderMargin, wallet.positionMargin)
  const initialRate = rateText(margin, wallet.equity)
  const maintenanceRate = rateText(wallet.maintenanceMargin, wallet.equity)
  return {
    totalEquity: formatDecimal(wallet.equity),
    totalWalletBalance: formatDecimal(wallet.balance),
    totalMarginBalance: formatDecimal(wallet.equity),
    totalAvailableBalance: formatDecimal(wallet.available),
    totalPerpUPL: formatDecimal(wallet.unrealizedPnl),
    totalInitialMargin: formatDecimal(margin),
    totalMaintenanceMargin: formatDecimal(wallet.maintenanceMargin),
    totalInitialMarginByMp: formatDecimal(margin),
    totalMaintenanceMarginByMp: formatDecimal(wallet.maintenanceMargin),
    accountIMRate: initialRate,
    accountMMRate: maintenanceRate,
    accountIMRateByMp: initialRate,
    accountMMRateByMp: maintenanceRate,
    accountLTV: '0',
  }
}

function coinRow(wallet: ExchangeWallet): Record<string, unknown> {
  return {
    coin: wallet.currency,
    equity: formatDecimal(wallet.equity),
    walletBalance: formatDecimal(wallet.balance),
    availableToWithdraw: formatDecimal(wallet.available),
    availableToBorrow: '',
    borrowAmount: '0',
    accruedInterest: '0',
    totalOrderIM: formatDecimal(wallet.orderMargin),
    totalPositionIM: formatDecimal(wallet.positionMargin),
    totalPositionMM: formatDecimal(wallet.maintenanceMargin),
    spotBorrow: '0',
  }
}

function rateText(margin: Decimal, equity: Decimal): string {
  return equity > ZERO ? formatDecimal(divide(margin, equity)) : '0'
}
