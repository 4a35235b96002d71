import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MODULUS, modulo, power } from './goldilocks.ts'
import { hash, permutation } from './poseidon2.ts'
import { EXTERNAL_CONSTANTS, INTERNAL_CONSTANTS, MATRIX_DIAG_12, WIDTH } from './poseidon2-constants.ts'
import { fieldNumber } from './testing/arbitraries.ts'

/** The permutation as the paper has it (Poseidon2, eprint 2023/323, section 5), by matrices on whole numbers. */
function onPaper(input: readonly bigint[]): bigint[] {
  const full = (row: number, column: number): bigint => {
    const block = [2n, 3n, 1n, 1n][(column - row + WIDTH) % 4] ?? 0n
    return Math.floor(row / 4) === Math.floor(column / 4) ? 2n * block : block
  }
  const inner = (row: number, column: number): bigint =>
    1n + (row === column ? (MATRIX_DIAG_12[row] ?? 0n) : 0n)
  const times = (matrix: typeof full, state: readonly bigint[]): bigint[] =>
    state.map((_, row) => modulo(state.reduce((sum, value, column) => sum + matrix(row, column) * value, 0n)))
  const fullRound = (state: readonly bigint[], constants: readonly bigint[]): bigint[] =>
    times(
      full,
      state.map((value, index) => power(value + (constants[index] ?? 0n), 7n)),
    )
  const partialRound = ([first = 0n, ...rest]: readonly bigint[], constant: bigint): bigint[] =>
    times(inner, [power(first + constant, 7n), ...rest])
  const begun = EXTERNAL_CONSTANTS.slice(0, 4).reduce<readonly bigint[]>(fullRound, times(full, input))
  const middle = INTERNAL_CONSTANTS.reduce<readonly bigint[]>(partialRound, begun)
  return [...EXTERNAL_CONSTANTS.slice(4).reduce<readonly bigint[]>(fullRound, middle)]
}

test('[LS1] the fast permutation is that of plain whole numbers', () => {
  const states = fc.array(fieldNumber, { minLength: WIDTH, maxLength: WIDTH })
  fc.assert(
    fc.property(states, state => {
      expect(permutation(state)).toEqual(onPaper(state))
    }),
  )
})

test('[LS2] zeros are permuted into the numbers that the source has', () => {
  expect(permutation(Array<bigint>(WIDTH).fill(0n)).slice(0, 3)).toEqual([
    7182099517097165596n,
    9311216678150108034n,
    8831900494918587432n,
  ])
})

test('[LS1] a hash does not depend on what was hashed before it', () => {
  const first = hash([1n, 2n, 3n], 5)
  hash([MODULUS - 1n, ...Array<bigint>(20).fill(7n)], 5)
  expect(hash([1n, 2n, 3n], 5)).toEqual(first)
  expect(hash([1n, 2n, 3n], 20).slice(0, 5)).toEqual(first)
})
