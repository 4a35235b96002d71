import { formatDecimal, ZERO } from '../../../src/domain/decimal.ts'
import { err, ok, type Result } from '../../../src/domain/result.ts'
import type { ExchangePosition } from '../../core/types.ts'
import { parameterError, unknownSymbol, type VenueFailure } from './codes.ts'
import { indexesOf } from './order-row.ts'
import { pageOf, type Query } from './page.ts'
import { positionRow } from './position-row.ts'
import { timeText } from './text.ts'
import type { ApiKey, Venue } from './venue.ts'
import { walletRow } from './wallet-row.ts'

type Answer = Result<Record<string, unknown>, VenueFailure>

const POSITION_PAGE = {
  usual: 20,
  maximum: 200,
  placeOf: (position: ExchangePosition) => ({ id: position.symbol, at: 0 }),
}
const NEVER = '1970-01-01T00:00:00Z'
const DAY_MS = 24 * 3_600_000

export function walletBalance(venue: Venue, key: ApiKey, query: Query): Answer {
  if (query['accountType'] !== 'UNIFIED') return err(parameterError('accountType must be UNIFIED'))
  return ok({ list: [walletRow(venue, key.account)] })
}

export function accountInfo(venue: Venue): Answer {
  return ok({
    marginMode: 'REGULAR_MARGIN',
    updatedTime: timeText(venue.now()),
    // Unified trading account 2.0 (docs/v5/acct-mode.mdx).
    unifiedMarginStatus: 5,
    dcpStatus: 'OFF',
    timeWindow: 10,
    smpGroup: 0,
    isMasterTrader: false,
    spotHedgingStatus: 'OFF',
  })
}

export function feeRate(venue: Venue, _key: ApiKey, query: Query): Answer {
  const { symbol } = query
  if (symbol && !venue.exchange.instruments.has(symbol)) return err(unknownSymbol(symbol))
  const list = []
  for (const instrument of venue.exchange.instruments.values()) {
    if (symbol && instrument.symbol !== symbol) continue
    list.push({
      symbol: instrument.symbol,
      baseCoin: '',
      takerFeeRate: formatDecimal(instrument.takerFeeRate),
      makerFeeRate: formatDecimal(instrument.makerFeeRate),
    })
  }
  return ok({ list })
}

/** With a symbol its position, empty or not; with settleCoin the open ones (docs/v5/position/position.mdx). */
export function positionList(venue: Venue, key: ApiKey, query: Query): Answer {
  const { symbol, settleCoin } = query
  const { exchange } = venue
  if (!symbol && !settleCoin) return err(parameterError('symbol or settleCoin is required'))
  if (symbol && !exchange.instruments.has(symbol)) return err(unknownSymbol(symbol))
  const positions = symbol
    ? [exchange.position(key.account, symbol)]
    : exchange
        .positions(key.account)
        .filter(
          position =>
            position.quantity !== ZERO && exchange.instruments.get(position.symbol)?.quote === settleCoin,
        )
  const page = pageOf(positions, query, POSITION_PAGE)
  if (!page.ok) return page
  const list = page.value.rows.flatMap(position =>
    indexesOf(key.positionMode).map(index => positionRow(venue, position, index)),
  )
  return ok({ list, nextPageCursor: page.value.nextCursor, category: 'linear' })
}

/** What the key that asks may do. */
export function keyInformation(venue: Venue, key: ApiKey): Answer {
  const { permissions } = key
  const wallet = [
    ...(permissions.transfer ? ['AccountTransfer'] : []),
    ...(permissions.withdraw ? ['Withdraw'] : []),
  ]
  return ok({
    id: String(key.userId),
    note: key.account,
    apiKey: key.key,
    readOnly: permissions.readOnly ? 1 : 0,
    secret: '',
    permissions: {
      ...NO_PERMISSIONS,
      ContractTrade: permissions.trade ? ['Order', 'Position'] : [],
      Derivatives: permissions.trade ? ['DerivativesTrade'] : [],
      Wallet: wallet,
    },
    ips: key.addresses.length === 0 ? ['*'] : key.addresses,
    type: 1,
    deadlineDay: key.expiresAt === null ? -2 : Math.floor((key.expiresAt - venue.now()) / DAY_MS),
    expiredAt: key.expiresAt === null ? NEVER : isoSeconds(key.expiresAt),
    createdAt: isoSeconds(key.createdAt),
    userID: key.userId,
    userIDInt64: String(key.userId),
    ...NO_STANDING,
  })
}

function isoSeconds(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}

const NO_PERMISSIONS = {
  Spot: [],
  Options: [],
  CopyTrading: [],
  BlockTrade: [],
  Exchange: [],
  NFT: [],
  Affiliate: [],
  Earn: [],
  FiatP2P: [],
  FiatBybitPay: [],
  FiatConvertBroker: [],
  FiatGlobalPay: [],
  FiatBitPay: [],
  BitCard: [],
  ByXPost: [],
}

const NO_STANDING = {
  unified: 0,
  uta: 1,
  inviterID: 0,
  inviterIDInt64: '0',
  vipLevel: 'No VIP',
  mktMakerLevel: '0',
  affiliateID: 0,
  affiliateIDInt64: '0',
  rsaPublicKey: '',
  isMaster: true,
  parentUid: '0',
  kycLevel: 'LEVEL_DEFAULT',
  kycRegion: '',
}
