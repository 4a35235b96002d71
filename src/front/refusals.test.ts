import { expect, test } from 'vitest'
import type { RefusalReason } from '../ports/venue.ts'
import { changeRefusal, signalRefusal, venueRefusal } from './refusals.ts'

test('[SE77] what the engine says no to keeps its meaning, and every sentence of it', () => {
  const messages = ['One is in the way.', 'Another is too.']
  const codes = (['unknown', 'file', 'conflict', 'unavailable'] as const).map(
    kind => changeRefusal({ kind, messages }).code,
  )
  expect(codes).toEqual(['not_found', 'set_in_file', 'conflict', 'unavailable'])
  expect(changeRefusal({ kind: 'conflict', messages }).message).toBe('One is in the way. Another is too.')
  const kinds = ['unknown', 'invalid', 'conflict', 'unavailable'] as const
  expect(kinds.map(kind => signalRefusal({ kind, message: 'No.' }).code)).toEqual([
    'not_found',
    'invalid',
    'signal_conflict',
    'unavailable',
  ])
})

test('[SE77] only what a venue says of a key is called the key’s fault; everything else may be tried again', () => {
  const refused = (reason: RefusalReason) =>
    venueRefusal({ kind: 'refused', reason, code: '1', message: 'no' }).code
  expect((['key', 'address', 'other'] as const).map(refused)).toEqual(Array(3).fill('key_refused'))
  expect((['rate_limited', 'time_window'] as const).map(refused)).toEqual(Array(2).fill('unavailable'))
  for (const kind of ['not_sent', 'in_doubt', 'unavailable', 'malformed'] as const)
    expect(venueRefusal({ kind, message: 'nothing came back' })).toEqual({
      code: 'unavailable',
      message: 'The venue did not answer: nothing came back. Try again.',
    })
})
