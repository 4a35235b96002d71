import type { AccountId } from '../domain/ids.ts'
import type { Write } from '../ports/store.ts'
import type { EngineContext } from './context.ts'
import { failIncreases } from './increases.ts'
import type { AccountState, EngineState } from './state.ts'
import { callBack } from './take-roster.ts'
import type { Turn } from './turn.ts'

/**
 * Whether the links of an account may open, for all of them and whatever their own modes, which stay as they are.
 * What waits ends, what rests or is on its way to the venue is called back; reductions go on.
 */
export function setFlattened(
  context: EngineContext,
  turn: Turn,
  account: AccountState,
  isFlattened: boolean,
): void {
  const { id, name } = account.account
  const before = account.isFlattened
  account.isFlattened = isFlattened
  turn.rows([flattenedRow(id, isFlattened)])
  for (const holding of account.holdings.values()) {
    if (isFlattened) {
      const ending = { outcome: 'skipped', reason: 'account_flattened', detail: null } as const
      failIncreases(context, turn, holding, ending)
      callBack(context, turn, holding)
    }
    turn.revisit(holding)
  }
  if (isFlattened && !before)
    context.notice(turn, {
      code: 'account_flattened',
      level: 'warning',
      accountId: id,
      text: `Account ${name} was flattened: its links open nothing.`,
      action: 'Resume the account when it may follow again.',
    })
  if (!isFlattened)
    context.over(turn, {
      code: 'account_flattened',
      accountId: id,
      text: `Account ${name} follows again.`,
    })
}

function flattenedRow(id: AccountId, isFlattened: boolean): Write {
  return { kind: 'setting', row: { name: settingOf(id), value: String(isFlattened) } }
}

/** Apart from the links' modes, because config.yaml says those anew at every start. No name that people can set. */
function settingOf(id: AccountId): string {
  return `flattened/${id}`
}

/** What a former process was told. */
export function restoreFlattened(state: EngineState, settings: ReadonlyMap<string, string>): void {
  for (const account of state.accounts.values())
    account.isFlattened = settings.get(settingOf(account.account.id)) === 'true'
}
