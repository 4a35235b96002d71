import { expect, test } from 'vitest'
import { KeyNonces } from './nonces.ts'

test('[XL8] the API takes the next nonce only, unless the transaction may leave some out', () => {
  const nonces = new KeyNonces()
  expect([nonces.accept(1, false), nonces.accept(0, false), nonces.accept(0, false)]).toEqual([
    false,
    true,
    false,
  ])
  expect([nonces.accept(5, true), nonces.accept(3, true), nonces.accept(6, false)]).toEqual([
    true,
    false,
    true,
  ])
  expect(nonces.next).toBe(7)
})

test('[XL10] what falls back in the sequencer leaves those behind it without their turn', () => {
  const nonces = new KeyNonces()
  for (const nonce of [0, 1, 2]) nonces.accept(nonce, false)
  expect(nonces.isDue(0, false)).toBe(true)
  nonces.fallBack()
  expect([nonces.isDue(1, false), nonces.next]).toEqual([false, 0])
})

test('[XL25] a nonce that somebody else uses is passed over when its turn comes', () => {
  const nonces = new KeyNonces()
  nonces.accept(0, false)
  nonces.giveAway()
  expect(nonces.next).toBe(2)
  nonces.use(0)
  expect(nonces.isDue(2, false)).toBe(true)
})
