import { add, type Decimal, multiplyDivide, ZERO } from '../../src/domain/decimal.ts'
import { type Account, type Holding, holdingsOf } from './account.ts'
import { type Commitment, marginsOf, type Standing, standingAlone } from './margin.ts'
import type { Market } from './market.ts'

/** What decides whether a position of an account in isolated margin stands. */
export function ownStanding(account: Account, holding: Holding, { mid }: Market): Standing {
  return standingAlone(holding, backingOf(account, holding), mid)
}

/** Whether a position that is made of this would stand on its initial margin. */
export function wouldStand(commitment: Commitment, margin: Decimal, { mid }: Market): boolean {
  const { equity, maintenance } = standingAlone(commitment, margin, mid)
  return equity >= maintenance
}

/**
 * Quote: the position's margin. Where funding, fees or a stop that met a gap have taken more than was available, all
 * positions bear it, each by its margin: together they never lose more than there is.
 */
function backingOf(account: Account, holding: Holding): Decimal {
  let committed = ZERO
  for (const each of holdingsOf(account)) committed = add(committed, marginsOf(each).position)
  const own = marginsOf(holding).position
  return account.balance >= committed ? own : multiplyDivide(own, account.balance, committed)
}
