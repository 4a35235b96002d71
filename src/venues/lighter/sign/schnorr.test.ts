import fc from 'fast-check'
import { expect, test } from 'vitest'
import { generator } from './curve.ts'
import { FixedBase } from './fixed-base.ts'
import { quintic, quinticToBytes } from './quintic.ts'
import { numberFromBytes, ORDER, SCALAR_BYTES, scalarToBytes } from './scalar.ts'
import { publicKeyOf, RANDOM_BYTES, SIGNATURE_BYTES, sign, signWith, verify } from './schnorr.ts'
import { fieldNumbers } from './testing/arbitraries.ts'

const base = new FixedBase(generator())
const privateKey = fc.bigInt({ min: 1n, max: ORDER - 1n })
const message = fieldNumbers.map(numbers => quinticToBytes(quintic(numbers)))
const random = fc.uint8Array({ minLength: RANDOM_BYTES, maxLength: RANDOM_BYTES })
const signed = fc.record({ privateKey, message, random })

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'hex'))
}

function withBitFlipped(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.map((byte, index) => (index === Math.floor(bit / 8) ? byte ^ (1 << (bit % 8)) : byte))
}

test('[LS2] a key, a message and a one-time number give the signature that the venue gives', () => {
  // The first vector of elliottech/poseidon_crypto at fbd3713, signature/schnorr.
  const key = numberFromBytes(
    fromHex('4980df1a5a76cba9fef4d80446e951108e16a5b21f497976475c950bd2588c5a58771d5b06498d28'),
  )
  const signature = signWith(
    {
      privateKey: key,
      message: fromHex('4b1047aff6018e74d095f1655d639d99192e1b447abe1087078612814b88ddfabc53f279194014ee'),
      oneTime: numberFromBytes(
        fromHex('5866d18f345acc487b5bfbc92bb1a3d2351628e54cd41a3d47e351fa62c16bd454075f200178017c'),
      ),
    },
    base,
  )
  expect(Buffer.from(publicKeyOf(key, base)).toString('hex')).toBe(
    '2db191eb16d3314974f8708363909aeee607d06fb743156b18d3b353a5d40fef70ae377dd68d06fe',
  )
  expect(Buffer.from(signature).toString('hex')).toBe(
    '22794fdf937575606fc2b233d1b565ee085991dc9a68d598989a3e2f76b338e4' +
      '914e79f85259a45125468abb012d123fe4d13619c90e053a3749737b72c8f929' +
      '4e8db2469e832ed664b6afcc65bb055e',
  )
})

test('[LS3] what a key signs is valid under its public key, and with any bit changed it is not', () => {
  const bits = fc.nat(8 * (SIGNATURE_BYTES + 2 * SCALAR_BYTES) - 1)
  fc.assert(
    fc.property(signed, bits, (each, bit) => {
      const publicKey = publicKeyOf(each.privateKey, base)
      const signature = sign(each, base)
      expect(verify({ publicKey, message: each.message, signature }, base)).toBe(true)
      const changed = withBitFlipped(Buffer.concat([signature, publicKey, each.message]), bit)
      const parts = {
        signature: changed.subarray(0, SIGNATURE_BYTES),
        publicKey: changed.subarray(SIGNATURE_BYTES, SIGNATURE_BYTES + SCALAR_BYTES),
        message: changed.subarray(SIGNATURE_BYTES + SCALAR_BYTES),
      }
      expect(verify(parts, base)).toBe(false)
    }),
    { numRuns: 25 },
  )
})

test('[LS3] no byte of a signature may change by a bit', () => {
  const message = quinticToBytes(quintic([1n, 2n, 3n, 4n, 5n]))
  const signature = sign({ privateKey: 5n, message, random: new Uint8Array(RANDOM_BYTES) }, base)
  const publicKey = publicKeyOf(5n, base)
  const bits = Array.from({ length: SIGNATURE_BYTES }, (_, index) => 8 * index + ((3 * index) % 8))
  const stillValid = bits.filter(bit =>
    verify({ publicKey, message, signature: withBitFlipped(signature, bit) }, base),
  )
  expect(stillValid).toEqual([])
})

test('[LS4] a signature that says the same number in another form is not valid', () => {
  // s + ORDER stands for s. Taken as valid, it would be a second signature that nobody with the key made.
  const message = quinticToBytes(quintic([7n]))
  const publicKey = publicKeyOf(9n, base)
  const plain = sign({ privateKey: 9n, message, random: new Uint8Array(RANDOM_BYTES) }, base)
  const s = numberFromBytes(plain.subarray(0, SCALAR_BYTES)) + ORDER
  const other = Uint8Array.from(plain)
  other.set(Buffer.from(s.toString(16).padStart(80, '0'), 'hex').reverse())
  expect(numberFromBytes(other.subarray(0, SCALAR_BYTES)) % ORDER).toBe(s - ORDER)
  expect(verify({ publicKey, message, signature: other }, base)).toBe(false)
  expect(verify({ publicKey, message, signature: plain.subarray(1) }, base)).toBe(false)
})

test('[LS5] chance that repeats makes no second signature with the same one-time number', () => {
  fc.assert(
    fc.property(signed, message, (first, otherMessage) => {
      const again = sign(first, base)
      expect(again).toEqual(sign(first, base))
      fc.pre(Buffer.compare(otherMessage, first.message) !== 0)
      const second = sign({ ...first, message: otherMessage }, base)
      // One k for both would let anybody solve s1 - s2 = (e2 - e1) key for the key.
      const [s1, e1] = numbersOf(again)
      const [s2, e2] = numbersOf(second)
      const difference = (s1 - s2 - (e2 - e1) * first.privateKey) % ORDER
      expect(difference).not.toBe(0n)
    }),
    { numRuns: 20 },
  )
})

function numbersOf(signature: Uint8Array): [bigint, bigint] {
  return [
    numberFromBytes(signature.subarray(0, SCALAR_BYTES)),
    numberFromBytes(signature.subarray(SCALAR_BYTES)),
  ]
}

test('[LS1] numbers of 40 bytes are read as they were written', () => {
  fc.assert(
    fc.property(privateKey, number => {
      expect(numberFromBytes(scalarToBytes(number))).toBe(number)
    }),
  )
})
