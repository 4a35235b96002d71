import type { Decimal } from '../../src/domain/decimal.ts'
import { unreachable } from '../../src/domain/result.ts'
import type { Exchange, OrderCommand, OrderSelector } from './types.ts'

/** Everything that changes an exchange. The same commands in the same order make the same exchange again. */
export type ExchangeCommand =
  | { readonly kind: 'create_account'; readonly account: string; readonly deposit: Decimal }
  | { readonly kind: 'submit'; readonly account: string; readonly order: OrderCommand; readonly at: number }
  | {
      readonly kind: 'amend'
      readonly account: string
      readonly order: OrderSelector
      readonly change: Change
      readonly at: number
    }
  | { readonly kind: 'cancel'; readonly account: string; readonly order: OrderSelector; readonly at: number }
  | {
      readonly kind: 'cancel_all'
      readonly account: string
      readonly symbol: string | null
      readonly at: number
    }
  | {
      readonly kind: 'set_leverage'
      readonly account: string
      readonly symbol: string
      readonly leverage: Decimal
    }
  | { readonly kind: 'advance'; readonly at: number }

type Change = Parameters<Exchange['amend']>[2]

/** Refusals are part of the story and change nothing. */
export function applyCommand(exchange: Exchange, command: ExchangeCommand): void {
  switch (command.kind) {
    case 'create_account':
      exchange.createAccount(command.account, command.deposit)
      return
    case 'submit':
      exchange.submit(command.account, command.order, command.at)
      return
    case 'amend':
      exchange.amend(command.account, command.order, command.change, command.at)
      return
    case 'cancel':
      exchange.cancel(command.account, command.order, command.at)
      return
    case 'cancel_all':
      exchange.cancelAll(command.account, command.symbol, command.at)
      return
    case 'set_leverage':
      exchange.setLeverage(command.account, command.symbol, command.leverage)
      return
    case 'advance':
      exchange.advance(command.at)
      return
    default:
      unreachable(command)
  }
}
