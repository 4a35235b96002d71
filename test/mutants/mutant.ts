import { z } from 'zod'
import { err, ok, type Result } from '../../src/domain/result.ts'
import { WORLDS } from '../simulation/world-name.ts'

/** What the simulator holds a run against. */
const INVARIANTS = [
  'I1',
  'I2',
  'I3',
  'I4',
  'I5',
  'I6',
  'I7',
  'I8',
  'I9',
  'I10',
  'I11',
  'I12',
  'I13',
  'I15',
  'I16',
  'I17',
] as const

export const invariant = z.enum(INVARIANTS)

/** One place of a mistake. */
const edit = z.object({
  /** From the project's root. */
  file: z.string(),
  /** Stands exactly once in the file: a mutant whose text is gone would look like one that nobody notices. */
  find: z.string().min(1),
  replace: z.string(),
})

/** A bug that exists as text only: it is put into modules while a process of its own loads them. */
export const mutant = edit.extend({
  name: z.string(),
  /** What a maintainer would have done wrong. */
  mistake: z.string(),
  /** It is caught when one of these is broken; what else breaks does not count. */
  breaks: z.array(invariant).min(1),
  /** Whose seeds show it; copies where nothing is said. */
  world: z.enum(WORLDS).optional(),
  /** Where the same mistake must be made again, because another guard stands there. */
  also: z.array(edit).optional(),
})

export type Edit = z.infer<typeof edit>
export type Mutant = z.infer<typeof mutant>

/** What is wrong with the past shows only where it is read: few seeds draw that by themselves. */
export function needsPast({ breaks }: Mutant): boolean {
  return breaks.includes('I16')
}

export function editsOf({ file, find, replace, also = [] }: Mutant): readonly Edit[] {
  return [{ file, find, replace }, ...also]
}

/**
 * The files of a mutant with its mistake in them, by their path from the project's root.
 *
 * @param read gives the text of a file as it is
 * @returns or what is wrong with the mutant
 */
export function mutate(
  planted: Mutant,
  read: (file: string) => string,
): Result<ReadonlyMap<string, string>, string> {
  const sources = new Map<string, string>()
  for (const { file, find, replace } of editsOf(planted)) {
    const source = sources.get(file) ?? read(file)
    const times = source.split(find).length - 1
    const quoted = JSON.stringify(find)
    if (times !== 1)
      return err(`${planted.name}: ${file} has ${quoted} ${times} times, not once; mend the mutant`)
    sources.set(
      file,
      source.replace(find, () => replace),
    )
  }
  return ok(sources)
}
