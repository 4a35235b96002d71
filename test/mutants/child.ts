import { registerHooks } from 'node:module'
import { type Mutant, mutant, mutate, needsPast } from './mutant.ts'
import { readProjectFile, urlOf } from './project.ts'
import type { Finding } from './run.ts'

// The life of one mutant: node child.ts <mutant as JSON> <first seed> <last seed>. What became of it is the last line.
const [text = '', first, last] = process.argv.slice(2)
const planted = mutant.parse(JSON.parse(text))
plant(planted)
process.stdout.write(`${JSON.stringify(await look(planted, Number(first), Number(last)))}\n`)

/** From now on the modules that the mutant names are loaded with its mistake in them. */
function plant(bug: Mutant): void {
  const mutated = mutate(bug, readProjectFile)
  if (!mutated.ok) throw new Error(mutated.error)
  const sources = new Map(Array.from(mutated.value, ([file, source]) => [urlOf(file), source]))
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      const source = sources.get(url)
      return source === undefined ? loaded : { ...loaded, source }
    },
  })
}

async function look(bug: Mutant, first: number, last: number): Promise<Finding> {
  const { breaks, world = 'copies' } = bug
  const readsPast = needsPast(bug)
  // Only now: what was loaded before the mistake was planted would stay as it is.
  const { simulate } = await import('../simulation/simulate.ts')
  const others = new Set<string>()
  for (let seed = first; seed <= last; seed += 1) {
    const { violations } = await simulate({ world, seed, readsPast })
    const noticed = violations.find(({ invariant }) => breaks.some(each => each === invariant))
    if (noticed !== undefined) return { caughtBy: noticed.invariant, seed, text: noticed.text }
    for (const { invariant } of violations) others.add(invariant)
  }
  const broken = others.size === 0 ? 'nothing is broken' : `only ${[...others].join(', ')} is broken`
  return { caughtBy: null, seed: last, text: broken }
}
