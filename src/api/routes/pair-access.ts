import { z } from 'zod'
import { uuid } from '../../../protocol/rest/common.ts'
import type { AccountId } from '../../domain/ids.ts'
import type { Pair } from '../../domain/pair.ts'
import type { Action } from '../../ports/authority.ts'
import type { Access } from '../access.ts'
import { found } from '../errors.ts'
import type { Services } from '../services.ts'

export const pairParams = z.strictObject({ pairId: uuid })

/** A pair is seen by whoever may see both of its accounts, and run by those who run all. */
export function onPair(action: Action): Access {
  return {
    kind: 'row',
    action,
    what: 'pair',
    find: ({ desk }, { pairId = '' }) => {
      const pair = desk.roster().pairs.get(pairId)
      return pair === undefined ? null : { seenThrough: accountsOf(pair), throughAll: true, about: null }
    },
  }
}

export function accountsOf({ a, b }: Pair): readonly AccountId[] {
  return [a.accountId, b.accountId]
}

export function pairOf({ desk }: Services, { pairId }: { pairId: string }): Pair {
  return found(desk.roster().pairs.get(pairId), 'pair')
}
