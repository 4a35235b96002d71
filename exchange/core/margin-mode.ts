import { err, ok, type Result } from '../../src/domain/result.ts'
import { holdingsOf } from './account.ts'
import { whatHolds } from './position-mode.ts'
import type { MarginMode } from './records.ts'
import type { Refusal } from './types.ts'
import type { World } from './world.ts'

/** The mode that an account has already is taken again, as at Bybit: clients set it before every start. */
export function switchMarginMode(world: World, accountName: string, mode: MarginMode): Result<void, Refusal> {
  const account = world.accounts.get(accountName)
  if (account === undefined) return err('unknown_account')
  if (account.marginMode === mode) return ok()
  const held = whatHolds([...holdingsOf(account)])
  if (held !== null) return err(held)
  account.marginMode = mode
  world.events.push({ kind: 'wallet', account: accountName })
  return ok()
}
