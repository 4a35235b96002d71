import { availableParallelism } from 'node:os'
import { must } from '../src/domain/result.ts'
import { secureRandom } from '../src/ops/secure-random.ts'
import { generator } from '../src/venues/lighter/sign/curve.ts'
import { FixedBase } from '../src/venues/lighter/sign/fixed-base.ts'
import { MODULUS } from '../src/venues/lighter/sign/goldilocks.ts'
import { type PrivateKey, parsePrivateKey } from '../src/venues/lighter/sign/private-key.ts'
import { coefficientsOf, multiply, quintic } from '../src/venues/lighter/sign/quintic.ts'
import { publicKeyOf, RANDOM_BYTES, verify } from '../src/venues/lighter/sign/schnorr.ts'
import { Signing } from '../src/venues/lighter/sign/signing.ts'
import { ThreadSigner } from '../src/venues/lighter/sign/thread-signer.ts'
import type { CreateOrder } from '../src/venues/lighter/sign/transaction.ts'

/**
 * What a signature for Lighter takes: on the thread that asks, and through the signer's thread and back. The peer is the
 * multiplication in the quintic field, of which a signature is made, done with bigint.
 */
const ROUNDS = 7
const SIGNATURES = 300
const THROUGH_THREAD = 200
const MULTIPLICATIONS = 20_000
const VERIFICATIONS = 20

const ORDER: Omit<CreateOrder, 'nonce'> = {
  kind: 'create_order',
  chainId: 300,
  accountIndex: 12345,
  apiKeyIndex: 5,
  expiredAt: 1777809907005,
  attributes: {},
  marketIndex: 0,
  clientOrderIndex: 123,
  quantity: 1000,
  limitPrice: 405000,
  side: 'sell',
  type: 'limit',
  timeInForce: 'gtt',
  reduceOnly: false,
  triggerPrice: 0,
  orderExpiry: 1735689600000,
}

interface Round {
  /** ms by the wall, one for each signature. */
  readonly signatures: readonly number[]
  readonly throughThread: readonly number[]
  /** ms of the one thread's processor time, each. */
  readonly signatureCpuMs: number
  readonly verifyCpuMs: number
  readonly multiplyCpuNs: number
  readonly bigintCpuNs: number
}

export async function main(argv: readonly string[]): Promise<void> {
  const parsed = parsePrivateKey('5'.repeat(80))
  const privateKey = must(parsed.ok ? parsed.value : null, 'a key')
  const tableCpuMs = cpuMs(() => new FixedBase(generator()))
  const signer = new ThreadSigner(secureRandom)
  const signing = new Signing()
  const rounds: Round[] = []
  // The first round warms the compiler up, in both threads, and is not counted.
  for (let count = 0; count <= ROUNDS; count += 1) rounds.push(await play(signing, signer, privateKey))
  await signer.close()
  report(rounds.slice(1), tableCpuMs, argv)
}

/** The median through the signer's thread and back, ms: what one signature adds to the way of an order. */
export async function signatureMs(): Promise<number> {
  const parsed = parsePrivateKey('5'.repeat(80))
  const privateKey = must(parsed.ok ? parsed.value : null, 'a key')
  const signer = new ThreadSigner(secureRandom)
  // The first ones warm the compiler up.
  await playThread(signer, privateKey)
  const throughThread = await playThread(signer, privateKey)
  await signer.close()
  return quantile(throughThread, 0.5)
}

async function play(signing: Signing, signer: ThreadSigner, privateKey: PrivateKey): Promise<Round> {
  const signatures: number[] = []
  const signatureCpuMs = cpuMs(() => {
    for (let nonce = 0; nonce < SIGNATURES; nonce += 1) {
      const startedAt = performance.now()
      signing.transaction({ privateKey, random: secureRandom(RANDOM_BYTES) }, { ...ORDER, nonce })
      signatures.push(performance.now() - startedAt)
    }
  })
  return {
    signatures,
    throughThread: await playThread(signer, privateKey),
    signatureCpuMs: signatureCpuMs / SIGNATURES,
    verifyCpuMs: verifyMs(signing, privateKey),
    multiplyCpuNs: (cpuMs(multiplyLimbs) / MULTIPLICATIONS) * 1e6,
    bigintCpuNs: (cpuMs(multiplyBigints) / MULTIPLICATIONS) * 1e6,
  }
}

