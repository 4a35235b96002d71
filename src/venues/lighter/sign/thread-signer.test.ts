import { randomBytes } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { must } from '../../../domain/result.ts'
import type { SecureRandom } from '../../../ports/random.ts'
import { type PrivateKey, parsePrivateKey } from './private-key.ts'
import { Signing } from './signing.ts'
import { MAXIMUM_WAITING, ThreadSigner } from './thread-signer.ts'
import type { CancelOrder } from './transaction.ts'

const CANCEL: CancelOrder = {
  kind: 'cancel_order',
  chainId: 300,
  accountIndex: 12345,
  apiKeyIndex: 5,
  nonce: 2,
  expiredAt: 1777809907007,
  attributes: {},
  marketIndex: 0,
  orderIndex: 123n,
}
const TOKEN = { accountIndex: 12345, apiKeyIndex: 5, deadlineSeconds: 1700000000 }
const constant: SecureRandom = length => new Uint8Array(length)

const signers: ThreadSigner[] = []
afterEach(async () => {
  await Promise.all(signers.splice(0).map(each => each.close()))
})

function begin(secureRandom: SecureRandom, source?: string): ThreadSigner {
  const file =
    source === undefined ? undefined : new URL(`data:text/javascript,${encodeURIComponent(source)}`)
  const signer = new ThreadSigner(secureRandom, file)
  signers.push(signer)
  return signer
}

function aKey(): PrivateKey {
  const key = parsePrivateKey(
    '0b8e0f63c24d8baacd9d29ad4e9a4b73c4a8d2bb8b16dc4fa9d7c2e1d3a8b1f0e8d3a4c5b6e7f001',
  )
  return must(key.ok ? key.value : null, 'a key')
}

test('[LS9] the thread signs what the same code signs without it', async () => {
  const signer = begin(constant)
  const signing = new Signing()
  const key = { privateKey: aKey(), random: constant(32) }
  expect(await signer.publicKey(aKey())).toEqual({ ok: true, value: signing.publicKey(aKey()) })
  expect(await signer.transaction(aKey(), CANCEL)).toEqual(signing.transaction(key, CANCEL))
  expect(await signer.authToken(aKey(), TOKEN)).toEqual(signing.authToken(key, TOKEN))
})

test('[LS9] answers come to those who asked, also after one that cannot be signed', async () => {
  const signer = begin(randomBytes)
  const [wrong, wrongToken, right] = await Promise.all([
    signer.transaction(aKey(), { ...CANCEL, nonce: -1 }),
    signer.authToken(aKey(), { ...TOKEN, deadlineSeconds: 1.5 }),
    signer.transaction(aKey(), { ...CANCEL, nonce: 7 }),
  ])
  expect(wrong).toEqual({
    ok: false,
    error: { kind: 'invalid', message: expect.stringContaining('cancel_order: Nonce is -1') },
  })
  expect(wrongToken).toEqual({
    ok: false,
    error: { kind: 'invalid', message: expect.stringContaining('deadlineSeconds is 1.5') },
  })
  expect(right.ok && right.value.txInfo).toContain('"Nonce":7')
})

test('[LS9] one more than may wait is told so at once, and the others are signed', async () => {
  const signer = begin(randomBytes)
  const asked = Array.from({ length: MAXIMUM_WAITING }, (_, nonce) =>
    signer.transaction(aKey(), { ...CANCEL, nonce }),
  )
  expect(await signer.authToken(aKey(), TOKEN)).toEqual({
    ok: false,
    error: { kind: 'busy', message: expect.stringContaining('Ask again') },
  })
  const signed = await Promise.all(asked)
  for (const [nonce, each] of signed.entries()) {
    expect(each.ok && JSON.parse(each.value.txInfo).Nonce).toBe(nonce)
  }
  expect((await signer.authToken(aKey(), TOKEN)).ok).toBe(true)
})

test('[LS10] a signer that is closed answers what it was asked before, and nothing after', async () => {
  const signer = begin(randomBytes)
  const before = signer.transaction(aKey(), CANCEL)
  const closed = signer.close()
  const after = await signer.transaction(aKey(), CANCEL)
  expect(after).toEqual({ ok: false, error: { kind: 'gone', message: 'The signer was closed.' } })
  await closed
  expect((await before).ok).toBe(true)
  await signer.close()
})

test('[LS10] when the thread dies, who waits and who comes later is told so', async () => {
  const signer = begin(
    randomBytes,
    "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(7))",
  )
  const gone = {
    ok: false,
    error: { kind: 'gone', message: 'The thread that signs ended (exit code 7). Start again.' },
  }
  expect(await Promise.all([signer.publicKey(aKey()), signer.transaction(aKey(), CANCEL)])).toEqual([
    gone,
    gone,
  ])
  expect(await signer.authToken(aKey(), TOKEN)).toEqual(gone)
})
