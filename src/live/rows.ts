import type { LiveNotice } from '../../protocol/live.ts'
import type {
  BalanceRow,
  OrderRow,
  PairRow,
  PnlRow,
  PositionRow,
  TickerRow,
} from '../../protocol/live-data.ts'
import { type Decimal, formatDecimal } from '../domain/decimal.ts'
import { symbolOf } from '../domain/ids.ts'
import type { Notice } from '../domain/notice.ts'
import { costBps, type Leg, type Round, unhedgedMs } from '../domain/pair.ts'
import type { PairView } from '../ports/pair-watch.ts'
import type { Ticker } from '../ports/venue.ts'
import type { BalanceView, OrderView, PnlView, PositionView } from '../ports/watch.ts'

export function balanceRow(view: BalanceView): BalanceRow {
  return {
    currency: view.currency,
    total: formatDecimal(view.total),
    available: formatDecimal(view.available),
    equity: textOf(view.equity),
    unrealizedPnl: textOf(view.unrealizedPnl),
    marginUsed: textOf(view.marginUsed),
  }
}

export function positionRow(view: PositionView): PositionRow {
  return {
    instrument: view.instrumentId,
    side: view.side,
    quantity: formatDecimal(view.quantity),
    averagePrice: formatDecimal(view.averagePrice),
    markPrice: textOf(view.markPrice),
    liquidationPrice: textOf(view.liquidationPrice),
    leverage: textOf(view.leverage),
    unrealizedPnl: textOf(view.unrealizedPnl),
    notional: textOf(view.notional),
  }
}

export function orderRow(view: OrderView): OrderRow {
  return {
    id: view.id,
    clientOrderId: view.clientOrderId,
    instrument: view.instrumentId,
    side: view.side,
    type: view.type,
    quantity: formatDecimal(view.quantity),
    filled: formatDecimal(view.filled),
    limitPrice: textOf(view.limitPrice),
    averagePrice: textOf(view.averagePrice),
    status: view.status,
    reduceOnly: view.reduceOnly,
    origin: view.origin,
    at: view.at,
  }
}

export function pnlRow(view: PnlView): PnlRow {
  const equity = textOf(view.equity)
  return {
    realizedToday: formatDecimal(view.realizedToday),
    unrealized: textOf(view.unrealized),
    equity,
    curvePoint: equity === null ? null : { at: view.at, equity },
  }
}

export function tickerRow(ticker: Ticker): TickerRow {
  return {
    symbol: symbolOf(ticker.instrumentId),
    last: formatDecimal(ticker.last),
    mark: formatDecimal(ticker.mark),
    bid: textOf(ticker.bid),
    ask: textOf(ticker.ask),
    change24h: textOf(ticker.change24h),
    volume24h: textOf(ticker.volume24h),
    fundingRate: textOf(ticker.fundingRate),
    at: ticker.at,
  }
}

export function pairRow({ pair, state, a, b, gap, unhedged, round }: PairView): PairRow {
  const { phase, pause, unhedgedSince, attempts, cycles } = state
  return {
    pair: pair.name,
    phase,
    pause,
    a: pairLeg(pair.a, a),
    b: pairLeg(pair.b, b),
    gap: textOf(gap),
    unhedged: textOf(unhedged),
    unhedgedSince,
    attempts,
    cycles,
    round: round === null ? null : pairRound(round),
  }
}

function pairLeg({ accountId, instrumentId }: Leg, quantity: Decimal | null): PairRow['a'] {
  return { account: accountId, instrument: instrumentId, quantity: textOf(quantity) }
}

function pairRound(round: Round): NonNullable<PairRow['round']> {
  const { number, outcome, startedAt, endedAt, quantityA, quantityB, attempts } = round
  return {
    number,
    outcome,
    startedAt,
    endedAt,
    unhedgedMs: unhedgedMs(round),
    costBps: costBps(round),
    quantityA: formatDecimal(quantityA),
    quantityB: formatDecimal(quantityB),
    attempts: attempts.length,
  }
}

export function noticeRow(notice: Notice): LiveNotice {
  return {
    id: notice.id,
    code: notice.code,
    level: notice.level,
    account: notice.accountId,
    instrument: notice.instrumentId,
    text: notice.text,
    action: notice.action,
    details: notice.details,
    recovers: notice.recovers,
    at: notice.at,
    acknowledgedAt: notice.acknowledgedAt,
  }
}

function textOf(value: Decimal | null): string | null {
  return value === null ? null : formatDecimal(value)
}
