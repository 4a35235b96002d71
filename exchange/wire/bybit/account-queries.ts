import { formatDecimal, ZERO } from '../../../src/domain/decimal.ts'
import type { PositionIndex } from '../../../src/domain/ids.ts'
import { err, ok, type Result } from '../../../src/domain/result.ts'
import type { ExchangePosition } from '../../core/types.ts'
import { parameterError, unknownSymbol, type VenueFailure } from './codes.ts'
import { instrumentsAsked } from './named.ts'
import { pageOf, type Query } from './page.ts'
import { positionRow } from './position-row.ts'
import { timeText } from './text.ts'
import type { ApiKey, Venue } from './venue.ts'
import { walletRow } from './wallet-row.ts'

type Answer = Result<Record<string, unknown>, VenueFailure>

const POSITION_PAGE = {
  usual: 20,
  maximum: 200,
  placeOf: (position: ExchangePosition) => ({ id: `${position.symbol}.${position.positionIndex}`, at: 0 }),
}
const NEVER = '1970-01-01T00:00:00Z'
/** docs/v5/order/dcp.mdx: 10 s where nothing was set. */
const DEFAULT_WINDOW_MS = 10_000
const DAY_MS = 24 * 3_600_000

export function walletBalance(venue: Venue, key: ApiKey, query: Query): Answer {
  if (query['accountType'] !== 'UNIFIED') return err(parameterError('accountType must be UNIFIED'))
  return ok({ list: [walletRow(venue, key.account)] })
}

export function accountInfo(venue: Venue, key: ApiKey): Answer {
  const windowMs = venue.disconnectWindows.get(key.account)
  return ok({
    marginMode: venue.exchange.marginMode(key.account) === 'cross' ? 'REGULAR_MARGIN' : 'ISOLATED_MARGIN',
    updatedTime: timeText(venue.now()),
    // Unified trading account 2.0 (docs/v5/acct-mode.mdx).
    unifiedMarginStatus: 5,
    dcpStatus: windowMs === undefined ? 'OFF' : 'ON',
    timeWindow: (windowMs ?? DEFAULT_WINDOW_MS) / 1_000,
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
  return ok({ category: 'linear', list, nextPageCursor: '' })
}

/** With a symbol its position, empty or not; with settleCoin the open ones (docs/v5/position/position.mdx). */
export function positionList(venue: Venue, key: ApiKey, query: Query): Answer {
  const { symbol, settleCoin } = query
  const { exchange } = venue
  if (!symbol && !settleCoin) return err(parameterError('symbol or settleCoin is required'))
  if (symbol && !exchange.instruments.has(symbol)) return err(unknownSymbol(symbol))
  const positions = symbol
    ? indexesOf(venue, key, symbol).map(index => exchange.position(key.account, symbol, index))
    : exchange
        .positions(key.account)
        .filter(
          position =>
            position.quantity !== ZERO && exchange.instruments.get(position.symbol)?.quote === settleCoin,
        )
  const page = pageOf(positions, query, POSITION_PAGE)
  if (!page.ok) return page
  const list = page.value.rows.map(position => positionRow(venue, key.account, position))
  return ok({ list, nextPageCursor: page.value.nextCursor, category: 'linear' })
}

/** GET /v5/position/symbol-info: the leverage of each side. */
export function symbolLeverage(venue: Venue, key: ApiKey, query: Query): Answer {
  const asked = instrumentsAsked(venue, query)
  if (!asked.ok) return asked
  const list = asked.value.flatMap(({ symbol }) =>
    indexesOf(venue, key, symbol).map(positionIdx => ({
      symbol,
      leverage: formatDecimal(venue.exchange.position(key.account, symbol, positionIdx).leverage),
      side: positionIdx === 0 ? '' : positionIdx === 1 ? 'Buy' : 'Sell',
      positionIdx,
    })),
  )
  return ok({ category: 'linear', list })
}

function indexesOf(venue: Venue, key: ApiKey, symbol: string): readonly PositionIndex[] {
  return venue.exchange.positionMode(key.account, symbol) === 'hedge' ? [1, 2] : [0]
}

/** Empty until a window was set (docs/v5/account/dcp-info.mdx). */
export function disconnectInformation(venue: Venue, key: ApiKey): Answer {
  const windowMs = venue.disconnectWindows.get(key.account)
  const set = { product: 'DERIVATIVES', dcpStatus: 'ON', timeWindow: String((windowMs ?? 0) / 1_000) }
  return ok({ dcpInfos: windowMs === undefined ? [] : [set] })
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
