import { expect, test } from 'vitest'
import { parsePrivateKey } from './private-key.ts'
import { ORDER, scalarToBytes } from './scalar.ts'

const KEY = '0b8e0f63c24d8baacd9d29ad4e9a4b73c4a8d2bb8b16dc4fa9d7c2e1d3a8b1f0e8d3a4c5b6e7f001'

function hexOf(number: bigint): string {
  return Buffer.from(number.toString(16).padStart(80, '0'), 'hex').reverse().toString('hex')
}

test('[LS6] a key is read with and without 0x, in either case, with spaces around it', () => {
  for (const text of [KEY, `0x${KEY}`, ` ${KEY.toUpperCase()}\n`]) {
    const key = parsePrivateKey(text)
    expect(key.ok && Buffer.from(scalarToBytes(key.value)).toString('hex')).toBe(KEY)
  }
})

test('[LS6] a key above the order is the one that the venue makes of it', () => {
  expect(parsePrivateKey(hexOf(ORDER + 5n))).toEqual({ ok: true, value: 5n })
})

test.each([
  ['', 'is empty'],
  ['  0x', 'is empty'],
  [`${KEY.slice(2)}zz`, 'not hex'],
  [KEY.slice(2), 'has 78 digits instead of 80'],
  [`${KEY}00`, 'has 82 digits instead of 80'],
  [KEY.slice(0, 64), 'as an Ethereum private key'],
  ['00'.repeat(40), 'is zero'],
  [hexOf(ORDER), 'is zero'],
])('[LS6] a key that is none (%#) is refused with what to do, and not repeated', (text, why) => {
  const key = parsePrivateKey(text)
  const message = key.ok ? '' : key.error
  expect(message).toContain(why)
  expect(message).toContain('80 hex digits')
  if (text.length > 10) expect(message).not.toContain(text.slice(0, 10))
})
