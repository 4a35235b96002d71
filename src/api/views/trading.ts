import type { z } from 'zod'
import type { signalAnswer, takenAnswer } from '../../../protocol/rest/sources.ts'
import type { outcomeAnswer, tradeAnswer } from '../../../protocol/rest/trading.ts'
import { divide } from '../../domain/decimal.ts'
import type { Decision } from '../../domain/decision.ts'
import type { Order } from '../../domain/order.ts'
import { REASONS } from '../../domain/reason.ts'
import type { Signal, SignalAction } from '../../domain/signal.ts'
import type { Link } from '../../domain/strategy.ts'
import { text, textOrNull } from './amounts.ts'

export function tradeView(order: Order): z.infer<typeof tradeAnswer> {
  const { filled, filledNotional } = order
  return {
    id: order.intentId,
    clientOrderId: order.clientOrderId,
    venueOrderId: order.venueOrderId,
    accountId: order.accountId,
    linkId: order.linkId,
    pairId: order.pairId,
    instrument: order.instrumentId,
    purpose: order.purpose,
    side: order.side,
    type: order.type,
    timeInForce: order.timeInForce,
    reduceOnly: order.reduceOnly,
    quantity: text(order.quantity),
    limitPrice: textOrNull(order.limitPrice),
    filled: text(filled),
    averageFillPrice: filled > 0n ? text(divide(filledNotional, filled)) : null,
    status: order.status,
    reason: order.reason,
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
  }
}

export function outcomeView(decision: Decision, link: Link | null): z.infer<typeof outcomeAnswer> {
  const { reason } = decision
  return {
    id: decision.id,
    linkId: decision.linkId,
    accountId: link?.accountId ?? null,
    strategyId: link?.strategyId ?? null,
    instrument: decision.instrumentId,
    part: decision.part,
    firstFill: decision.firstFill,
    lastFill: decision.lastFill,
    quantity: text(decision.quantity),
    leaderPrice: text(decision.leaderPrice),
    status: decision.status,
    outcome: decision.outcome,
    reason,
    explanation: reason === null ? null : REASONS[reason],
    detail: decision.detail,
    tradeId: decision.intentId,
    times: { ...decision.times },
  }
}

/** What stays the same about a signal once it is taken, so that a repeated one gets the same answer. */
export function takenView({ id, externalId, receivedAt }: Signal): z.infer<typeof takenAnswer> {
  return { id, externalId, receivedAt }
}

export function signalView(signal: Signal): z.infer<typeof signalAnswer> {
  const { instrumentId: instrument, signalPrice, at, status, reason } = signal
  return {
    ...takenView(signal),
    instrument,
    ...actionView(signal.action),
    signalPrice: textOrNull(signalPrice),
    at,
    status,
    reason,
  }
}

type ActionView = Pick<z.infer<typeof signalAnswer>, 'side' | 'quantity' | 'notional' | 'target'>

function actionView(action: SignalAction): ActionView {
  const nothing: ActionView = { side: null, quantity: null, notional: null, target: null }
  if (action.kind === 'target') return { ...nothing, target: text(action.quantity) }
  const { side, size } = action
  return size.kind === 'quantity'
    ? { ...nothing, side, quantity: text(size.quantity) }
    : { ...nothing, side, notional: text(size.notional) }
}
