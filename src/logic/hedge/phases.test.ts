import { expect, test } from 'vitest'
import { PAIR_PHASES } from '../../domain/pair.ts'
import { afterEvents, nextPhase, type PairEvent } from './phases.ts'

const EVENTS: readonly PairEvent[] = [
  'quoted',
  'quote_ended',
  'exposed',
  'attempted',
  'balanced',
  'paused',
  'resumed',
  'closing',
  'closed',
]

test('[HG17] every event leads every phase to a phase', () => {
  for (const phase of PAIR_PHASES)
    for (const event of EVENTS) expect(PAIR_PHASES).toContain(nextPhase(phase, event))
})

test('[HG12] [HG17] out of a pause only a person leads, or a close that ends in it again', () => {
  const others = EVENTS.filter(event => event !== 'resumed' && event !== 'closing')
  expect(others.map(event => nextPhase('paused', event))).toEqual(others.map(() => 'paused'))
  expect(afterEvents('paused', ['closing', 'balanced', 'resumed', 'closed'])).toBe('paused')
})

test('[HG17] the way of a fill: quoted, exposed, hedged, quoted again', () => {
  const way = (['quoted', 'exposed', 'attempted', 'exposed', 'attempted', 'balanced'] as const).map(
    (_, index, all) => afterEvents('idle', all.slice(0, index + 1)),
  )
  expect(way).toEqual(['quoting', 'exposed', 'hedging', 'exposed', 'hedging', 'idle'])
})
