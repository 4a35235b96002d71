import type { z } from 'zod'
import type { flattenPairAnswer, pairAnswer, pairBody, roundAnswer } from '../../../protocol/rest/pairs.ts'
import { add, type Decimal, decimal, divide, ZERO } from '../../domain/decimal.ts'
import { symbolOf } from '../../domain/ids.ts'
import type { Order } from '../../domain/order.ts'
import {
  costBps,
  type Leg,
  modeOf,
  PAIR_PAUSES,
  type Pair,
  type Quoting,
  type Round,
  unhedgedMs,
} from '../../domain/pair.ts'
import type { PairView } from '../../ports/pair-watch.ts'
import type { Close } from '../pairs.ts'
import { text, textOrNull } from './amounts.ts'
import { tradeView } from './trading.ts'

type PairBody = z.infer<typeof pairBody>

export function pairView(view: PairView, waitsFor: string | null): z.infer<typeof pairAnswer> {
  const { a, b, tolerance, quoting, ...pair } = view.pair
  return {
    ...pair,
    mode: modeOf(view.pair),
    a: legView(a),
    b: legView(b),
    tolerance: text(tolerance),
    quoting: quoting === null ? null : { ...quoting, quantity: text(quoting.quantity) },
    now: nowView(view, waitsFor),
  }
}

function nowView(view: PairView, waitsFor: string | null): z.infer<typeof pairAnswer>['now'] {
  const { pair, state } = view
  const { phase, pause, closingLeg, unhedgedSince, attempts, cycles, rounds } = state
  return {
    phase,
    pause,
    action: pause === null ? null : PAIR_PAUSES[pause],
    closingLeg,
    a: legNow(pair.a, { quantity: view.a, base: state.baseA }),
    b: legNow(pair.b, { quantity: view.b, base: state.baseB }),
    gap: textOrNull(view.gap),
    unhedged: textOrNull(view.unhedged),
    unhedgedSince,
    attempts,
    cycles,
    rounds,
    waitsFor: pause === null ? waitsFor : null,
  }
}

function legNow(
  { instrumentId }: Leg,
  { quantity, base }: { readonly quantity: Decimal | null; readonly base: Decimal | null },
): z.infer<typeof pairAnswer>['now']['a'] {
  const held = quantity === null || base === null ? null : add(quantity, base)
  return { instrument: instrumentId, quantity: textOrNull(quantity), held: textOrNull(held) }
}

function legView({ accountId, instrumentId }: Leg): z.infer<typeof pairAnswer>['a'] {
  return { accountId, symbol: symbolOf(instrumentId) }
}

export function quotingOrNull(shape: PairBody['quoting']): Quoting | null {
  return shape === null ? null : { ...shape, quantity: decimal(shape.quantity) }
}

export function closeView(pair: Pair, close: Close): z.infer<typeof flattenPairAnswer>['closes'][number] {
  const { accountId, instrumentId: instrument } = pair[close.leg]
  const { quantity, worstPrice, ...rest } = close
  return { ...rest, accountId, instrument, quantity: text(quantity), worstPrice: textOrNull(worstPrice) }
}

/** @param orders B's, as far as they are shown */
export function roundView(round: Round, orders: readonly Order[]): z.infer<typeof roundAnswer> {
  const { id, number, outcome, startedAt, endedAt } = round
  return {
    id,
    number,
    outcome,
    startedAt,
    endedAt,
    unhedgedMs: unhedgedMs(round),
    costBps: costBps(round),
    a: roundLeg(round.quantityA, { notional: round.notionalA, traded: round.tradedA }),
    b: roundLeg(round.quantityB, { notional: round.notionalB, traded: round.tradedB }),
    attempts: orders.map(tradeView),
  }
}

function roundLeg(
  quantity: Decimal,
  { notional, traded }: { readonly notional: Decimal; readonly traded: Decimal },
): z.infer<typeof roundAnswer>['a'] {
  return { quantity: text(quantity), averagePrice: traded === ZERO ? null : text(divide(notional, traded)) }
}
