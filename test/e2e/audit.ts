import { z } from 'zod'
import { amountOf, signed } from '../simulation/checkers/amounts.ts'

const common = { number: z.number(), at: z.number(), account: z.string(), clientOrderId: z.string() }
const side = z.enum(['buy', 'sell'])

/** One line of GET /admin/audit, as far as a judge needs it. */
export const auditRow = z.discriminatedUnion('kind', [
  z.object({
    ...common,
    kind: z.literal('received'),
    command: z.string(),
    symbol: z.string(),
    side: side.or(z.literal('')),
    quantity: z.string(),
    reduceOnly: z.boolean(),
  }),
  z.object({ ...common, kind: z.literal('accepted'), orderId: z.string() }),
  z.object({ ...common, kind: z.literal('refused'), command: z.string(), refusal: z.string() }),
  z.object({
    ...common,
    kind: z.literal('filled'),
    orderId: z.string(),
    tradeId: z.string(),
    symbol: z.string(),
    side,
    quantity: z.string(),
    positionAfter: z.string(),
    sequence: z.number(),
  }),
  z.object({ ...common, kind: z.literal('ended'), orderId: z.string(), status: z.string() }),
])

export type AuditRow = z.output<typeof auditRow>
export type Received = Extract<AuditRow, { kind: 'received' }>
export type Traded = Extract<AuditRow, { kind: 'filled' }>

/** What became of one client order id on one account. */
export interface OrderFact {
  readonly received: Received[]
  accepted: number
  /** The exchange's clock, ms; null: nothing traded. */
  firstFillAt: number | null
  ended: string | null
}

/** The exchange's audit log, gathered while it is written. */
export class Audit {
  readonly fills: Traded[] = []
  /** By `account/clientOrderId`; orders without an id of their client's are not here. */
  readonly orders = new Map<string, OrderFact>()
  /** By `account/symbol`: the sum of all trades, signed. */
  readonly positions = new Map<string, bigint>()
  readonly #open = new Set<string>()
  lastNumber = 0

  get openOrders(): number {
    return this.#open.size
  }

  add(row: AuditRow): void {
    // The exchange keeps a bounded log; a judge that misses a line must not judge.
    if (row.number !== this.lastNumber + 1)
      throw new Error(`the audit log goes from ${this.lastNumber} to ${row.number}: lines were lost`)
    this.lastNumber = row.number
    if (row.kind === 'accepted') this.#open.add(`${row.account}/${row.orderId}`)
    else if (row.kind === 'ended') this.#open.delete(`${row.account}/${row.orderId}`)
    else if (row.kind === 'filled') this.#trade(row)
    if (row.clientOrderId !== '') this.#note(row)
  }

  #trade(row: Traded): void {
    this.fills.push(row)
    const key = `${row.account}/${row.symbol}`
    this.positions.set(key, (this.positions.get(key) ?? 0n) + signed(row.side, amountOf(row.quantity)))
  }

  #note(row: AuditRow): void {
    const key = `${row.account}/${row.clientOrderId}`
    const known = this.orders.get(key)
    const fact = known ?? { received: [], accepted: 0, firstFillAt: null, ended: null }
    if (known === undefined) this.orders.set(key, fact)
    if (row.kind === 'received' && row.command === 'submit') fact.received.push(row)
    else if (row.kind === 'accepted') fact.accepted += 1
    else if (row.kind === 'filled') fact.firstFillAt ??= row.at
    else if (row.kind === 'ended') fact.ended = row.status
  }
}
