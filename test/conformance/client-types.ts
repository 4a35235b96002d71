import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** An answer, and the type that the npm package bybit-api promises for it. */
export interface TypedAnswer {
  readonly name: string
  /** TypeScript, with everything that bybit-api exports in scope as `B.`, and `Answer<'method'>`. */
  readonly type: string
  readonly value: unknown
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** Inside node_modules, so that the package resolves and nothing else reads the file. */
const FOLDER = `${ROOT}node_modules/.cache/lockstep-conformance/`
const TYPES = `${ROOT}node_modules/bybit-api/lib/types/`
const COMPILER = [
  '--ignoreConfig',
  '--noEmit',
  '--strict',
  '--skipLibCheck',
  '--module',
  'nodenext',
  '--target',
  'es2024',
]
const COMPILE_LIMIT_MS = 60_000

/** `Known` asks for every field and its type but allows more: whether those are anybody's is checked apart. */
const HEAD = `import type * as B from 'bybit-api'
type Known<T> = T extends readonly [unknown, ...unknown[]] ? T
  : T extends readonly (infer E)[] ? Known<E>[]
  : T extends object ? { [K in keyof T]: Known<T[K]> } & { [more: string]: unknown } : T
type Answer<M extends keyof B.RestClientV5> = B.RestClientV5[M] extends (...given: never[]) => Promise<infer R> ? R : never
`

/** One line per difference: the answer, the field and what the compiler says. */
export function typeDifferences(answers: readonly TypedAnswer[], excepted: ReadonlySet<string>): string[] {
  const lines = HEAD.trimEnd().split('\n')
  const startsAt: { readonly name: string; readonly line: number }[] = []
  for (const [index, { name, type, value }] of answers.entries()) {
    startsAt.push({ name, line: lines.length + 1 })
    lines.push(
      ...`export const answer${index}: Known<${type}> = ${JSON.stringify(value, null, 1)}`.split('\n'),
    )
  }
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(`${FOLDER}answers.ts`, `${lines.join('\n')}\n`)
  const compiled = spawnSync(`${ROOT}node_modules/.bin/tsc`, [...COMPILER, `${FOLDER}answers.ts`], {
    encoding: 'utf8',
    timeout: COMPILE_LIMIT_MS,
  })
  const nameAt = (line: number) => startsAt.findLast(start => start.line <= line)?.name ?? 'the head'
  const complaints = complaintsIn(compiled.stdout)
  if (compiled.status !== 0 && complaints.length === 0)
    return [`the compiler did not run: ${compiled.stdout}${compiled.stderr}`]
  return complaints
    .map(({ line, words }) => ({ line, words, field: /"(\w+)":/.exec(lines[line - 1] ?? '')?.[1] ?? '' }))
    .filter(({ field, words }) => !excepted.has(field) && !missingOnly(words, excepted))
    .map(({ line, field, words }) => `${nameAt(line)}: ${field} ${words}`)
}

function complaintsIn(output: string): readonly { readonly line: number; readonly words: string }[] {
  const pattern = /answers\.ts\((\d+),\d+\): error (TS\d+: [^\n]*(?:\n {2}[^\n]*)*)/g
  return [...output.matchAll(pattern)].map(([, line = '0', words = '']) => ({ line: Number(line), words }))
}

/** Whether a complaint is only about fields that may be missing. */
function missingOnly(words: string, excepted: ReadonlySet<string>): boolean {
  const one = /Property '(\w+)' is missing/.exec(words)?.[1]
  const many = /is missing the following properties from type '[^']*': ([\w, ]+)/.exec(words)?.[1]
  const names = one === undefined ? (many?.split(', ') ?? []) : [one]
  return names.length > 0 && names.every(name => excepted.has(name))
}

/** Every field name that some type of the client's v5 side has. */
export function clientFields(): ReadonlySet<string> {
  const files = ['response', 'websockets'].flatMap(folder =>
    readdirSync(`${TYPES}${folder}`)
      .filter(file => /^(v5-|ws-|shared).*\.d\.ts$/.test(file))
      .map(file => `${TYPES}${folder}/${file}`),
  )
  const texts = [...files, `${TYPES}shared-v5.d.ts`, `${TYPES}../rest-client-v5.d.ts`]
  return new Set(
    texts.flatMap(file =>
      [...readFileSync(file, 'utf8').matchAll(/\b(\w+)\??:/g)].map(match => match[1] ?? ''),
    ),
  )
}

/** Every path of keys, whatever row of a list it is in. */
export function keysOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap(item => keysOf(item, path))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [
    `${path}${key}`,
    ...keysOf(inner, `${path}${key}.`),
  ])
}
