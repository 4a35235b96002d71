import { isTestCode, type Source } from './source.ts'

const ANY = 'any'

/**
 * Who may import whom: a folder, and the folders whose files it may use besides its own.
 * The longest folder that a file lies in is the one that counts.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[] | typeof ANY>> = {
  'src/domain': [],
  'src/logic': ['src/domain'],
  'src/ports': ['src/domain'],
  'src/engine': ['src/domain', 'src/logic', 'src/ports'],
  'src/history': ['src/domain', 'src/logic', 'src/ports'],
  'src/venues/shared': ['src/domain', 'src/ports'],
  'src/venues/bybit': ['src/domain', 'src/ports', 'src/venues/shared'],
  'src/venues/lighter': ['src/domain', 'src/ports', 'src/venues/shared', 'src/venues/lighter/sign'],
  'src/venues/lighter/sign': ['src/domain', 'src/ports', 'src/venues/lighter'],
  'src/store': ['src/domain', 'src/ports'],
  'src/security': ['src/domain', 'src/ports'],
  'src/live': ['src/domain', 'src/ports', 'src/engine', 'src/security', 'protocol'],
  'src/api': ['src/domain', 'src/ports', 'src/engine', 'src/security', 'protocol'],
  protocol: ['src/domain'],
  client: ['protocol'],
  'src/ops': ['src/domain', 'src/ports'],
  'exchange/core': ['src/domain', 'src/ports'],
  'exchange/wire/shared': ['src/domain', 'exchange/core'],
  'exchange/wire/bybit': ['src/domain', 'src/ports', 'exchange/core', 'exchange/wire/shared'],
  // Signatures are checked by the arithmetic that makes them: recorded vectors hold both to the venue's.
  'exchange/wire/lighter': ['src/domain', 'exchange/core', 'exchange/wire/shared', 'src/venues/lighter/sign'],
  'exchange/server': [
    'src/domain',
    'src/ports',
    'exchange/core',
    'exchange/wire/shared',
    'exchange/wire/bybit',
    'exchange/wire/lighter',
  ],
  'src/config': ANY,
  'src/config.ts': ANY,
  'src/main.ts': ANY,
  'src/past.ts': ANY,
  'src/spoken-venues.ts': ANY,
  'src/front': ANY,
  'src/cli': ANY,
  'vitest.config.ts': ANY,
}

/** Pure: they import no package and no module of Node's. */
const PURE = ['src/domain', 'src/logic', 'src/ports', 'exchange/core']

export function wrongImports(sources: readonly Source[]): string[] {
  return sources.flatMap(source => {
    if (isTestCode(source.path)) return []
    const folder = folderOf(source.path)
    if (folder === undefined) return [`${source.path}: its folder has no row in MAY_IMPORT`]
    return source.imports
      .filter(each => !isAllowed(folder, each.file))
      .map(each => `${source.path}: ${folder} may not import ${each.specifier}`)
  })
}

function isAllowed(folder: string, file: string | null): boolean {
  if (file === null) return !PURE.includes(folder)
  // What only tests use must not find its way into the server.
  if (isTestCode(file)) return false
  const target = folderOf(file)
  const allowed = MAY_IMPORT[folder] ?? []
  return target === folder || allowed === ANY || (target !== undefined && allowed.includes(target))
}

function folderOf(path: string): string | undefined {
  return Object.keys(MAY_IMPORT)
    .filter(folder => path === folder || path.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0]
}

/** Each circle of files once, from its first file back to it. */
export function importCycles(sources: readonly Source[]): string[] {
  const files = new Map(sources.map(source => [source.path, source.imports.flatMap(each => each.file ?? [])]))
  const cycles: string[] = []
  const done = new Set<string>()
  const visit = (file: string, trail: readonly string[]): void => {
    const seenAt = trail.indexOf(file)
    if (seenAt >= 0) cycles.push([...trail.slice(seenAt), file].join(' -> '))
    if (seenAt >= 0 || done.has(file)) return
    for (const next of files.get(file) ?? []) visit(next, [...trail, file])
    done.add(file)
  }
  for (const file of files.keys()) visit(file, [])
  return cycles
}
