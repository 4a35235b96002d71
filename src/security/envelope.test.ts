import fc from 'fast-check'
import { expect, test } from 'vitest'
import { secureRandom } from '../ops/secure-random.ts'
import { type Binding, openText, sealText } from './envelope.ts'

const BINDING: Binding = { owner: 'account:a', field: 'credential', keyVersion: 1 }
const wrappingKey = secureRandom(32)

test('[SE21] a sealed secret opens for its own owner, field and key version, and nowhere else', () => {
  // Who can write to the database must not make one account trade with another one's key.
  const sealed = sealText({ text: 'a secret', binding: BINDING, wrappingKey, secureRandom })
  const openAs = (binding: Binding, key = wrappingKey) => openText({ sealed, binding, wrappingKey: key })
  expect(openAs(BINDING)).toBe('a secret')
  expect(openAs({ ...BINDING, owner: 'account:b' })).toBeNull()
  expect(openAs({ ...BINDING, field: 'totp' })).toBeNull()
  expect(openAs({ ...BINDING, keyVersion: 2 })).toBeNull()
  expect(openAs(BINDING, secureRandom(32))).toBeNull()
})

test('[SE21] the data keys of two secrets cannot be exchanged', () => {
  const [first, second] = ['one', 'two'].map(text =>
    sealText({ text, binding: BINDING, wrappingKey, secureRandom }).split('.'),
  )
  const mixed = [first?.[0], first?.[1], second?.[2]].join('.')
  expect(openText({ sealed: mixed, binding: BINDING, wrappingKey })).toBeNull()
})

test('[SE22] a sealed secret that was changed anywhere, cut or added to does not open', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), fc.constantFrom('change', 'cut', 'add'), (text, at, how) => {
      const sealed = sealText({ text, binding: BINDING, wrappingKey, secureRandom })
      const position = at % sealed.length
      const changed = sealed.charAt(position) === 'A' ? 'g' : 'A'
      const tampered = {
        change: `${sealed.slice(0, position)}${changed}${sealed.slice(position + 1)}`,
        cut: sealed.slice(0, position),
        add: `${sealed}.AAAA`,
      }[how]
      const opened = openText({ sealed: tampered, binding: BINDING, wrappingKey })
      // The last letter of a part may differ only in bits that base64url does not use: then nothing was changed.
      if (bytesOf(tampered) !== bytesOf(sealed)) expect(opened).toBeNull()
    }),
  )
})

test('[SE22] the same secret never looks the same twice', () => {
  const seal = () => sealText({ text: 'a secret', binding: BINDING, wrappingKey, secureRandom })
  expect(new Set([seal(), seal(), seal()]).size).toBe(3)
})

function bytesOf(sealed: string): string {
  const parts = sealed.split('.').slice(1)
  return [sealed.split('.')[0], ...parts.map(part => Buffer.from(part, 'base64url').toString('hex'))].join(
    '.',
  )
}
