import { add, type Decimal, negate, subtract, ZERO } from '../../src/domain/decimal.ts'
import { err, ok, type Result } from '../../src/domain/result.ts'
import { createAccount } from './account.ts'
import { delist, settlementPrice } from './delisting.ts'
import { walletOf } from './margin.ts'
import type { ExchangeLedger } from './records.ts'
import { recordTransfer } from './transactions.ts'
import type { ExchangeInstrument, PricePath, Refusal } from './types.ts'
import { accountOf, marketOf, type World } from './world.ts'

export function openAccount(world: World, name: string, deposit: Decimal): void {
  const account = createAccount(name, deposit, world.rowLimits)
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

interface StatusChange {
  readonly symbol: string
  readonly status: ExchangeInstrument['status']
  readonly at: number
}

/** A symbol that stops trading is settled; one that has stopped has nothing left to settle. */
export function setSymbolStatus(world: World, path: PricePath, { symbol, status, at }: StatusChange): void {
  const market = marketOf(world, symbol)
  const { instrument } = market
  const hasTraded = instrument.status === 'trading'
  instrument.status = status
  if (hasTraded && status !== 'trading') delist(world, market, settlementPrice(path, instrument, at), at)
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
