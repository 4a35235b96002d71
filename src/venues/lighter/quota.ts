import type { BudgetRule } from '../../domain/capability.ts'
import type { Clock } from '../../ports/clock.ts'
import { RateWindow } from '../shared/rate-budget.ts'
import { LIGHTER_BUDGETS, type LighterTier, PREMIUM_TRANSACTIONS } from './capability.ts'

/** What all accounts of one wallet may ask of the venue. */
export interface WalletQuota {
  readonly transactions: RateWindow
  readonly reads: RateWindow
  readonly trades: RateWindow
}

/** What all accounts behind one address may. */
export interface EgressQuota {
  readonly http: RateWindow
  readonly sends: RateWindow
  readonly connect: RateWindow
  /** For the market stream's subscriptions alone: accounts' and pings have the rest. */
  readonly messages: RateWindow
}

/** Effectively none: for benches on an exchange of their own. */
const UNLIMITED: BudgetRule = { scope: 'egress', requests: 1_000_000_000, perMs: 1 }

/** An account's budgets; they become its wallet's when the venue has said whose account it is. */
export interface AccountQuota {
  current: WalletQuota
}

/** Accounts of one wallet share its budgets, whatever keys they use. */
export class Quotas {
  readonly #make: () => WalletQuota
  readonly #byAccount = new Map<number, AccountQuota>()
  readonly #byWallet = new Map<string, WalletQuota>()

  constructor(clock: Clock, tier: LighterTier, limits: 'venue' | 'off') {
    const transactions = tier === 'premium' ? PREMIUM_TRANSACTIONS : LIGHTER_BUDGETS.transactions
    const rule = (wanted: BudgetRule) => new RateWindow(clock, limits === 'off' ? UNLIMITED : wanted)
    this.#make = () => ({
      transactions: rule(transactions),
      reads: rule(LIGHTER_BUDGETS.reads),
      trades: rule(LIGHTER_BUDGETS.trades),
    })
  }

  of(accountIndex: number): AccountQuota {
    const known = this.#byAccount.get(accountIndex)
    if (known !== undefined) return known
    const quota = { current: this.#make() }
    this.#byAccount.set(accountIndex, quota)
    return quota
  }

  /** @param wallet the address that owns the account, as the venue tells it */
  bind(accountIndex: number, wallet: string): void {
    const quota = this.of(accountIndex)
    const address = wallet.toLowerCase()
    const shared = this.#byWallet.get(address)
    if (shared === undefined) this.#byWallet.set(address, quota.current)
    else quota.current = shared
  }
}

export function egressQuota(clock: Clock, tier: LighterTier, limits: 'venue' | 'off'): EgressQuota {
  const rule = (wanted: BudgetRule) => new RateWindow(clock, limits === 'off' ? UNLIMITED : wanted)
  return {
    http: rule(LIGHTER_BUDGETS.http),
    sends: rule(tier === 'premium' ? PREMIUM_TRANSACTIONS : LIGHTER_BUDGETS.sends),
    connect: rule(LIGHTER_BUDGETS.connect),
    messages: rule(LIGHTER_BUDGETS.messages),
  }
}
