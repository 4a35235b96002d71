import { z } from 'zod'
import { ok } from '../../domain/result.ts'
import type { SignalAction } from '../../domain/signal.ts'
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

/**
 * What to put into the message of a TradingView alert on a strategy. `timenow` has whole seconds and the order id is
 * the name in the script, so that an order filled twice within one second needs a name for each.
 * Source: https://www.tradingview.com/support/solutions/43000531021
 */
export const TRADINGVIEW_TEMPLATE = `{
  "id": "{{strategy.order.id}}-{{timenow}}",
  "time": "{{timenow}}",
  "ticker": "{{ticker}}",
  "action": "{{strategy.order.action}}",
  "contracts": "{{strategy.order.contracts}}",
  "price": "{{strategy.order.price}}",
  "position": "{{strategy.market_position}}",
  "positionSize": "{{strategy.market_position_size}}"
}`

/** Not strict: people add words of their own to their alerts. */
const shape = z.object({
  id: looseId.optional(),
  time: looseTime.optional(),
  ticker: z.string().min(1).max(40),
  action: z.enum(['buy', 'sell']).optional(),
  contracts: looseText.optional(),
  price: looseText.optional(),
  position: z.string().max(10).optional(),
  positionSize: looseText.optional(),
})

export function parseTradingView(body: unknown): Parsed {
  const parsed = shape.safeParse(body)
  if (!parsed.success) return incomplete(`Copy the alert message from the guide: ${TRADINGVIEW_TEMPLATE}`)
  const { id, time, ticker, price } = parsed.data
  const at = time === undefined ? undefined : timeOf(time)
  if (id === undefined || id === '' || at === undefined) {
    return incomplete(
      'Add "id": "{{strategy.order.id}}-{{timenow}}" and "time": "{{timenow}}" to the alert message.',
    )
  }
  const action = actionOf(parsed.data)
  if (!action.ok) return action
  const signalPrice = amountOf(price) ?? null
  return ok({ externalId: id, at, symbol: symbolOfChart(ticker), action: action.value, signalPrice })
}

function actionOf({ action, contracts, position, positionSize }: z.infer<typeof shape>) {
  if (position !== undefined && positionSize !== undefined) return targetOf(position, positionSize)
  const quantity = amountOf(contracts)
  if (action === undefined || quantity === undefined) {
    return incomplete('Give position and positionSize, or action (buy or sell) and contracts above zero.')
  }
  const trade: SignalAction = { kind: 'trade', side: action, size: { kind: 'quantity', quantity } }
  return ok(trade)
}
