import { add, type Decimal, negate, subtract, ZERO } from '../../src/domain/decimal.ts'
import { err, ok, type Result } from '../../src/domain/result.ts'
import { createAccount } from './account.ts'
import { cancelHolding } from './ending.ts'
import { walletOf } from './margin.ts'
import type { ExchangeLedger } from './records.ts'
import { recordTransfer } from './transactions.ts'
import type { ExchangeInstrument, Refusal } from './types.ts'
import { accountOf, marketOf, type World } from './world.ts'

export function openAccount(world: World, name: string, deposit: Decimal): void {
  const account = createAccount(name, deposit)
  world.accounts.set(name, account)
  world.ledger.deposits = add(world.ledger.deposits, deposit)
  if (deposit !== ZERO) recordTransfer(world, account, { kind: 'deposit', amount: deposit, at: world.now })
}

/** @param amount quote; negative withdraws */
export function transfer(world: World, name: string, amount: Decimal, at: number): Result<void, Refusal> {
  const account = world.accounts.get(name)
  if (account === undefined) return err('unknown_account')
  if (amount === ZERO) return err('not_modified')
  if (negate(amount) > ZERO && negate(amount) > walletOf(account, world.markets).available)
    return err('insufficient_balance')
  account.balance = add(account.balance, amount)
  account.safeUntilDrift = 0
  const { ledger } = world
  if (amount > ZERO) ledger.deposits = add(ledger.deposits, amount)
  else ledger.withdrawals = subtract(ledger.withdrawals, amount)
  recordTransfer(world, account, { kind: amount > ZERO ? 'deposit' : 'withdrawal', amount, at })
  world.events.push({ kind: 'wallet', account: name })
  return ok()
}

/** A symbol that closes has no orders left; its positions stay as they are. */
export function setSymbolStatus(
  world: World,
  symbol: string,
  status: ExchangeInstrument['status'],
  at: number,
): void {
  marketOf(world, symbol).instrument.status = status
  if (status === 'trading') return
  for (const account of world.accounts.values()) {
    for (const bySymbol of account.holdings) {
      const holding = bySymbol.get(symbol)
      if (holding !== undefined) cancelHolding(world, holding, 'delisted', at)
    }
  }
}

/** Null calls it off. */
export function cancelAllAfter(world: World, name: string, deadlineAt: number | null): Result<void, Refusal> {
  if (!world.accounts.has(name)) return err('unknown_account')
  if (deadlineAt === null) world.cancelDeadlines.delete(name)
  else world.cancelDeadlines.set(accountOf(world, name).name, deadlineAt)
  return ok()
}

export function ledgerOf({ ledger, markets }: World): ExchangeLedger {
  const world = [...markets].map(([symbol, { counterpart }]) => [symbol, { ...counterpart }] as const)
  return { ...ledger, world: new Map(world) }
}
