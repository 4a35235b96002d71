import { add, type Decimal, divide, formatDecimal, ZERO } from '../../../src/domain/decimal.ts'
import type { ExchangeWallet } from '../../core/types.ts'
import type { Venue } from './venue.ts'

/** The row of /v5/account/wallet-balance. USD is taken as the quote currency, one to one. */
export function walletRow(venue: Venue, account: string): Record<string, unknown> {
  const wallet = venue.exchange.wallet(account)
  return {
    ...accountTotals(wallet),
    accountType: 'UNIFIED',
    coin: [
      {
        ...coinRow(wallet),
        bonus: '0',
        locked: '0',
        usdValue: formatDecimal(wallet.equity),
        unrealisedPnl: formatDecimal(wallet.unrealizedPnl),
        cumRealisedPnl: formatDecimal(realized(venue, account)),
        marginCollateral: true,
        collateralSwitch: true,
      },
    ],
  }
}

/** The row of the `wallet` topic: it leaves unrealised PnL out, so equity must be asked for by REST. */
export function walletReportRow(venue: Venue, account: string): Record<string, unknown> {
  const wallet = venue.exchange.wallet(account)
  return { ...accountTotals(wallet), coin: [coinRow(wallet)] }
}

function accountTotals(wallet: ExchangeWallet): Record<string, unknown> {
  const margin = add(wallet.orderMargin, wallet.positionMargin)
  return {
    totalEquity: formatDecimal(wallet.equity),
    totalWalletBalance: formatDecimal(wallet.balance),
    totalMarginBalance: formatDecimal(wallet.equity),
    totalAvailableBalance: formatDecimal(wallet.available),
    totalPerpUPL: formatDecimal(wallet.unrealizedPnl),
    totalInitialMargin: formatDecimal(margin),
    totalMaintenanceMargin: '0',
    accountIMRate: wallet.equity > ZERO ? formatDecimal(divide(margin, wallet.equity)) : '0',
    accountMMRate: '0',
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
    totalPositionMM: '0',
    spotBorrow: '0',
  }
}

function realized(venue: Venue, account: string): Decimal {
  let sum = ZERO
  for (const position of venue.exchange.positions(account)) sum = add(sum, position.cumulativeRealizedPnl)
  return sum
}
