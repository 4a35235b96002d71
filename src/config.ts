import { z } from 'zod'
import { type ConfigFile, isTreeMap, parseFile, type Tree, type TreeMap } from './config/file.ts'
import { knownKeys, nodeAt, normalizeKey, type Path, suggestKey } from './config/keys.ts'
import {
  applyOverrides,
  environmentOverrides,
  flagOverrides,
  type Override,
  type ReadFile,
  readSecret,
} from './config/overrides.ts'
import { type ConfigProblem, DEFAULT_ORIGIN, isSecret, type Origin, pathText } from './config/problem.ts'
import { checkReferences } from './config/references.ts'
import { type ConfigValues, schema } from './config/schema.ts'
import { keyFormProblem } from './config/venue-accounts.ts'
import { err, ok, type Result } from './domain/result.ts'

const MAXIMUM_SHOWN = 60

export interface ConfigInput {
  /** `risk.maximumLeverage` -> text. */
  readonly flags: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string | undefined>>
  /** Null where there is no configuration file. */
  readonly fileText: string | null
  /** How messages name the file. */
  readonly filePath?: string
  /** For *_FILE and secretFile; the error is a sentence. */
  readonly readFile: ReadFile
}

type AccountValues = ConfigValues['accounts'][number]
export type AccountConfig = Omit<AccountValues, 'secret' | 'secretFile'> & { readonly secret: string }

/** What the server runs by: every value is there, typed and checked against the others. */
export interface Config extends Omit<ConfigValues, 'accounts'> {
  readonly accounts: readonly AccountConfig[]
  originOf(path: Path): Origin
}

/** Flags over environment over file over defaults. All problems at once, none of them with a secret in it. */
export function loadConfig(input: ConfigInput): Result<Config, ConfigProblem[]> {
  const layers = readLayers(input, () => true)
  if (!layers.ok) return layers
  const { tree, problems, originOf, at } = layers.value
  // What says nothing of itself in the schema is a section.
  const parsed = schema.safeParse(tree, { error: () => 'keys with values' })
  if (!parsed.success) {
    problems.push(...parsed.error.issues.flatMap(issue => issueProblems(issue, tree, at)))
    return err(problems)
  }
  problems.push(...checkReferences(parsed.data).map(({ path, message }) => at(path, message)))
  const accounts = parsed.data.accounts.map((account, index) => {
    const secret = accountSecret(account, originOf(['accounts', index, 'secret']), input.readFile)
    if (!secret.ok) problems.push(at(['accounts', index, 'secret'], secret.error))
    const form = secret.ok ? keyFormProblem(account, secret.value) : null
    if (form !== null) problems.push(at(['accounts', index, 'key'], form))
    const { secretFile: _, ...values } = account
    return { ...values, secret: secret.ok ? secret.value : '' }
  })
  return problems.length > 0 ? err(problems) : ok({ ...parsed.data, accounts, originOf })
}

/** Where a server keeps what is its own. */
export interface Places {
  readonly dataFolder: string
  /** Null: in the data folder. */
  readonly masterKeyFile: string | null
}

/** Of the rest nothing is looked at: it may need secrets that only the server's own environment has. */
export function loadPlaces(input: ConfigInput): Result<Places, ConfigProblem[]> {
  const { data, security } = schema.shape
  const places = z.object({ data, security })
  const isPlace = ({ keys: [first = ''] }: Override): boolean => normalizeKey(first) in places.shape
  const layers = readLayers(input, isPlace)
  if (!layers.ok) return layers
  const { tree, problems, at } = layers.value
  const parsed = places.safeParse(tree, { error: () => 'keys with values' })
  if (!parsed.success)
    return err([...problems, ...parsed.error.issues.flatMap(issue => issueProblems(issue, tree, at))])
  if (problems.length > 0) return err(problems)
  return ok({
    dataFolder: parsed.data.data.folder,
    masterKeyFile: parsed.data.security.masterKeyFile,
  })
}

interface Layers {
  /** What the file says, with what the environment and the flags say over it. */
  readonly tree: TreeMap
  readonly problems: ConfigProblem[]
  originOf(path: Path): Origin
  at(path: Path, message: string): ConfigProblem
}

function readLayers(
  input: ConfigInput,
  isMeant: (override: Override) => boolean,
): Result<Layers, ConfigProblem[]> {
  const file = parseFile(input.filePath ?? 'config.yaml', input.fileText ?? '')
  if (!file.ok) return file
  const tree = structuredClone(file.value.tree)
  const overridden = new Map<string, Origin>()
  const problems = [environmentOverrides(input.env), flagOverrides(input.flags)].flatMap(layer =>
    applyOverrides(tree, layer.filter(isMeant), overridden, input.readFile),
  )
  const originOf = (path: Path): Origin =>
    overridden.get(pathText(path)) ?? fileOrigin(file.value, path) ?? DEFAULT_ORIGIN
  const at = (path: Path, message: string): ConfigProblem => ({
    path: pathText(path),
    place: nearestOrigin(path, originOf).place,
    message,
  })
  return ok({ tree, problems, originOf, at })
}

function accountSecret(account: AccountValues, origin: Origin, readFile: ReadFile): Result<string, string> {
  const { secret, secretFile } = account
  if (secret !== null && origin.layer !== 'environment') {
    return err('a secret does not belong in the file or on the command line; name its file with secretFile')
  }
  if (secret !== null && secretFile !== null)
    return err('both secret and secretFile are given; keep one of them')
  if (secretFile !== null) return readSecret(secretFile, readFile)
  if (secret !== null) return ok(secret)
  return err('is missing; name the file that holds it with secretFile')
}

function issueProblems(
  issue: z.core.$ZodIssue,
  tree: TreeMap,
  at: (path: Path, message: string) => ConfigProblem,
): ConfigProblem[] {
  const path = issue.path.map(key => (typeof key === 'symbol' ? String(key) : key))
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(nodeAt(path) ?? {})
    return issue.keys.map(key => at([...path, key], `there is no such key; ${suggestKey(key, known)}`))
  }
  const value = valueAt(tree, path)
  if (value === undefined) return [at(path, `is missing; expected ${issue.message}`)]
  return [at(path, `expected ${issue.message}, found ${isSecret(path) ? 'another' : shown(value)}`)]
}

function shown(value: Tree): string {
  if (Array.isArray(value)) return 'a list'
  if (isTreeMap(value)) return 'keys with values'
  if (value === '') return 'nothing'
  return JSON.stringify(value.length > MAXIMUM_SHOWN ? `${value.slice(0, MAXIMUM_SHOWN)}...` : value)
}

function valueAt(tree: Tree, path: Path): Tree | undefined {
  let value: Tree | undefined = tree
  for (const key of path) {
    if (Array.isArray(value)) value = typeof key === 'number' ? value[key] : undefined
    else value = isTreeMap(value) ? value[key] : undefined
  }
  return value
}

function fileOrigin(file: ConfigFile, path: Path): Origin | undefined {
  const line = file.lineOf(path)
  return line === undefined ? undefined : { layer: 'file', place: `${file.path}:${line}` }
}

/** A missing value has no place of its own: the entry that lacks it has one. */
function nearestOrigin(path: Path, originOf: (path: Path) => Origin): Origin {
  for (let length = path.length; length > 0; length -= 1) {
    const origin = originOf(path.slice(0, length))
    if (origin !== DEFAULT_ORIGIN) return origin
  }
  return DEFAULT_ORIGIN
}
