import { unreachable } from '../../../src/domain/result.ts'
import type { ExchangeEvent, ExchangeExecution, ExchangeOrder, ExchangePosition } from '../../core/types.ts'
import type { Subscribers } from '../shared/subscribers.ts'
import { assetsByIndex, positionRow, statsRow } from './account-row.ts'
import type { LighterAccount } from './accounts.ts'
import { type AccountChannel, type AccountChannelName, accountChannel } from './channels.ts'
import type { Market } from './markets.ts'
import { isOpen, orderRow } from './order-row.ts'
import type { StreamFrame } from './stream-frame.ts'
import { tradeRow } from './trade-row.ts'
import { type LoggedTransaction, transactionRow } from './transaction-log.ts'
import type { LighterVenue } from './venue.ts'

type Row = Record<string, unknown>

/** Trades that a channel begins with. */
const RECENT_TRADES = 50

/** The whole state of a channel: the first frame of a subscription. */
export function accountSnapshot(venue: LighterVenue, channel: AccountChannel): string {
  const { name, key, account } = channel
  return JSON.stringify({
    ...contentOf(venue, channel),
    ...headOf(venue, account, name),
    channel: key,
    type: `subscribed/${name}`,
  })
}

/** What happened, on every channel that somebody listens to: only what changed. */
export function accountFrames(
  venue: LighterVenue,
  subscribers: Subscribers,
  event: ExchangeEvent,
): readonly StreamFrame[] {
  if (event.kind === 'ticker') return []
  const account = venue.accounts.named(accountOf(event))
  // The exchange has accounts of its own that no client knows.
  if (account === undefined) return []
  const frames: StreamFrame[] = []
  const tell = (name: AccountChannelName, market: Market | null, content: () => Row) => {
    const { key } = accountChannel(name, account, market)
    if (!subscribers.has(key)) return
    const frame = { ...content(), ...headOf(venue, account, name), channel: key, type: `update/${name}` }
    frames.push({ account: account.name, name, key, text: JSON.stringify(frame) })
  }
  switch (event.kind) {
    case 'order':
      tellOrder(venue, event.order, tell)
      break
    case 'execution':
      tellTrade(venue, event.execution, tell)
      break
    case 'position':
      tellPosition(venue, account, event.position, tell)
      break
    case 'wallet':
      tell('account_all_assets', null, () => assetsOf(venue, account))
      tell('account_all', null, () => assetsOf(venue, account))
      tell('user_stats', null, () => ({ stats: statsRow(venue, account) }))
      break
    default:
      unreachable(event)
  }
  return frames
}

/** A transaction that was carried out or failed. */
export function transactionFrame(venue: LighterVenue, logged: LoggedTransaction): StreamFrame {
  const { account } = logged
  const { name, key } = accountChannel('account_tx', account, null)
  const frame = { txs: [transactionRow(logged)], channel: key, type: 'update/account_tx' }
  return {
    account: account.name,
    name,
    key,
    text: JSON.stringify({ ...frame, ...headOf(venue, account, name) }),
  }
}

type Tell = (name: AccountChannelName, market: Market | null, content: () => Row) => void

function tellOrder(venue: LighterVenue, order: ExchangeOrder, tell: Tell): void {
  const market = venue.markets.named(order.symbol) ?? null
  if (!isOpen(order)) venue.notes.settle(order.account, order.clientOrderId)
  const content = () => ({ orders: { [market?.index ?? '']: [orderRow(venue, order)] } })
  tell('account_all_orders', null, content)
  tell('account_orders', market, content)
}

function tellTrade(venue: LighterVenue, execution: ExchangeExecution, tell: Tell): void {
  const row = tradeRow(venue, execution)
  if (row === null) return
  const content = () => ({ trades: { [String(row['market_id'])]: [row] } })
  tell('account_all_trades', null, content)
  tell('account_all', null, content)
}

function tellPosition(
  venue: LighterVenue,
  account: LighterAccount,
  position: ExchangePosition,
  tell: Tell,
): void {
  const content = () => positionsOf(venue, account, [position])
  tell('account_all_positions', null, () => ({ ...content(), ...NO_POOLS }))
  tell('account_all', null, content)
}

/** Fields beside the content: each channel has its own. */
function headOf(venue: LighterVenue, account: LighterAccount, name: AccountChannelName): Row {
  const timestamp = Math.trunc(venue.now())
  if (name === 'account_all') return { account: account.index }
  if (name === 'account_orders') return { account: account.index, nonce: timestamp }
  return name === 'account_all_assets' || name === 'user_stats' ? { timestamp } : {}
}

function contentOf(venue: LighterVenue, { name, account, market }: AccountChannel): Row {
  switch (name) {
    case 'account_all_orders':
    case 'account_orders':
      return { orders: openOrdersOf(venue, account, market) }
    case 'account_all_trades':
      // A list here and a map in the updates, as at the venue.
      return {
        trades: recentTrades(venue, account),
        total_volume: 0,
        monthly_volume: 0,
        weekly_volume: 0,
        daily_volume: 0,
      }
    case 'account_all_positions':
      return { ...positionsOf(venue, account, venue.exchange.positions(account.name)), ...NO_POOLS }
    case 'account_all_assets':
      return assetsOf(venue, account)
    case 'user_stats':
      return { stats: statsRow(venue, account) }
    case 'account_tx':
      return { txs: [] }
    case 'account_all':
      return {
        ...assetsOf(venue, account),
        ...positionsOf(venue, account, venue.exchange.positions(account.name)),
        trades: {},
        funding_histories: {},
        shares: [],
      }
  }
}

function openOrdersOf(venue: LighterVenue, { name }: LighterAccount, market: Market | null): Row {
  const byMarket: Record<string, Row[]> = {}
  for (const order of venue.exchange.openOrders(name)) {
    const of = venue.markets.named(order.symbol)
    if (of === undefined || (market !== null && market !== of)) continue
    byMarket[of.index] = [...(byMarket[of.index] ?? []), orderRow(venue, order)]
  }
  return byMarket
}

function recentTrades(venue: LighterVenue, { name }: LighterAccount): readonly Row[] {
  const rows = venue.exchange.executions(name).slice(0, RECENT_TRADES)
  return rows.map(execution => tradeRow(venue, execution)).filter(row => row !== null)
}

function positionsOf(
  venue: LighterVenue,
  account: LighterAccount,
  positions: readonly ExchangePosition[],
): Row {
  const rows = positions.map(position => positionRow(venue, account, position))
  return { positions: Object.fromEntries(rows.map(row => [String(row['market_id']), row])) }
}

function assetsOf(venue: LighterVenue, { name }: LighterAccount): Row {
  return { assets: assetsByIndex(venue.exchange.wallet(name)) }
}

const NO_POOLS = { shares: [], last_funding_round: null, last_funding_discount: null }

function accountOf(event: Exclude<ExchangeEvent, { readonly kind: 'ticker' }>): string {
  if (event.kind === 'order') return event.order.account
  return event.kind === 'execution' ? event.execution.account : event.account
}
