import { add, type Decimal } from '../../src/domain/decimal.ts'
import { must } from '../../src/domain/result.ts'
import { type Account, type Holding, holdingOf, type RowLimits } from './account.ts'
import type { AuditLog } from './audit.ts'
import type { EventQueue } from './event-queue.ts'
import type { Market } from './market.ts'
import type { VenueRules } from './rules.ts'
import type { ExchangeOrder } from './types.ts'

/** All that the exchange knows. The functions that change it live beside what they change. */
export interface World {
  readonly rules: VenueRules
  readonly rowLimits: RowLimits
  readonly markets: ReadonlyMap<string, Market>
  readonly accounts: Map<string, Account>
  readonly audit: AuditLog
  readonly events: EventQueue
  readonly nextId: () => string
  readonly ledger: Ledger
  /** Accounts with a position, and some that had one until lately. */
  readonly exposed: Set<Account>
  /** Markets whose last price a trade has moved since waiting orders were looked at. */
  readonly stirred: Set<Market>
  /** By account: when everything it has open is to be cancelled, ms. */
  readonly cancelDeadlines: Map<string, number>
  /** Sum of the largest relative moves so far, as logarithms: no price has moved by more since any moment. */
  drift: number
  maintenance: boolean
  /** Ms: where `advance` has brought the world. */
  now: number
}

/** Quote; see ExchangeLedger. */
export interface Ledger {
  deposits: Decimal
  withdrawals: Decimal
  fees: Decimal
  funding: Decimal
  insurance: Decimal
}

export function accountOf(world: World, name: string): Account {
  return must(world.accounts.get(name), `no account "${name}": create it first`)
}

export function marketOf(world: World, symbol: string): Market {
  return must(world.markets.get(symbol), `no symbol "${symbol}" on this exchange`)
}

export function holdingOfOrder(world: World, order: ExchangeOrder): Holding {
  const { instrument } = marketOf(world, order.symbol)
  return holdingOf(accountOf(world, order.account), instrument, order.positionIndex)
}

export function insure(world: World, amount: Decimal): void {
  world.ledger.insurance = add(world.ledger.insurance, amount)
}