async function playThread(signer: ThreadSigner, privateKey: PrivateKey): Promise<readonly number[]> {
  const tookMs: number[] = []
  for (let nonce = 0; nonce < THROUGH_THREAD; nonce += 1) {
    const startedAt = performance.now()
    await signer.transaction(privateKey, { ...ORDER, nonce })
    tookMs.push(performance.now() - startedAt)
  }
  return tookMs
}

const base = new FixedBase(generator())

function verifyMs(signing: Signing, privateKey: PrivateKey): number {
  const key = { privateKey, random: secureRandom(RANDOM_BYTES) }
  const signed = signing.transaction(key, { ...ORDER, nonce: 0 })
  const { txInfo, txHash } = must(signed.ok ? signed.value : null, 'a signed order')
  const signature = Buffer.from(String(JSON.parse(txInfo).Sig), 'base64')
  const question = {
    publicKey: publicKeyOf(privateKey, base),
    message: Buffer.from(txHash, 'hex'),
    signature,
  }
  const took = cpuMs(() => {
    for (let count = 0; count < VERIFICATIONS; count += 1) {
      if (!verify(question, base)) throw new Error('what was just signed is not valid')
    }
  })
  return took / VERIFICATIONS
}

const GENERATOR = coefficientsOf(generator().x)

function multiplyLimbs(): void {
  let [value, next] = [quintic(GENERATOR), quintic()]
  const factor = quintic(GENERATOR)
  for (let count = 0; count < MULTIPLICATIONS; count += 1) {
    multiply(next, value, factor)
    ;[value, next] = [next, value]
  }
}

function multiplyBigints(): void {
  const [b0 = 0n, b1 = 0n, b2 = 0n, b3 = 0n, b4 = 0n] = GENERATOR
  let [a0, a1, a2, a3, a4] = [b0, b1, b2, b3, b4]
  for (let count = 0; count < MULTIPLICATIONS; count += 1) {
    const c0 = (a0 * b0 + 3n * (a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1)) % MODULUS
    const c1 = (a0 * b1 + a1 * b0 + 3n * (a2 * b4 + a3 * b3 + a4 * b2)) % MODULUS
    const c2 = (a0 * b2 + a1 * b1 + a2 * b0 + 3n * (a3 * b4 + a4 * b3)) % MODULUS
    const c3 = (a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + 3n * (a4 * b4)) % MODULUS
    const c4 = (a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0) % MODULUS
    ;[a0, a1, a2, a3, a4] = [c0, c1, c2, c3, c4]
  }
}

/** Processor time of this thread: what a core that is not shared would take. */
function cpuMs(work: () => void): number {
  const before = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000
}

function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const index = Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))
  return Math.round(must(sorted[index], 'at least one value') * 1000) / 1000
}

function report(rounds: readonly Round[], tableCpuMs: number, argv: readonly string[]): void {
  const median = (figure: (round: Round) => number): number => quantile(rounds.map(figure), 0.5)
  const signatures = rounds.flatMap(round => round.signatures)
  const throughThread = rounds.flatMap(round => round.throughThread)
  const figures = {
    cores: availableParallelism(),
    node: process.version,
    rounds: ROUNDS,
    signatures: signatures.length,
    signatureCpuMs: median(round => round.signatureCpuMs),
    signatureMs: quantile(signatures, 0.5),
    signatureP99Ms: quantile(signatures, 0.99),
    throughThreadMs: quantile(throughThread, 0.5),
    throughThreadP99Ms: quantile(throughThread, 0.99),
    verifyCpuMs: median(round => round.verifyCpuMs),
    tableCpuMs: Math.round(tableCpuMs),
    multiplyCpuNs: Math.round(median(round => round.multiplyCpuNs)),
    bigintCpuNs: Math.round(median(round => round.bigintCpuNs)),
    timesFasterThanBigint: median(round => round.bigintCpuNs / round.multiplyCpuNs),
  }
  console.log(
    `sign: an order for Lighter takes ${figures.signatureCpuMs} ms of one core (by the wall p50 ${figures.signatureMs}, ` +
      `p99 ${figures.signatureP99Ms}; through the signer's thread p50 ${figures.throughThreadMs}, ` +
      `p99 ${figures.throughThreadP99Ms}); verified in ${figures.verifyCpuMs} ms; a multiplication ` +
      `${figures.multiplyCpuNs} ns, with bigint ${figures.bigintCpuNs} (${figures.timesFasterThanBigint.toFixed(1)} x); ` +
      `${figures.cores} cores, Node ${figures.node}`,
  )
  if (argv.includes('--json')) console.log(JSON.stringify({ bench: 'sign', ...figures }))
}
