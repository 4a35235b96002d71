import { formatDecimal, fromUnits } from '../../../src/domain/decimal.ts'
import { err, ok, type Result } from '../../../src/domain/result.ts'
import { parameterError, type VenueFailure } from './codes.ts'
import { instrumentRow } from './market-row.ts'
import { instrumentsAsked } from './named.ts'
import type { Query } from './page.ts'
import type { ApiKey, Venue } from './venue.ts'

type Answer = Result<Record<string, unknown>, VenueFailure>

const ACCOUNT_TYPES: ReadonlySet<string> = new Set(['UNIFIED', 'FUND'])

/** GET /v5/asset/coin/query-info: what ccxt reads its currencies from. Nothing can be deposited or withdrawn. */
export function coinInformation(venue: Venue, _key: ApiKey, query: Query): Answer {
  const rows = quotesOf(venue)
    .filter(coin => !query['coin'] || query['coin'] === coin)
    .map(coin => ({
      name: coin,
      coin,
      remainAmount: '0',
      chains: [
        {
          chain: 'LOCKSTEP',
          chainType: 'Lockstep',
          confirmation: '1',
          withdrawFee: '0',
          depositMin: '0',
          withdrawMin: '0',
          minAccuracy: '8',
          chainDeposit: '0',
          chainWithdraw: '0',
          withdrawPercentageFee: '0',
          contractAddress: '',
          safeConfirmNumber: '1',
          withdrawMax: '0',
        },
      ],
    }))
  return ok({ rows })
}

/** GET /v5/asset/transfer/query-account-coins-balance: everything is in the unified account, the funding one is empty. */
export function coinsBalance(venue: Venue, key: ApiKey, query: Query): Answer {
  const { accountType = '', coin } = query
  if (!ACCOUNT_TYPES.has(accountType)) return err(parameterError('accountType must be UNIFIED or FUND'))
  const wallet = venue.exchange.wallet(key.account)
  const here = accountType === 'UNIFIED' && (!coin || coin.split(',').includes(wallet.currency))
  const balance = here ? [coinBalance(venue, key)] : []
  return ok({ memberId: String(key.userId), accountType, balance })
}

export function singleCoinBalance(venue: Venue, key: ApiKey, query: Query): Answer {
  const { accountType = '', coin = '' } = query
  if (!ACCOUNT_TYPES.has(accountType)) return err(parameterError('accountType must be UNIFIED or FUND'))
  const { currency } = venue.exchange.wallet(key.account)
  if (coin === '') return err(parameterError('coin is required'))
  const held = accountType === 'UNIFIED' && coin === currency
  const balance = held
    ? coinBalance(venue, key)
    : { coin, walletBalance: '0', transferBalance: '0', bonus: '' }
  return ok({
    accountType,
    bizType: 1,
    accountId: String(key.userId),
    memberId: String(key.userId),
    balance: { ...balance, transferSafeAmount: '', ltvTransferSafeAmount: '' },
  })
}

/** GET /v5/account/withdrawal: the amount that could leave without touching a position. */
export function transferable(venue: Venue, key: ApiKey, query: Query): Answer {
  const { available, currency } = venue.exchange.wallet(key.account)
  const free = formatDecimal(available > 0n ? available : fromUnits(0n))
  const names = (query['coinName'] ?? currency).split(',')
  const amounts = names.map(name => [name, name === currency ? free : '0'])
  return ok({ availableWithdrawal: free, availableWithdrawalMap: Object.fromEntries(amounts) })
}

export function collateralInformation(venue: Venue, _key: ApiKey, query: Query): Answer {
  const list = quotesOf(venue)
    .filter(currency => !query['currency'] || query['currency'] === currency)
    .map(currency => ({
      currency,
      hourlyBorrowRate: '0',
      maxBorrowingAmount: '0',
      freeBorrowAmount: '0',
      freeBorrowingLimit: '0',
      freeBorrowingAmount: '',
      borrowAmount: '0',
      otherBorrowAmount: '0',
      availableToBorrow: '0',
      borrowable: false,
      borrowUsageRate: '0',
      marginCollateral: true,
      collateralSwitch: true,
      collateralRatio: '1',
    }))
  return ok({ list })
}

/** GET /v5/account/instruments-info: the public rows, and that nobody here improves retail prices. */
export function accountInstruments(venue: Venue, _key: ApiKey, query: Query): Answer {
  const asked = instrumentsAsked(venue, query)
  if (!asked.ok) return asked
  const list = asked.value.map(instrument => ({
    ...instrumentRow(instrument),
    isPublicRpi: false,
    myRpiPermission: false,
  }))
  return ok({ category: 'linear', list, nextPageCursor: '' })
}

export function selfMatchGroup(): Answer {
  return ok({ smpGroup: 0 })
}

export function userSettings(): Answer {
  return ok({ lpaSpot: false, lpaPerp: false, smsef: false, fmsef: false, deltaEnable: false, smpType: '0' })
}

export function borrowHistory(): Answer {
  return ok({ nextPageCursor: '', list: [] })
}

function coinBalance(venue: Venue, key: ApiKey): Record<string, string> {
  const { currency, balance, available } = venue.exchange.wallet(key.account)
  return {
    coin: currency,
    walletBalance: formatDecimal(balance),
    transferBalance: formatDecimal(available > 0n ? available : fromUnits(0n)),
    bonus: '',
  }
}

function quotesOf(venue: Venue): readonly string[] {
  return [...new Set([...venue.exchange.instruments.values()].map(({ quote }) => quote))]
}
