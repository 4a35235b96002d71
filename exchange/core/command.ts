import { type Decimal, formatDecimal } from '../../src/domain/decimal.ts'
import { unreachable } from '../../src/domain/result.ts'
import type { AuditFact } from './audit-fact.ts'
import type { MarginMode } from './records.ts'
import type { OrderChange, PositionMode, TradingStopCommand } from './stop.ts'
import type { Exchange, ExchangeInstrument, OrderCommand, OrderSelector, PositionAddress } from './types.ts'

/** What an account asks for. `at` and all times: ms. */
export type AccountCommand = { readonly account: string } & (
  | { readonly kind: 'submit'; readonly order: OrderCommand; readonly at: number }
  | {
      readonly kind: 'amend'
      readonly order: OrderSelector
      readonly change: OrderChange
      readonly at: number
    }
  | { readonly kind: 'cancel'; readonly order: OrderSelector; readonly at: number }
  | { readonly kind: 'cancel_all'; readonly symbol: string | null; readonly at: number }
  | { readonly kind: 'set_leverage'; readonly symbol: string; readonly leverage: Decimal }
  | { readonly kind: 'switch_position_mode'; readonly symbol: string | null; readonly mode: PositionMode }
  | { readonly kind: 'switch_margin_mode'; readonly mode: MarginMode }
  | { readonly kind: 'set_trading_stop'; readonly stop: TradingStopCommand; readonly at: number }
  | { readonly kind: 'cancel_all_after'; readonly deadlineAt: number | null; readonly at: number }
)

/** What happens to the exchange. */
export type WorldCommand =
  | { readonly kind: 'create_account'; readonly account: string; readonly deposit: Decimal }
  | {
      readonly kind: 'transfer'
      readonly account: string
      /** Quote, signed. */
      readonly sum: Decimal
      readonly at: number
    }
  | { readonly kind: 'set_maintenance'; readonly on: boolean }
  | {
      readonly kind: 'set_symbol_status'
      readonly symbol: string
      readonly status: ExchangeInstrument['status']
      readonly at: number
    }
  | { readonly kind: 'liquidate'; readonly account: string; readonly at: number }
  | {
      readonly kind: 'deleverage'
      readonly account: string
      readonly position: PositionAddress
      readonly quantity: Decimal
      readonly at: number
    }
  | { readonly kind: 'advance'; readonly at: number }

/** Everything that changes an exchange. The same commands in the same order make the same exchange again. */
export type ExchangeCommand = AccountCommand | WorldCommand

/** Refusals are part of the story and change nothing. */
export function applyCommand(exchange: Exchange, command: ExchangeCommand): void {
  switch (command.kind) {
    case 'create_account':
      exchange.createAccount(command.account, command.deposit)
      return
    case 'transfer':
      exchange.transfer(command.account, command.sum, command.at)
      return
    case 'set_maintenance':
      exchange.setMaintenance(command.on)
      return
    case 'set_symbol_status':
      exchange.setSymbolStatus(command.symbol, command.status, command.at)
      return
    case 'liquidate':
      exchange.liquidate(command.account, command.at)
      return
    case 'deleverage':
      exchange.deleverage(command.account, command.position, command.quantity, command.at)
      return
    case 'advance':
      exchange.advance(command.at)
      return
    default:
      applyAccountCommand(exchange, command)
  }
}

function applyAccountCommand(exchange: Exchange, command: AccountCommand): void {
  const { account } = command
  switch (command.kind) {
    case 'submit':
      exchange.submit(account, command.order, command.at)
      return
    case 'amend':
      exchange.amend(account, command.order, command.change, command.at)
      return
    case 'cancel':
      exchange.cancel(account, command.order, command.at)
      return
    case 'cancel_all':
      exchange.cancelAll(account, command.symbol, command.at)
      return
    case 'set_leverage':
      exchange.setLeverage(account, command.symbol, command.leverage)
      return
    case 'switch_position_mode':
      exchange.switchPositionMode(account, command.symbol, command.mode)
      return
    case 'switch_margin_mode':
      exchange.switchMarginMode(account, command.mode)
      return
    case 'set_trading_stop':
      exchange.setTradingStop(account, command.stop, command.at)
      return
    case 'cancel_all_after':
      exchange.cancelAllAfter(account, command.deadlineAt, command.at)
      return
    default:
      unreachable(command)
  }
}

const UNSAID = { clientOrderId: '', symbol: '', side: '', quantity: '', reduceOnly: false } as const

/** What the audit writes down of a command before anything becomes of it. */
export function receivedOf(command: AccountCommand, at: number): AuditFact {
  const said = { kind: 'received', at, account: command.account, command: command.kind } as const
  switch (command.kind) {
    case 'submit': {
      const { clientOrderId, symbol, side, reduceOnly, quantity } = command.order
      return { ...said, clientOrderId, symbol, side, quantity: formatDecimal(quantity), reduceOnly }
    }
    case 'amend': {
      const { quantity } = command.change
      const text = quantity === null ? '' : formatDecimal(quantity)
      return { ...said, ...UNSAID, ...namesOf(command.order), quantity: text }
    }
    case 'cancel':
      return { ...said, ...UNSAID, ...namesOf(command.order) }
    case 'set_trading_stop':
      return { ...said, ...UNSAID, symbol: command.stop.symbol }
    case 'switch_margin_mode':
    case 'cancel_all_after':
      return { ...said, ...UNSAID }
    default:
      return { ...said, ...UNSAID, symbol: command.symbol ?? '' }
  }
}

export function clientOrderIdOf(command: AccountCommand): string {
  return 'order' in command ? command.order.clientOrderId : ''
}

function namesOf({ symbol, clientOrderId }: OrderSelector): { symbol: string; clientOrderId: string } {
  return { symbol, clientOrderId }
}
