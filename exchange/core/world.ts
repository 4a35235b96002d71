import { must } from '../../src/domain/result.ts'
import type { Account } from './account.ts'
import type { AuditLog } from './audit.ts'
import type { EventQueue } from './event-queue.ts'
import type { Market } from './market.ts'

/** All that the exchange knows. The functions that change it live beside what they change. */
export interface World {
  readonly markets: ReadonlyMap<string, Market>
  readonly accounts: Map<string, Account>
  readonly audit: AuditLog
  readonly events: EventQueue
  readonly nextId: () => string
  /** Ms: where `advance` has brought the world. */
  now: number
}

export function accountOf(world: World, name: string): Account {
  return must(world.accounts.get(name), `no account "${name}": create it first`)
}

export function marketOf(world: World, symbol: string): Market {
  return must(world.markets.get(symbol), `no symbol "${symbol}" on this exchange`)
}
