import { z } from 'zod'
import { ZERO } from '../../domain/decimal.ts'
import type { Side } from '../../domain/order.ts'
import { ok, type Result } from '../../domain/result.ts'
import type { SignalAction } from '../../domain/signal.ts'
import type { Refusal } from '../answer.ts'
import {
  amountOf,
  incomplete,
  looseId,
  looseText,
  looseTime,
  type Parsed,
  symbolOfChart,
  targetOf,
  timeOf,
} from './shape.ts'

const ENTRIES: ReadonlyMap<string, Side> = new Map([
  ['enter_long', 'buy'],
  ['enter_short', 'sell'],
  ['buy', 'buy'],
  ['sell', 'sell'],
])
const EXITS = new Set(['exit_long', 'exit_short', 'exit_all'])

/**
 * The messages of a 3Commas signal bot, of its custom type (enter_long, exit_long ...) and of its strategy type
 * (buy, sell and strategy_info). They have no id of their own: one has to be added. Fields that are not named here are
 * not read, as 3Commas does it too; their `secret` is not ours: what counts is the one in the path.
 * Sources: https://help.3commas.io/en/articles/8894481 and https://help.3commas.io/en/articles/9374557
 */
const shape = z.object({
  id: looseId.optional(),
  timestamp: looseTime.optional(),
  tv_instrument: z.string().min(1).max(40),
  trigger_price: looseText.optional(),
  action: z.string().max(40),
  order: z.object({ amount: looseText.optional(), currency_type: z.string().max(40).optional() }).optional(),
  strategy_info: z
    .object({ market_position: z.string().max(10), market_position_size: looseText })
    .optional(),
})

export function parseThreeCommas(body: unknown): Parsed {
  const parsed = shape.safeParse(body)
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.join('.')
    return incomplete(
      `A signal bot's message has tv_instrument and action; here ${path} is not as it should be.`,
    )
  }
  const { id, timestamp, tv_instrument: ticker, trigger_price: price } = parsed.data
  const at = timestamp === undefined ? undefined : timeOf(timestamp)
  if (id === undefined || id === '' || at === undefined) {
    return incomplete(
      'Add "id": "{{strategy.order.id}}-{{timenow}}" and "timestamp": "{{timenow}}" to the message.',
    )
  }
  const action = actionOf(parsed.data)
  if (!action.ok) return action
  const signalPrice = amountOf(price) ?? null
  return ok({ externalId: id, at, symbol: symbolOfChart(ticker), action: action.value, signalPrice })
}

function actionOf({
  action,
  order,
  strategy_info: held,
}: z.infer<typeof shape>): Result<SignalAction, Refusal> {
  if (held !== undefined) return targetOf(held.market_position, held.market_position_size)
  // A bot holds one side at a time, so that its exit is flat whichever side that was.
  if (EXITS.has(action)) return ok({ kind: 'target', quantity: ZERO })
  const side = ENTRIES.get(action)
  if (side === undefined)
    return incomplete('The action is one of enter_long, enter_short, exit_long, exit_short.')
  const amount = amountOf(order?.amount)
  if (amount === undefined) {
    return incomplete(
      'Add "order": {"amount": "0.1", "currency_type": "base"}: how much is not known here otherwise.',
    )
  }
  switch (order?.currency_type ?? 'base') {
    case 'base':
      return ok({ kind: 'trade', side, size: { kind: 'quantity', quantity: amount } })
    case 'quote':
      return ok({ kind: 'trade', side, size: { kind: 'notional', notional: amount } })
    default:
      return incomplete('The currency_type is base or quote: shares of an account are what a strategy sizes.')
  }
}
