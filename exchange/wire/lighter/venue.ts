import type { TimedExchange } from '../shared/timed-exchange.ts'
import { Accounts } from './accounts.ts'
import type { Markets } from './markets.ts'
import { OrderNotes } from './order-notes.ts'
import { TransactionLog } from './transaction-log.ts'
import { Verifier } from './verifier.ts'

/** What the wire needs to speak for the exchange. */
export interface LighterVenue extends TimedExchange {
  /** 304 is the main network, 300 the test network. */
  readonly chainId: number
  readonly markets: Markets
  readonly accounts: Accounts
  readonly verifier: Verifier
  readonly notes: OrderNotes
  readonly transactions: TransactionLog
}

export function createLighterVenue(
  timed: TimedExchange,
  world: { readonly chainId: number; readonly markets: Markets },
): LighterVenue {
  const accounts = new Accounts()
  return {
    ...timed,
    ...world,
    accounts,
    verifier: new Verifier(accounts),
    notes: new OrderNotes(),
    transactions: new TransactionLog(),
  }
}
