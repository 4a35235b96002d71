import type { LighterAccount } from './accounts.ts'

const MINUTE_MS = 60_000
/** apidocs.lighter.xyz, "Rate Limits": requests in any minute, and weights in any minute. */
const STANDARD_REQUESTS = 60
const PREMIUM_WEIGHT = 24_000
const STREAM_MESSAGES = 200
/** Names that are watched at once; the one that was seen first is forgotten first. */
const MAXIMUM_NAMES = 50_000

/** What a request costs a premium account; others count requests. */
const WEIGHTS: Readonly<Record<string, number>> = {
  sendTx: 6,
  sendTxBatch: 6,
  nextNonce: 6,
  accountInactiveOrders: 100,
  apikeys: 150,
  trades: 600,
}
const OTHER_WEIGHT = 300
const TRANSACTIONS: ReadonlySet<string> = new Set(['sendTx', 'sendTxBatch'])

export interface Asking {
  readonly address: string
  /** The last part of the path. */
  readonly route: string
  /** Known by a signature or a token; null: anybody. */
  readonly account: LighterAccount | null
  /** Wall clock, ms. */
  readonly now: number
}

/**
 * Who may still ask. A standard account's requests count for its L1 address and for the network address they come from;
 * a premium one's for its L1 address alone; those of nobody known for their network address. Transactions of standard
 * accounts have a budget beside that of reading.
 */
export class Budgets {
  readonly #windows = new Map<string, Window>()

  /** Counts the request. @returns whether it is within every budget; one that is not counts for none */
  take({ address, route, account, now }: Asking): boolean {
    if (account?.tier === 'premium')
      return this.#all([`l1 ${account.l1Address}`], WEIGHTS[route] ?? OTHER_WEIGHT, PREMIUM_WEIGHT, now)
    const kind = TRANSACTIONS.has(route) ? 'tx' : 'read'
    const owner = account === null ? [] : [`${kind} l1 ${account.l1Address}`]
    return this.#all([`${kind} ${address}`, ...owner], 1, STANDARD_REQUESTS, now)
  }

  /** Counts one message of a client that is no transaction. */
  message(address: string, now: number): boolean {
    return this.#all([`message ${address}`], 1, STREAM_MESSAGES, now)
  }

  #all(names: readonly string[], weight: number, limit: number, now: number): boolean {
    const windows = names.map(name => this.#window(name))
    if (windows.some(window => window.spent(now) + weight > limit)) return false
    for (const window of windows) window.spend(weight, now)
    return true
  }

  #window(name: string): Window {
    const known = this.#windows.get(name)
    if (known !== undefined) return known
    const [oldest] = this.#windows.keys()
    if (this.#windows.size >= MAXIMUM_NAMES && oldest !== undefined) this.#windows.delete(oldest)
    const made = new Window()
    this.#windows.set(name, made)
    return made
  }
}

/** What was spent in the last minute. */
class Window {
  #entries: { readonly at: number; readonly weight: number }[] = []
  #sum = 0

  spent(now: number): number {
    const gone = this.#entries.findIndex(({ at }) => at > now - MINUTE_MS)
    const old = this.#entries.splice(0, gone < 0 ? this.#entries.length : gone)
    for (const { weight } of old) this.#sum -= weight
    return this.#sum
  }

  spend(weight: number, at: number): void {
    this.#entries.push({ at, weight })
    this.#sum += weight
  }
}
