import type { AuditEntry } from '../../../exchange/core/types.ts'
import { symbolOf } from '../../../src/domain/ids.ts'
import type { Order } from '../../../src/domain/order.ts'
import type { Write } from '../../../src/ports/store.ts'
import { amountOf, signOf, size, textOf } from './amounts.ts'
import type { Checker, Evidence } from './checker.ts'
import { isOver } from './ledger.ts'

/** I1, I2, I10: one effect, intent first, doubt stays doubt. */
export class OrdersChecker implements Checker {
  readonly #evidence: Evidence
  readonly #tag: string
  readonly #queryLagMs: number

  /** @param tag of the installation */
  constructor(
    evidence: Evidence,
    { tag, queryLagMs }: { readonly tag: string; readonly queryLagMs: number },
  ) {
    this.#evidence = evidence
    this.#tag = tag
    this.#queryLagMs = queryLagMs
  }

  audit(entry: AuditEntry): void {
    if (!this.#isOurs(entry.clientOrderId)) return
    if (entry.kind === 'received' && entry.command === 'submit') this.#received(entry)
    else if (entry.kind === 'accepted') this.#accepted(entry)
  }

  durable(unit: readonly Write[]): void {
    for (const write of unit) {
      if (write.kind === 'intent_insert') this.#inserted(write.row, unit)
      else if (write.kind === 'intent_update') this.#updated(write.row)
    }
  }

  /** Where ids are numbers, nobody else in these worlds gives any. */
  #isOurs(clientOrderId: string): boolean {
    const { ids } = this.#evidence.exchange.rules
    return ids === 'number' ? clientOrderId !== '' : clientOrderId.startsWith(`LS${this.#tag}`)
  }

  #received(entry: Extract<AuditEntry, { kind: 'received' }>): void {
    const { ledger, violate } = this.#evidence
    const intent = ledger.intentOf(entry.clientOrderId)
    if (intent === undefined) {
      violate('I2', `the exchange received ${entry.clientOrderId}, of which no intent is durable`)
      return
    }
    const same =
      symbolOf(intent.instrumentId) === entry.symbol &&
      intent.side === entry.side &&
      intent.quantity === amountOf(entry.quantity) &&
      intent.reduceOnly === entry.reduceOnly &&
      ledger.accounts.get(intent.accountId)?.name === entry.account
    if (!same) violate('I2', `the exchange received ${entry.clientOrderId} unlike its intent`)
  }

  #accepted(entry: Extract<AuditEntry, { kind: 'accepted' }>): void {
    const { ledger, truth, violate } = this.#evidence
    const intent = ledger.intentOf(entry.clientOrderId)
    if (truth.order(entry.clientOrderId).accepted > 1)
      violate('I1', `${entry.clientOrderId} was accepted twice`)
    if (intent === undefined) return
    if (isOver(intent)) violate('I10', `${entry.clientOrderId} was accepted after it was ${intent.status}`)
  }

  /** A link makes a new order only when none of its own before it on its key can still be taken by the venue. */
  #inserted(row: Order, unit: readonly Write[]): void {
    const { ledger, truth, exchange, violate } = this.#evidence
    if (exchange.rules.ids === 'number' && !isNumberOf(this.#tag, row.clientOrderId))
      violate('I2', `${row.clientOrderId} is no number of this installation`)
    // What a person wants twice is wanted twice: only the same wish must not be carried out again.
    if (row.linkId === null) return
    for (const other of ledger.liveIntents.values()) {
      if (other.key !== row.key || other.purpose !== row.purpose || other.linkId !== row.linkId) continue
      const ended = unit.some(
        write => write.kind === 'intent_update' && write.row.intentId === other.intentId && isOver(write.row),
      )
      const { accepted, refused } = truth.order(other.clientOrderId)
      if (ended || accepted > 0 || refused) continue
      // Reduce-only cannot close more than there is: a whole close may be sent again while one is in doubt.
      if (row.purpose === 'exit' && row.reduceOnly && this.#closesAll(row, unit)) continue
      violate('I1', `${row.clientOrderId} was made while nobody knew what became of ${other.clientOrderId}`)
    }
  }

  /** All that is held is to be closed: reduce-only cannot close it twice. */
  #closesAll({ accountId, instrumentId, linkId }: Order, unit: readonly Write[]): boolean {
    let held = this.#evidence.ledger.positions.get(`${accountId}/${instrumentId}`)?.quantity ?? 0n
    let state = this.#evidence.ledger.linkStates.get(`${linkId}/${instrumentId}`)
    for (const { kind, row } of unit) {
      if (kind === 'position' && row.accountId === accountId && row.instrumentId === instrumentId)
        held = row.quantity
      if (kind === 'link_state' && row.linkId === linkId && row.instrumentId === instrumentId) state = row
    }
    if (state === undefined) return false
    const kept = signOf(state.desired) === signOf(held) ? size(state.desired) : 0n
    return size(state.attributed) - kept >= size(held)
  }

  #updated(row: Order): void {
    const { ledger, truth, violate } = this.#evidence
    const before = ledger.intents.get(row.intentId)
    const fact = truth.order(row.clientOrderId)
    const say = (text: string): void => violate('I10', `${row.clientOrderId} became ${row.status} ${text}`)
    if (row.filled > fact.filled || row.reportedFilled > fact.filled)
      violate('I3', `${row.clientOrderId} counts ${textOf(row.filled)} of ${textOf(fact.filled)} filled`)
    if (before !== undefined && row.reportedFilled < before.reportedFilled)
      violate('I3', `${row.clientOrderId} takes back what was reported as filled`)
    if (before === undefined || before.status === row.status) return
    const evidenced: Partial<Record<Order['status'], boolean>> = {
      rejected: fact.accepted === 0,
      canceled: fact.ended === 'canceled' || fact.ended === 'partially_filled_canceled',
      filled: fact.ended === 'filled',
      withdrawn: fact.received === 0,
      // Nothing of one that vanished is left to be found, then or ever.
      never_accepted: fact.accepted === 0 || fact.vanished,
    }
    if (evidenced[row.status] === false) say('against the evidence of the exchange')
    if (row.status !== 'never_accepted') return
    const provableAt = (row.claim?.deadlineAt ?? 0) + this.#queryLagMs
    if (this.#evidence.venueNow() <= provableAt) say('before its absence could be proof')
  }
}

/** Where ids are numbers below 2^48: the lower 32 bits count orders, what is above them is the installation's. */
const SEQUENCE_BITS = 32n
const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz'

/** Above the count stands the tag, read as a number of 36 digits: fifteen bits of it, below a sixteenth that is set. */
function isNumberOf(tag: string, clientOrderId: string): boolean {
  if (!/^\d+$/.test(clientOrderId)) return false
  let value = 0n
  for (const digit of tag) value = value * 36n + BigInt(DIGITS.indexOf(digit))
  return BigInt(clientOrderId) >> SEQUENCE_BITS === 0x8000n + (value & 0x7fffn)
}
