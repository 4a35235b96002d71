import type { Side } from '../../src/domain/order.ts'
import type { Refusal } from './refusal.ts'

/** new: accepted, not yet matched. triggered lasts for one report only. The states an order report may show. */
export type ExchangeOrderStatus =
  | 'untriggered'
  | 'triggered'
  | 'new'
  | 'partially_filled'
  | 'filled'
  | 'canceled'
  | 'partially_filled_canceled'
  | 'rejected'

/** Numbered from 1 without a gap; a number above the last one kept pages on (see `audit`). */
export type AuditEntry = AuditFact & { readonly number: number }

/** Everything received, accepted, refused, filled: the judge of every run. */
export type AuditFact =
  | {
      readonly kind: 'received'
      readonly at: number
      readonly account: string
      /** The kind of the ExchangeCommand. */
      readonly command: string
      readonly clientOrderId: string
      readonly symbol: string
      readonly side: Side | ''
      readonly quantity: string
      readonly reduceOnly: boolean
    }
  | {
      readonly kind: 'accepted'
      readonly at: number
      readonly account: string
      readonly orderId: string
      readonly clientOrderId: string
    }
  | {
      readonly kind: 'refused'
      readonly at: number
      readonly account: string
      readonly command: string
      readonly clientOrderId: string
      readonly refusal: Refusal
    }
  | {
      readonly kind: 'triggered'
      readonly at: number
      readonly account: string
      readonly orderId: string
      readonly clientOrderId: string
    }
  | {
      readonly kind: 'filled'
      readonly at: number
      readonly account: string
      readonly orderId: string
      readonly clientOrderId: string
      readonly tradeId: string
      readonly symbol: string
      readonly side: Side
      readonly quantity: string
      readonly price: string
      readonly positionAfter: string
      readonly sequence: number
    }
  | {
      readonly kind: 'ended'
      readonly at: number
      readonly account: string
      readonly orderId: string
      readonly clientOrderId: string
      readonly status: ExchangeOrderStatus
      readonly reason: string
    }
  | {
      /** Quote; negative was paid. */
      readonly kind: 'funded'
      readonly at: number
      readonly account: string
      /** Always '': no order is behind it. */
      readonly clientOrderId: string
      readonly symbol: string
      readonly amount: string
    }
