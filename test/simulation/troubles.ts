import { FAULTS, type Fault, type FaultTarget } from './fault-kinds.ts'

/** Accounts and symbols, by their names on the exchange. */
export interface Places {
  readonly accounts: readonly string[]
  readonly symbols: readonly string[]
}

interface Trouble {
  readonly fault: Fault
  readonly target: FaultTarget
  /** The simulator's monotonic clock, ms: the last time. */
  readonly at: number
}

/** When each kind of fault last happened, and to what. */
export class Troubles {
  readonly #last = new Map<string, Trouble>()

  note(fault: Fault, target: FaultTarget, at: number): void {
    const { account = '', symbol = '' } = target
    this.#last.set(`${fault}/${account}/${symbol}`, { fault, target, at })
  }

  /** Those that touched one of the places at or after what is asked for their kind, monotonic, ms; null: never asked for. */
  *touching(places: Places, sinceOf: (fault: Fault) => number | null): Iterable<Fault> {
    for (const { fault, target, at } of this.#last.values()) {
      const since = sinceOf(fault)
      if (since !== null && at >= since && isThere(target, places)) yield fault
    }
  }
}

function isThere({ account, symbol }: FaultTarget, { accounts, symbols }: Places): boolean {
  if (account !== undefined) return accounts.includes(account)
  return symbol === undefined || symbols.includes(symbol)
}

/** What happens to one request is over soon; what lies over an account or the world may last, ms. */
const OF_ONE_ORDER_MS = 10_000
const OF_MORE_MS = 30_000

/** For how long after it began a fault may still be in the way, ms. */
export function lastsMs(fault: Fault): number {
  return FAULTS[fault].scope === 'order' ? OF_ONE_ORDER_MS : OF_MORE_MS
}
