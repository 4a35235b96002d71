import { expect, test } from 'vitest'
import { z } from 'zod'
import { must } from '../../src/domain/result.ts'
import { signedToken, tokenHash, tokenText } from '../../src/venues/lighter/sign/auth-token.ts'
import {
  addPoint,
  decode,
  doublePoint,
  encode,
  generator,
  multiplyPoint,
  neutral,
  type Point,
} from '../../src/venues/lighter/sign/curve.ts'
import { FixedBase } from '../../src/venues/lighter/sign/fixed-base.ts'
import { inverseOrZero, modulo, power } from '../../src/venues/lighter/sign/goldilocks.ts'
import { LIMBS, multiplyLimbs, readLimbs, writeLimbs } from '../../src/venues/lighter/sign/limbs.ts'
import { hash, permutation } from '../../src/venues/lighter/sign/poseidon2.ts'
import {
  add,
  equals,
  inverse,
  product,
  type Quintic,
  quintic,
  quinticFromBytes,
  quinticToBytes,
  scale,
  subtract,
} from '../../src/venues/lighter/sign/quintic.ts'
import { numberFromBytes, scalar, scalarToBytes } from '../../src/venues/lighter/sign/scalar.ts'
import { publicKeyOf, signWith, verify } from '../../src/venues/lighter/sign/schnorr.ts'
import { transactionType } from '../../src/venues/lighter/sign/transaction-fields.ts'
import { transactionHash, transactionInfo } from '../../src/venues/lighter/sign/transaction-hash.ts'
import { checkTransaction } from '../../src/venues/lighter/sign/transaction-rules.ts'
import {
  bytesOf,
  hexOf,
  hexOfWords,
  keyOf,
  TRANSACTION_VECTOR,
  transactionOf,
  vectorsOf,
  wordsOf,
} from './payloads-lighter-signing-vectors.ts'

const base = new FixedBase(generator())
const hex = z.string()

const FIELD_VECTOR = z.object({
  a: hex,
  b: hex,
  e: hex,
  add: hex,
  sub: hex,
  mul: hex,
  neg_a: hex,
  inv_a: hex,
  pow_a_e: hex,
  a_eq_b: z.boolean(),
})

test('[LS2] every vector of the Goldilocks field, by limbs and by whole numbers', () => {
  const vectors = vectorsOf('field_goldilocks_vectors', z.array(FIELD_VECTOR))
  expect(vectors.length).toBeGreaterThan(0)
  const word = (value: bigint) => hexOfWords([modulo(value)])
  for (const vector of vectors) {
    const [a = 0n, b = 0n] = wordsOf(vector.a + vector.b)
    expect(word(a + b)).toBe(vector.add)
    expect(word(a - b)).toBe(vector.sub)
    expect(word(a * b)).toBe(vector.mul)
    expect(hexOfWords([productByLimbs(a, b)])).toBe(vector.mul)
    expect(word(-a)).toBe(vector.neg_a)
    expect(word(inverseOrZero(a))).toBe(vector.inv_a)
    expect(word(power(a, BigInt(vector.e)))).toBe(vector.pow_a_e)
    expect(modulo(a) === modulo(b)).toBe(vector.a_eq_b)
  }
})

function productByLimbs(a: bigint, b: bigint): bigint {
  const [left, right] = [new Float64Array(LIMBS), new Float64Array(LIMBS)]
  writeLimbs(left, 0, a)
  writeLimbs(right, 0, b)
  multiplyLimbs(left, left, right)
  return readLimbs(left, 0)
}

test('[LS2] every vector of the quintic field', () => {
  const vectors = vectorsOf('field_quintic_vectors', z.array(FIELD_VECTOR))
  expect(vectors.length).toBeGreaterThan(0)
  for (const vector of vectors) {
    const [a, b] = [quinticOf(vector.a), quinticOf(vector.b)]
    const out = quintic()
    add(out, a, b)
    expect(hexOf(quinticToBytes(out))).toBe(vector.add)
    subtract(out, a, b)
    expect(hexOf(quinticToBytes(out))).toBe(vector.sub)
    expect(hexOf(quinticToBytes(product(a, b)))).toBe(vector.mul)
    scale(out, a, -1)
    expect(hexOf(quinticToBytes(out))).toBe(vector.neg_a)
    expect(hexOf(quinticToBytes(inverse(a)))).toBe(vector.inv_a)
    expect(hexOf(quinticToBytes(powerOf(a, BigInt(vector.e))))).toBe(vector.pow_a_e)
    expect(equals(a, b)).toBe(vector.a_eq_b)
  }
})

function quinticOf(text: string): Quintic {
  return must(quinticFromBytes(bytesOf(text)), 'an element in its only form')
}

function powerOf(a: Quintic, exponent: bigint): Quintic {
  if (exponent === 0n) return quintic([1n])
  const half = powerOf(a, exponent >> 1n)
  const square = product(half, half)
  return (exponent & 1n) === 1n ? product(square, a) : square
}

test('[LS2] every vector of the hash', () => {
  const hashed = z.object({ input: hex, output: hex })
  const vectors = vectorsOf(
    'hash_poseidon2_vectors',
    z.object({
      permute: z.array(hashed),
      sponge: z.array(hashed.extend({ num_outputs: z.number() })),
      hash_to_quintic: z.array(hashed),
      hash_n_to_one: z.array(z.object({ inputs: z.array(hex), output: hex })),
    }),
  )
  for (const { input, output } of vectors.permute) {
    expect(hexOfWords(permutation(wordsOf(input)))).toBe(output)
  }
  for (const { input, num_outputs, output } of vectors.sponge) {
    expect(hexOfWords(hash(wordsOf(input), num_outputs))).toBe(output)
  }
  for (const { input, output } of vectors.hash_to_quintic) {
    expect(hexOfWords(hash(wordsOf(input), 5))).toBe(output)
  }
  for (const { inputs, output } of vectors.hash_n_to_one) {
    const folded = inputs.map(wordsOf).reduce((left, right) => hash(left.concat(right), 4))
    expect(hexOfWords(folded)).toBe(output)
  }
})

