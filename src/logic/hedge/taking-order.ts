import type { Decimal } from '../../domain/decimal.ts'
import type { OrderDraft } from '../holding-view.ts'

/** An order that takes what is there up to a price, and leaves nothing behind. */
export function takingOrder(
  purpose: 'hedge' | 'exit',
  of: Pick<OrderDraft, 'side' | 'quantity'> & { readonly limitPrice: Decimal },
): OrderDraft {
  return {
    ...of,
    purpose,
    type: 'limit',
    timeInForce: 'ioc',
    reduceOnly: purpose === 'exit',
    collarPrice: purpose === 'exit' ? null : of.limitPrice,
    validUntil: null,
    isCut: false,
    decisions: [],
  }
}
