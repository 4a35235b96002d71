import { symbolOf } from '../../../src/domain/ids.ts'
import type { Signal } from '../../../src/domain/signal.ts'
import type { StoredFill, Write } from '../../../src/ports/store.ts'
import { signed, textOf, times } from './amounts.ts'
import type { Checker, Evidence } from './checker.ts'

/** I11: a signal that was answered exists after any crash, and moves its leader once, by what it says. */
export class SignalsChecker implements Checker {
  readonly #evidence: Evidence
  /** By id. */
  readonly #answered = new Map<string, Signal>()

  constructor(evidence: Evidence) {
    this.#evidence = evidence
  }

  answered(signal: Signal): void {
    this.#answered.set(signal.id, signal)
    if (!this.#evidence.ledger.signals.has(signal.id))
      this.#evidence.violate('I11', `signal ${signal.externalId} was answered and is not durable`)
  }

  durable(unit: readonly Write[]): void {
    const { ledger, violate } = this.#evidence
    const applied = new Map<string, Signal>()
    for (const { kind, row } of unit) {
      if (kind !== 'signal_update') continue
      if (ledger.signals.get(row.id)?.status !== 'pending')
        violate('I11', `signal ${row.externalId} was done with twice`)
      if (row.status === 'applied') applied.set(row.id, row)
    }
    for (const write of unit) {
      if (write.kind !== 'fill' || ledger.accounts.get(write.row.fill.accountId)?.kind !== 'virtual') continue
      const signal = applied.get(write.row.fill.tradeId)
      if (signal === undefined)
        violate('I11', `a leader of signals traded ${write.row.fill.tradeId} without one`)
      else this.#move(signal, write.row)
    }
  }

  atRest(): void {
    const { ledger, violate } = this.#evidence
    const traded = new Set([...ledger.fills.values()].map(({ fill }) => String(fill.tradeId)))
    for (const { id, externalId } of this.#answered.values()) {
      const { status, reason, action } = ledger.signals.get(id) ?? { status: 'lost', reason: null }
      const isDone = status === 'applied' || (status === 'refused' && reason !== null)
      if (!isDone) violate('I11', `signal ${externalId} was answered and is ${status}`)
      if (status === 'applied' && action?.kind === 'trade' && !traded.has(id))
        violate('I11', `signal ${externalId} is applied and moved nothing`)
    }
  }

  /** The truth of a virtual leader is what its signals say. */
  #move({ action, externalId, signalPrice }: Signal, { fill, sourceSequence }: StoredFill): void {
    const { ledger, truth, violate } = this.#evidence
    const name = ledger.accounts.get(fill.accountId)?.name ?? ''
    const symbol = symbolOf(fill.instrumentId)
    const before = truth.position(name, symbol)
    const after = before + signed(fill.side, fill.quantity)
    truth.positions.set(`${name}/${symbol}`, after)
    const say = (text: string): void => violate('I11', `signal ${externalId} ${text}`)
    if (sourceSequence === null) say('was not counted as its source’s')
    if (signalPrice !== null && fill.fillPrice !== signalPrice) say(`traded at ${textOf(fill.fillPrice)}`)
    if (action.kind === 'target') {
      if (after !== action.quantity) say(`left ${textOf(after)} for ${textOf(action.quantity)}`)
      return
    }
    if (fill.side !== action.side) say(`traded the other side`)
    if (action.size.kind === 'quantity' && fill.quantity !== action.size.quantity)
      say(`traded ${textOf(fill.quantity)} for ${textOf(action.size.quantity)}`)
    if (action.size.kind === 'notional' && times(fill.quantity, fill.fillPrice) > action.size.notional)
      say(`is worth more than ${textOf(action.size.notional)}`)
  }
}