test('[LS2] every vector of the curve and of its scalars', () => {
  const vectors = vectorsOf(
    'curve_ecgfp5_vectors',
    z.object({
      decode: z.array(z.object({ w: hex, decodes: z.boolean(), is_neutral: z.boolean(), encoded_back: hex })),
      add: z.array(z.object({ a_w: hex, b_w: hex, sum_w: hex, a_double_w: hex })),
      scalar_mul: z.array(z.object({ base_w: hex, scalar_le: hex, out_w: hex })),
      scalar_ops: z.array(
        z.object({ a: hex, b: hex, add: hex, sub: hex, mul: hex, neg_a: hex, a_is_zero: z.boolean() }),
      ),
    }),
  )
  for (const vector of vectors.decode) {
    const point = decode(quinticOf(vector.w))
    expect(point !== null).toBe(vector.decodes)
    expect(point === null ? '' : codeOf(point)).toBe(vector.encoded_back)
    if (point !== null) expect(Number(`0x${codeOf(point)}`) === 0).toBe(vector.is_neutral)
  }
  for (const vector of vectors.add) {
    const out = neutral()
    addPoint(out, pointOf(vector.a_w), pointOf(vector.b_w))
    expect(codeOf(out)).toBe(vector.sum_w)
    doublePoint(out, pointOf(vector.a_w))
    expect(codeOf(out)).toBe(vector.a_double_w)
  }
  for (const { base_w, scalar_le, out_w } of vectors.scalar_mul) {
    expect(codeOf(multiplyPoint(pointOf(base_w), numberFromBytes(bytesOf(scalar_le))))).toBe(out_w)
  }
  for (const vector of vectors.scalar_ops) {
    const [a, b] = [numberFromBytes(bytesOf(vector.a)), numberFromBytes(bytesOf(vector.b))]
    expect(hexOf(scalarToBytes(scalar(a + b)))).toBe(vector.add)
    expect(hexOf(scalarToBytes(scalar(a - b)))).toBe(vector.sub)
    expect(hexOf(scalarToBytes(scalar(a * b)))).toBe(vector.mul)
    expect(hexOf(scalarToBytes(scalar(-a)))).toBe(vector.neg_a)
    expect(a === 0n).toBe(vector.a_is_zero)
  }
})

function pointOf(code: string): Point {
  return must(decode(quinticOf(code)), 'a point')
}

function codeOf(point: Point): string {
  return hexOf(quinticToBytes(encode(point)))
}

test('[LS2] every vector of keys and signatures', () => {
  const vectors = vectorsOf(
    'schnorr_vectors',
    z.object({
      keygen: z.array(z.object({ sk: hex, pk: hex })),
      sign: z.array(z.object({ sk: hex, hashed_msg: hex, k: hex, sig: hex })),
    }),
  )
  for (const { sk, pk } of vectors.keygen) expect(hexOf(publicKeyOf(keyOf(sk), base))).toBe(pk)
  for (const { sk, hashed_msg, k, sig } of vectors.sign) {
    const message = bytesOf(hashed_msg)
    const privateKey = keyOf(sk)
    expect(hexOf(signWith({ privateKey, message, oneTime: keyOf(k) }, base))).toBe(sig)
    const publicKey = publicKeyOf(privateKey, base)
    expect(verify({ publicKey, message, signature: bytesOf(sig) }, base)).toBe(true)
  }
})

test("[LS2] [LS8] every transaction of the venue's client: its hash, its text, its signature", () => {
  const vectors = vectorsOf('tx_oracle', z.array(TRANSACTION_VECTOR))
  expect(vectors.length).toBeGreaterThan(0)
  for (const vector of vectors) {
    const transaction = transactionOf(vector)
    expect(checkTransaction(transaction)).toEqual({ ok: true, value: undefined })
    expect(transactionType(transaction)).toBe(vector.tx_type)
    const message = transactionHash(transaction)
    expect(hexOf(message)).toBe(vector.tx_hash)
    const signature = bytesOf(vector.sig)
    expect(transactionInfo(transaction, signature)).toBe(vector.tx_info)
    const publicKey = publicKeyOf(keyOf(vector.sk), base)
    expect(verify({ publicKey, message, signature }, base)).toBe(true)
  }
})

const TOKEN_VECTOR = z.object({
  sk: hex,
  account_index: z.number(),
  api_key_index: z.number(),
  deadline: z.number(),
  token: hex,
})

test("[LS2] every auth token of the venue's client is signed over what we would sign", () => {
  const vectors = vectorsOf('auth_token_oracle', z.array(TOKEN_VECTOR))
  expect(vectors.length).toBeGreaterThan(0)
  for (const { sk, token, account_index, api_key_index, deadline } of vectors) {
    const text = tokenText({
      accountIndex: account_index,
      apiKeyIndex: api_key_index,
      deadlineSeconds: deadline,
    })
    const signed = must(text.ok ? text.value : null, 'the vectors have tokens that can be signed')
    const signature = bytesOf(token.slice(token.lastIndexOf(':') + 1))
    expect(signedToken(signed, signature)).toBe(token)
    const publicKey = publicKeyOf(keyOf(sk), base)
    expect(verify({ publicKey, message: tokenHash(signed), signature }, base)).toBe(true)
  }
})
