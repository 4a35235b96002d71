import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Ring } from './ring.ts'

const LONG = 1_000_000

test('[CP45] a ring forgets its oldest member for the one beyond its limit, and says which', () => {
  const ring = new Ring<string>({ maximum: 2, keepMs: LONG })
  expect(['a', 'b', 'c', 'd'].map(member => ring.add(member, 0))).toEqual([[], [], ['a'], ['b']])
  expect(['a', 'b', 'c', 'd'].map(member => ring.has(member))).toEqual([false, false, true, true])
})

test('[CP45] a ring forgets what has grown too old, however few there are', () => {
  const ring = new Ring<string>({ maximum: 10, keepMs: 1_000 })
  ring.add('a', 0)
  ring.add('b', 900)
  expect(ring.add('c', 1_001)).toEqual(['a'])
  expect(ring.add('d', 5_000)).toEqual(['b', 'c'])
})

test('[CP45] what is added again takes no second place, and is as young as its last time', () => {
  const ring = new Ring<string>({ maximum: 2, keepMs: LONG })
  for (const member of ['a', 'b', 'a']) expect(ring.add(member, 0)).toEqual([])
  expect(ring.add('c', 0)).toEqual(['b'])
})

test('[CP45] a ring holds the newest of what it was given, as many as its limit', () => {
  const members = fc.uniqueArray(fc.nat(), { maxLength: 30 })
  fc.assert(
    fc.property(members, fc.integer({ min: 1, max: 10 }), (added, maximum) => {
      const ring = new Ring<number>({ maximum, keepMs: LONG })
      for (const member of added) ring.add(member, 0)
      expect(added.filter(member => ring.has(member))).toEqual(added.slice(-maximum))
    }),
  )
})
