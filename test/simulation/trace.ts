import type { AuditEntry } from '../../exchange/core/types.ts'
import type { Decision } from '../../src/domain/decision.ts'
import type { Order } from '../../src/domain/order.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Write } from '../../src/ports/store.ts'

/** How many of the last events a failing seed prints. */
const KEPT = 100

/** Everything that happened, as one number, with the last of it as text. */
export class Trace {
  readonly #clock: Clock
  readonly #last: string[] = []
  readonly #kept: number
  #low = 0xdeadbeef
  #high = 0x41c6ce57

  constructor(clock: Clock, kept = KEPT) {
    this.#clock = clock
    this.#kept = kept
  }

  audit(entry: AuditEntry): void {
    this.note(`exchange ${Object.values(entry).join(' ')}`)
  }

  durable(unit: readonly Write[]): void {
    this.note(`durable ${unit.map(textOf).join('; ')}`)
  }

  decided(decision: Decision, order: Order | null): void {
    const { id, part, outcome, reason } = decision
    this.note(`decided ${id} ${part} ${outcome} ${reason} ${order?.clientOrderId ?? ''}`)
  }

  note(text: string): void {
    const line = `${this.#clock.monotonic().toFixed(3)} ${text}`
    this.#mix(line)
    this.#last.push(line)
    if (this.#last.length > 2 * this.#kept) this.#last.splice(0, this.#kept)
  }

  last(count: number): readonly string[] {
    return count === 0 ? [] : this.#last.slice(-count)
  }

  /** Of every line so far (cyrb53's mixing: 53 bits are plenty to tell two runs apart). */
  hash(): string {
    return `${(this.#high >>> 0).toString(16).padStart(8, '0')}${(this.#low >>> 0).toString(16).padStart(8, '0')}`
  }

  #mix(line: string): void {
    let low = this.#low
    let high = this.#high
    for (let index = 0; index < line.length; index += 1) {
      const code = line.charCodeAt(index)
      low = Math.imul(low ^ code, 2654435761)
      high = Math.imul(high ^ code, 1597334677)
    }
    this.#low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
    this.#high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  }
}

/** What a row says, short: amounts stand in 10^-18. */
function textOf(write: Write): string {
  switch (write.kind) {
    case 'intent_insert':
    case 'intent_update': {
      const { clientOrderId, status, purpose, side, quantity, filled, reportedFilled, type } = write.row
      return `${write.kind} ${clientOrderId} ${purpose} ${side} ${type} ${quantity} ${status} ${filled} ${reportedFilled}`
    }
    case 'decision': {
      const { id, part, firstFill, lastFill, quantity, status, outcome, reason, intentId } = write.row
      return `decision ${id} ${part} ${firstFill}-${lastFill} ${quantity} ${status} ${outcome} ${reason} ${intentId}`
    }
    case 'fill': {
      const { fill, attributed, sourceSequence } = write.row
      return `fill ${fill.accountId} ${fill.tradeId} ${fill.side} ${fill.quantity} ${attributed} ${sourceSequence}`
    }
    case 'link_state': {
      const { linkId, instrumentId, leaderQuantity, desired, attributed, cursor, stopped } = write.row
      return `link_state ${linkId} ${instrumentId} ${leaderQuantity} ${desired} ${attributed} ${cursor} ${stopped}`
    }
    case 'position': {
      const { accountId, instrumentId, quantity, venueSequence } = write.row
      return `position ${accountId} ${instrumentId} ${quantity} ${venueSequence}`
    }
    case 'pair_state': {
      const { pairId, phase, pause, attempts, unhedgedSince, cycleSide, cycles, rounds } = write.row
      return `pair_state ${pairId} ${phase} ${pause} ${attempts} ${unhedgedSince} ${cycleSide} ${cycles} ${rounds}`
    }
    case 'book':
      return `book ${write.row.instrumentId} ${write.row.quantity}`
    case 'account_sync':
      return `account_sync ${write.row.accountId} ${write.row.syncedAt}`
    case 'signal_insert':
    case 'signal_update':
      return `${write.kind} ${write.row.id} ${write.row.status}`
    case 'notice':
      return `notice ${write.row.code} ${write.row.accountId}`
    default:
      return write.kind
  }
}
