import { expect, test } from 'vitest'
import { invariant, type Mutant, mutate } from './mutant.ts'
import { MUTANTS, problemsOf } from './mutants.ts'
import { runMutants } from './run.ts'

/** One for each of the invariants that matter most, each noticed soon; `npm run mutants` runs all there are. */
const QUICK = [
  'doubt-holds-nothing-back',
  'sent-unlike-its-intent',
  'fill-counted-twice',
  'foreign-trade-ignored',
  'flip-is-one-reduction',
  'blind-resend',
  'covered-before-its-rows',
  'hedged-without-the-ratio',
  'b-before-the-rest-is-gone',
  'pause-forgotten-at-restart',
]
const QUICK_SEEDS = 40

const HARMLESS: Mutant = {
  name: 'harmless',
  mistake: 'None.',
  file: 'src/domain/order.ts',
  find: 'return TERMINAL.has(status)',
  replace: 'return TERMINAL.has(status) === true',
  breaks: ['I1'],
}

test('[SM5] bugs that were planted are noticed, each by an invariant that it breaks', async () => {
  const mutants = MUTANTS.filter(({ name }) => QUICK.includes(name))
  const findings = await runMutants({ mutants, seeds: QUICK_SEEDS })
  const missed = [...findings].filter(([, { caughtBy }]) => caughtBy === null)
  expect(missed).toEqual([])
  expect(findings.size).toBe(QUICK.length)
})

test('[SM20] what breaks nothing, and what cannot be planted, is not called caught', async () => {
  // A runner that calls everything caught would look like a simulator that notices everything.
  const rotten = { ...HARMLESS, name: 'rotten', find: 'text that is nowhere' }
  const findings = await runMutants({ mutants: [HARMLESS, rotten], seeds: 2 })
  expect(findings.get('harmless')).toEqual({ caughtBy: null, seed: 2, text: 'nothing is broken' })
  expect(findings.get('rotten')?.caughtBy).toBeNull()
  expect(findings.get('rotten')?.text).toContain('mend the mutant')
})

test('[SM20] a seed that is broken without a mutant is no catch', async () => {
  // Seed 1 shows this mutant; were it broken anyway, only another seed could.
  const mutants = MUTANTS.filter(({ name }) => name === 'fill-counted-twice')
  const [alone, other] = [
    await runMutants({ mutants, seeds: 1, isWhole: async () => false }),
    await runMutants({ mutants, seeds: QUICK_SEEDS, isWhole: async seed => seed !== 1 }),
  ]
  expect(alone.get('fill-counted-twice')?.caughtBy).toBeNull()
  expect(other.get('fill-counted-twice')?.caughtBy).not.toBeNull()
  expect(other.get('fill-counted-twice')?.seed).toBeGreaterThan(1)
})

test('[SM21] every mutant finds its text exactly once', () => {
  // The code moves on; a mutant that no longer changes it must not be forgotten.
  expect(problemsOf(MUTANTS)).toEqual([])
  const twice = mutate({ ...HARMLESS, find: 'one' }, () => 'one and one')
  expect(twice).toEqual({
    ok: false,
    error: 'harmless: src/domain/order.ts has "one" 2 times, not once; mend the mutant',
  })
})

test('[SM22] mutants have names of their own, and every invariant has one that breaks it', () => {
  const names = MUTANTS.map(({ name }) => name)
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  const broken = new Set(MUTANTS.flatMap(({ breaks }) => breaks))
  expect(invariant.options.filter(each => !broken.has(each))).toEqual([])
})
