import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Ring } from './ring.ts'

test('[CP45] a ring forgets its oldest member for the one beyond its limit, and says which', () => {
  const ring = new Ring<string>(2)
  expect(['a', 'b', 'c', 'd'].map(member => ring.add(member))).toEqual([undefined, undefined, 'a', 'b'])
  expect(['a', 'b', 'c', 'd'].map(member => ring.has(member))).toEqual([false, false, true, true])
})

test('[CP45] what is added again takes no second place', () => {
  const ring = new Ring<string>(2)
  for (const member of ['a', 'a', 'b']) expect(ring.add(member)).toBeUndefined()
  expect(ring.has('a')).toBe(true)
})

test('[CP45] a ring holds the newest of what it was given, as many as its limit', () => {
  const members = fc.uniqueArray(fc.nat(), { maxLength: 30 })
  fc.assert(
    fc.property(members, fc.integer({ min: 1, max: 10 }), (added, limit) => {
      const ring = new Ring<number>(limit)
      for (const member of added) ring.add(member)
      expect(added.filter(member => ring.has(member))).toEqual(added.slice(-limit))
    }),
  )
})
