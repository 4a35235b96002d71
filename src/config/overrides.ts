import { err, ok, type Result } from '../domain/result.ts'
import { isTreeMap, type Tree, type TreeMap } from './file.ts'
import {
  childNode,
  isEntryList,
  type KeyNode,
  knownKeys,
  normalizeKey,
  type Path,
  ROOT_KEYS,
  suggestKey,
  takesAnyKey,
} from './keys.ts'
import { type ConfigProblem, type Origin, pathText } from './problem.ts'

/** LOCKSTEP__RISK__MAX_LEVERAGE; a single underscore after the name is not the configuration's. */
const PREFIX = 'LOCKSTEP__'
const FROM_FILE = 'file'
/** What containers are usually told, under the names that they know: each is one value of the configuration. */
const SHORT_NAMES: Readonly<Record<string, readonly string[]>> = {
  LOCKSTEP_MASTER_KEY_FILE: ['security', 'masterKeyFile'],
}

/** One value that a flag or a variable sets, with its keys as they were written. */
export interface Override {
  readonly keys: readonly string[]
  readonly text: string
  readonly origin: Origin
}

export type ReadFile = (path: string) => Result<string, string>

export function flagOverrides(flags: Readonly<Record<string, string>>): Override[] {
  return Object.entries(flags).map(([name, text]) => ({
    keys: name.split('.'),
    text,
    origin: { layer: 'flag', place: `flag ${name}` },
  }))
}

export function environmentOverrides(env: Readonly<Record<string, string | undefined>>): Override[] {
  return Object.entries(env).flatMap(([name, text]) => {
    if (text === undefined) return []
    const long = name.toUpperCase().startsWith(PREFIX) ? name.slice(PREFIX.length).split('__') : undefined
    const keys = SHORT_NAMES[name] ?? long
    return keys === undefined ? [] : [{ keys, text, origin: { layer: 'environment', place: name } }]
  })
}

/** Writes one layer's values over `tree`, and where they came from into `origins`. */
export function applyOverrides(
  tree: TreeMap,
  overrides: readonly Override[],
  origins: Map<string, Origin>,
  readFile: ReadFile,
): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  for (const { keys, text, origin } of overrides) {
    const complain = (message: string) => problems.push({ path: '', place: origin.place, message })
    const target = locate(tree, keys)
    if (!target.ok) {
      complain(target.error)
      continue
    }
    const path = pathText(target.value.path)
    const value = target.value.fromFile ? readSecret(text, readFile) : ok(text)
    const former = origins.get(path)
    if (!value.ok) complain(value.error)
    else if (former?.layer === origin.layer)
      complain(`${former.place} sets ${path} as well; keep one of them`)
    else {
      origins.set(path, origin)
      write(tree, target.value.path, value.value)
    }
  }
  return problems
}

/** A file that holds one value: what is around it is not part of it. */
export function readSecret(path: string, readFile: ReadFile): Result<string, string> {
  const content = readFile(path)
  if (!content.ok) return err(`the file ${path} cannot be read: ${content.error}`)
  const value = content.value.trim()
  return value === '' ? err(`the file ${path} is empty; it must hold the value alone`) : ok(value)
}

interface Target {
  readonly path: Path
  /** The text is the path of a file that holds the value. */
  readonly fromFile: boolean
}

function locate(root: TreeMap, keys: readonly string[]): Result<Target, string> {
  const path: (string | number)[] = []
  let node: KeyNode = ROOT_KEYS
  let tree: Tree | undefined = root
  for (const [index, written] of keys.entries()) {
    const found = locateKey(node, tree, written, index === keys.length - 1)
    if (!found.ok) return found
    const child = childNode(node, found.value.key)
    if (child === undefined) return err(`${pathText(path)} is one value; it has no ${written}`)
    path.push(found.value.key)
    if (found.value.fromFile) return ok({ path, fromFile: true })
    tree = childTree(tree, found.value.key)
    node = child
  }
  const inside = knownKeys(node)
  if (inside.length > 0) return err(`${pathText(path)} holds ${inside.join(', ')}: name one of them`)
  if (isEntryList(node)) return err(`${pathText(path)} is a list; write it in the configuration file`)
  return ok({ path, fromFile: false })
}

function locateKey(
  node: KeyNode,
  tree: Tree | undefined,
  written: string,
  isLast: boolean,
): Result<{ readonly key: string | number; readonly fromFile: boolean }, string> {
  if (isEntryList(node)) return locateEntry(tree, written)
  if (takesAnyKey(node)) return ok({ key: written, fromFile: false })
  const known = knownKeys(node)
  const wanted = normalizeKey(written)
  const key = known.find(each => normalizeKey(each) === wanted)
  if (key !== undefined) return ok({ key, fromFile: false })
  const inFile = known.find(each => normalizeKey(each) + FROM_FILE === wanted)
  if (isLast && inFile !== undefined) return ok({ key: inFile, fromFile: true })
  return err(`there is no key ${written}; ${suggestKey(written, known)}`)
}

/** Entries of a list go by their number or their name, and must stand in the file. */
function locateEntry(
  tree: Tree | undefined,
  written: string,
): Result<{ readonly key: number; readonly fromFile: false }, string> {
  const names = Array.isArray(tree)
    ? tree.map(entry => (isTreeMap(entry) && typeof entry['name'] === 'string' ? entry['name'] : ''))
    : []
  const byName = names.findIndex(name => name !== '' && normalizeKey(name) === normalizeKey(written))
  const key = byName >= 0 ? byName : /^\d{1,6}$/.test(written) ? Number(written) : -1
  if (key >= 0 && key < names.length) return ok({ key, fromFile: false })
  return err(`the configuration file has no entry ${written} here; ${suggestKey(written, names)}`)
}

function childTree(tree: Tree | undefined, key: string | number): Tree | undefined {
  if (Array.isArray(tree)) return typeof key === 'number' ? tree[key] : undefined
  return isTreeMap(tree) && Object.hasOwn(tree, key) ? tree[key] : undefined
}

function write(root: TreeMap, path: Path, text: string): void {
  let at: TreeMap | Tree[] = root
  for (const key of path.slice(0, -1)) {
    const child: Tree | undefined = childTree(at, key)
    const next: TreeMap | Tree[] = typeof child === 'object' ? child : {}
    put(at, key, next)
    at = next
  }
  const last = path.at(-1)
  if (last !== undefined) put(at, last, text)
}

function put(at: TreeMap | Tree[], key: string | number, value: Tree): void {
  if (Array.isArray(at)) at[Number(key)] = value
  // A symbol map takes any key; __proto__ must stay a key like any other.
  else Object.defineProperty(at, key, { value, enumerable: true, configurable: true, writable: true })
}
