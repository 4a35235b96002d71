import type { SourceId } from '../../src/domain/ids.ts'
import type { Signal } from '../../src/domain/signal.ts'
import type { Store, Write } from '../../src/ports/store.ts'
import { auditEntry, signal } from './record-rows.ts'
import { decision, id, leaderFill, order } from './store-rows.ts'

const SOURCE: SourceId = id('source', 1)
const EVERY = 1_000_000
/** A writer has so many units on their way at once, and acts in each of a lane on the signal of its former one. */
export const LANES = 8

/**
 * A unit as the engine makes them, every row with the unit's number: a leader's fill, its decision and its intent
 * (I2), a signal that came (I11), an audit entry, and where `acted` is given the end of the signal of that unit,
 * which this unit's fill is.
 */
export function unitWrites(unit: number, acted: number | null): readonly Write[] {
  return [
    { kind: 'fill', row: leaderFill(unit) },
    { kind: 'decision', row: decision(unit) },
    { kind: 'intent_insert', row: order(unit) },
    { kind: 'signal_insert', row: signal(unit) },
    { kind: 'audit', row: auditEntry(unit) },
    ...(acted === null ? [] : [appliedBy(unit, acted)]),
  ]
}

function appliedBy(unit: number, acted: number): Write {
  return { kind: 'signal_update', row: signal(acted, { status: 'applied', reason: String(unit) }) }
}

export interface FoundUnits {
  readonly units: number
  /** Every unit from the first to the last with all its rows, and every signal acted on once. */
  readonly isWhole: boolean
}

/** What a store holds of a writer. The first unit of a lane acts on nothing. */
export async function unitsOf(store: Store): Promise<FoundUnits> {
  const { intents, decisions } = await store.load()
  const units = intents.length
  const fills = await store.sourceFills(SOURCE, 0, EVERY)
  const audit = await store.auditAfter(0, EVERY)
  const signals = await store.signalPage({ sourceId: SOURCE, limit: EVERY })
  const isWhole =
    [
      intents.map(({ sequence }) => sequence),
      decisions.map(({ firstFill }) => firstFill),
      fills.map(({ sourceSequence }) => sourceSequence),
      audit.map(({ sequence }) => sequence),
      signals.map(({ id: signalId }) => Number(signalId.slice(-6))).toReversed(),
    ].every(numbers => isRow(numbers, 1, units)) && isRow(actedBy(signals), LANES + 1, units)
  return { units, isWhole }
}

function actedBy(signals: readonly Signal[]): readonly number[] {
  const acting = signals.flatMap(({ status, reason }) => (status === 'applied' ? [Number(reason)] : []))
  return acting.toSorted((a, b) => a - b)
}

function isRow(numbers: readonly (number | null)[], first: number, last: number): boolean {
  return (
    numbers.length === Math.max(0, last - first + 1) &&
    numbers.every((number, index) => number === first + index)
  )
}
