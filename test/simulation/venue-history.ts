import type {
  Exchange,
  ExchangeEvent,
  ExchangeExecution,
  ExchangeOrder,
  ExchangePosition,
} from '../../exchange/core/types.ts'

interface Version<T> {
  readonly at: number
  readonly value: T
}

/** What the venue's queries showed at any moment before: a replica that lags answers from here. */
export class VenueHistory {
  readonly #exchange: Exchange
  readonly #now: () => number
  /** By account, then by the venue's order id, then oldest first. */
  readonly #orders = new Map<string, Map<string, Version<ExchangeOrder>[]>>()
  readonly #positions = new Map<string, Map<string, Version<ExchangePosition>[]>>()

  constructor(exchange: Exchange, now: () => number) {
    this.#exchange = exchange
    this.#now = now
  }

  record(event: ExchangeEvent): void {
    if (event.kind === 'order')
      append(this.#orders, event.order.account, event.order.orderId, { at: this.#now(), value: event.order })
    else if (event.kind === 'position')
      append(this.#positions, event.account, event.position.symbol, {
        at: this.#now(),
        value: event.position,
      })
  }

  /** Open and done ones as they stood then; those that came later are not there. */
  orders(account: string, asOf: number): readonly ExchangeOrder[] {
    return asOfAll(this.#orders.get(account), asOf)
  }

  positions(account: string, asOf: number): readonly ExchangePosition[] {
    return asOfAll(this.#positions.get(account), asOf)
  }

  /** Trades, oldest first. What is paid for hours that were missed is dated back, and stands among them out of order. */
  executions(account: string, since: number, asOf: number): readonly ExchangeExecution[] {
    const found: ExchangeExecution[] = []
    for (const execution of this.#exchange.executions(account)) {
      if (execution.kind === 'funding') continue
      if (execution.at < since) break
      if (execution.at <= asOf) found.push(execution)
    }
    return found.reverse()
  }

  /** An order that was taken for processing and then refused: the exchange's core never had it. */
  addRefused(order: ExchangeOrder): void {
    append(this.#orders, order.account, order.orderId, { at: this.#now(), value: order })
  }
}

function append<T>(
  table: Map<string, Map<string, Version<T>[]>>,
  account: string,
  key: string,
  version: Version<T>,
): void {
  const rows = table.get(account) ?? new Map<string, Version<T>[]>()
  table.set(account, rows)
  const versions = rows.get(key)
  if (versions === undefined) rows.set(key, [version])
  else versions.push(version)
}

function asOfAll<T>(rows: Map<string, Version<T>[]> | undefined, asOf: number): readonly T[] {
  const found: T[] = []
  for (const versions of rows?.values() ?? []) {
    const version = versions.findLast(each => each.at <= asOf)
    if (version !== undefined) found.push(version.value)
  }
  return found
}
