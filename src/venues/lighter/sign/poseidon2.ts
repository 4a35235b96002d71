import { must } from '../../../domain/result.ts'
import {
  addLimbs,
  at,
  LIMBS,
  type Limbs,
  multiplyLimbs,
  readLimbs,
  reduceLimbs,
  writeLimbs,
} from './limbs.ts'
import {
  EXTERNAL_CONSTANTS,
  INTERNAL_CONSTANTS,
  MATRIX_DIAG_12,
  RATE,
  ROUNDS_F_HALF,
  WIDTH,
} from './poseidon2-constants.ts'

const LENGTH = WIDTH * LIMBS
/** The matrix of the full rounds goes by blocks of four elements (externalLinearLayer128 in the source). */
const BLOCK = 4 * LIMBS

// One state and its temporaries for all hashes: a typed array costs more to make than a multiplication, and nothing
// awaits while they are in use.
const state = new Float64Array(LENGTH)
const sum = new Float64Array(LIMBS)
const square = new Float64Array(LIMBS)
const cube = new Float64Array(LIMBS)
const blockSums = new Float64Array(BLOCK)

/** An element of the state, seen through to `state`, with its place on the inner matrix's diagonal. */
const elements = MATRIX_DIAG_12.map((diagonal, index) => ({
  value: state.subarray(index * LIMBS, (index + 1) * LIMBS),
  diagonal: limbsOf([diagonal]),
}))
const first = must(elements[0], 'the state has elements').value
const fullRounds = EXTERNAL_CONSTANTS.map(limbsOf)
const partialRounds = INTERNAL_CONSTANTS.map(constant => limbsOf([constant]))

function limbsOf(values: readonly bigint[]): Limbs {
  const limbs = new Float64Array(values.length * LIMBS)
  for (const [index, value] of values.entries()) writeLimbs(limbs, index * LIMBS, value)
  return limbs
}

/**
 * Poseidon2's sponge without padding (HashNToMNoPad in elliottech/poseidon_crypto, hash/poseidon2_goldilocks_plonky2).
 *
 * @param input field elements, 0 <= each < 2^64; two inputs that differ by zeros at the end of a block collide, so a
 *   caller hashes inputs of one length
 * @param length how many field elements to give
 */
export function hash(input: readonly bigint[], length: number): bigint[] {
  state.fill(0)
  for (let start = 0; start < input.length; start += RATE) {
    for (const [index, value] of input.slice(start, start + RATE).entries()) {
      writeLimbs(state, index * LIMBS, value)
    }
    permute()
  }
  const output: bigint[] = []
  while (output.length < length) {
    if (output.length > 0) permute()
    const take = Math.min(RATE, length - output.length)
    for (let index = 0; index < take; index += 1) output.push(readLimbs(state, index * LIMBS))
  }
  return output
}

/** The permutation of a state of 12 field elements: for those who check it. */
export function permutation(input: readonly bigint[]): bigint[] {
  for (const [index, value] of input.entries()) writeLimbs(state, index * LIMBS, value)
  permute()
  return elements.map(({ value }) => readLimbs(value, 0))
}

function permute(): void {
  mixBlocks()
  for (const constants of fullRounds.slice(0, ROUNDS_F_HALF)) fullRound(constants)
  for (const constant of partialRounds) partialRound(constant)
  for (const constants of fullRounds.slice(ROUNDS_F_HALF)) fullRound(constants)
}

function fullRound(constants: Limbs): void {
  addLimbs(state, constants)
  for (const { value } of elements) seventhPower(value)
  mixBlocks()
}

/** The elements that no power reduces leave this with weight 2, whatever they came with. */
function partialRound(constant: Limbs): void {
  addLimbs(first, constant)
  seventhPower(first)
  sum.fill(0)
  for (const { value } of elements) addLimbs(sum, value)
  reduceLimbs(sum, 0)
  for (const { value, diagonal } of elements) {
    multiplyLimbs(value, value, diagonal)
    addLimbs(value, sum)
  }
}

function seventhPower(value: Limbs): void {
  multiplyLimbs(square, value, value)
  multiplyLimbs(cube, square, value)
  multiplyLimbs(square, cube, cube)
  multiplyLimbs(value, square, value)
}

/** Each block by the 4 x 4 matrix [2 3 1 1; 1 2 3 1; 1 1 2 3; 3 1 1 2], then the sum of all blocks to each. */
function mixBlocks(): void {
  blockSums.fill(0)
  for (let start = 0; start < LENGTH; start += BLOCK) {
    for (let limb = start; limb < start + LIMBS; limb += 1) mixFour(limb)
    for (let i = 0; i < BLOCK; i += 1) blockSums[i] = at(blockSums, i) + at(state, start + i)
  }
  for (let i = 0; i < LENGTH; i += 1) state[i] = at(state, i) + at(blockSums, i % BLOCK)
  for (let i = 0; i < LENGTH; i += LIMBS) reduceLimbs(state, i)
}

/** One limb of four elements: the matrix has small entries only, so limbs do not touch one another. */
function mixFour(limb: number): void {
  const x0 = at(state, limb)
  const x1 = at(state, limb + LIMBS)
  const x2 = at(state, limb + 2 * LIMBS)
  const x3 = at(state, limb + 3 * LIMBS)
  const all = x0 + x1 + x2 + x3
  state[limb] = all + x0 + 2 * x1
  state[limb + LIMBS] = all + x1 + 2 * x2
  state[limb + 2 * LIMBS] = all + x2 + 2 * x3
  state[limb + 3 * LIMBS] = all + x3 + 2 * x0
}
