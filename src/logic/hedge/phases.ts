import type { PairPhase } from '../../domain/pair.ts'

/** What a look at a pair can find. What changes nothing in a phase has no entry there. */
export type PairEvent =
  /** A has an order that may still trade. */
  | 'quoted'
  | 'quote_ended'
  /** More than B's lot is unhedged, and no order of B is on its way. */
  | 'exposed'
  /** An order of B is on its way. */
  | 'attempted'
  | 'balanced'
  | 'paused'
  | 'resumed'
  | 'closing'
  /** Nothing is left to close. */
  | 'closed'

/** Every phase and what takes a pair out of it. Hedging goes on behind a pause by hand: the phase stays `paused`. */
const NEXT: Readonly<Record<PairPhase, Partial<Record<PairEvent, PairPhase>>>> = {
  idle: { quoted: 'quoting', exposed: 'exposed', paused: 'paused', closing: 'closing' },
  quoting: { quote_ended: 'idle', exposed: 'exposed', paused: 'paused', closing: 'closing' },
  exposed: { attempted: 'hedging', balanced: 'idle', paused: 'paused', closing: 'closing' },
  hedging: { exposed: 'exposed', balanced: 'idle', paused: 'paused', closing: 'closing' },
  paused: { resumed: 'idle', closing: 'closing' },
  closing: { closed: 'paused', paused: 'paused' },
}

export function nextPhase(phase: PairPhase, event: PairEvent): PairPhase {
  return NEXT[phase][event] ?? phase
}

export function afterEvents(phase: PairPhase, events: readonly PairEvent[]): PairPhase {
  return events.reduce(nextPhase, phase)
}
