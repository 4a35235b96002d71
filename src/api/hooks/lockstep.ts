import type { z } from 'zod'
import { type manualSignalBody, signalShape } from '../../../protocol/rest/sources.ts'
import { decimal } from '../../domain/decimal.ts'
import { ok, type Result } from '../../domain/result.ts'
import type { SignalAction } from '../../domain/signal.ts'
import type { Refusal } from '../answer.ts'
import { incomplete, type Parsed, timeOf } from './shape.ts'

/**
 * Lockstep's own: `{"id": "a-1", "time": "2026-01-31T12:00:00Z", "symbol": "BTCUSDT", "side": "buy", "quantity": "0.1"}`,
 * with `notional` in place of `quantity`, or with `target` in place of both and the side.
 */
export function parseLockstep(body: unknown): Parsed {
  const parsed = signalShape.safeParse(body)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const at = issue?.path.join('.') || 'the signal'
    return incomplete(`${at}: ${issue?.message}. A signal has an id, a time, a symbol and what to do.`)
  }
  const { id, time, symbol, signalPrice } = parsed.data
  const at = timeOf(time)
  if (at === undefined)
    return incomplete('The time is ISO 8601 with its zone, like 2026-01-31T12:00:00Z, or ms.')
  const action = actionOf(parsed.data)
  if (!action.ok) return action
  const price = signalPrice === undefined ? null : decimal(signalPrice)
  return ok({ externalId: id, at, symbol, action: action.value, signalPrice: price })
}

/** Exactly one of a target, or a side with a quantity or a notional. */
export function actionOf(shape: z.infer<typeof manualSignalBody>): Result<SignalAction, Refusal> {
  const { side, quantity, notional, target } = shape
  const named = [quantity, notional, target].filter(each => each !== undefined)
  if (named.length !== 1 || (target === undefined) !== (side !== undefined)) {
    return incomplete('Give a target alone, or a side with either a quantity or a notional.')
  }
  if (target !== undefined) return ok({ kind: 'target', quantity: decimal(target) })
  if (side === undefined) return incomplete('Give a side with the quantity or the notional.')
  if (quantity !== undefined) {
    return ok({ kind: 'trade', side, size: { kind: 'quantity', quantity: decimal(quantity) } })
  }
  return ok({ kind: 'trade', side, size: { kind: 'notional', notional: decimal(notional ?? '0') } })
}
