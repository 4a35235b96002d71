import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'vite'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CODE_FOLDERS = ['src', 'protocol', 'client', 'exchange', 'test', 'bench']
const NOT_OURS = new Set(['node_modules', '.git', 'data'])

/** One TypeScript file as the checks see it. */
export interface Source {
  /** From the project's root, with forward slashes. */
  readonly path: string
  readonly text: string
  readonly program: Node
  readonly comments: readonly string[]
  readonly imports: readonly Import[]
}

export interface Import {
  readonly specifier: string
  /** The file it means, from the project's root; null for a package or a module of Node's own. */
  readonly file: string | null
}

/** A node of the ESTree, as far as the checks need to know it. */
export interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

export function parseSource(path: string, text: string): Source {
  const parsed = parseSync(path, text)
  const fault = parsed.errors[0]
  if (fault !== undefined) throw new Error(`${path}: ${fault.message}`)
  const program = asNode(parsed.program)
  if (program === undefined) throw new Error(`${path}: the parser gave no program`)
  const specifiers = nodesOf(program).flatMap(importSpecifier)
  return {
    path,
    text,
    program,
    comments: parsed.comments.map(comment => comment.value),
    imports: specifiers.map(specifier => ({ specifier, file: resolveFrom(path, specifier) })),
  }
}

export function readSources(): Source[] {
  const inFolders = CODE_FOLDERS.flatMap(folder => filesUnder(folder, '.ts'))
  return [...inFolders, 'vitest.config.ts'].map(path => parseSource(path, readText(path)))
}

export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** Every file whose name ends so, from the project's root. */
export function filesUnder(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .flatMap(entry => {
      const path = folder === '.' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : filesUnder(path, ending)
      return entry.name.endsWith(ending) ? [path] : []
    })
    .sort()
}

/** Tests and what only they use: they may wire anything, read the clock and open sockets. */
export function isTestCode(path: string): boolean {
  return /^(test|bench)\/|\.test\.ts$|\/testing\/|\/[a-z-]*fixtures?\.ts$/.test(path)
}

/** The node and everything inside it, in the order of the text. */
export function nodesOf(node: Node): Node[] {
  const found = [node]
  for (const value of Object.values(node)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      const child = asNode(each)
      if (child !== undefined) found.push(...nodesOf(child))
    }
  }
  return found
}

export function asNode(value: unknown): Node | undefined {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
    ? (value as Node)
    : undefined
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

/** `a.b.c` of a chain of names, '' of anything else. */
export function dottedName(node: Node | undefined): string {
  if (node?.type === 'Identifier') return String(node['name'])
  if (node?.type !== 'MemberExpression' || node['computed'] === true) return ''
  return `${dottedName(asNode(node['object']))}.${dottedName(asNode(node['property']))}`
}

/** `test` of test(...), `test.each` of test.each(...)(...). */
export function calleeName(node: Node): string {
  const callee = asNode(node['callee'])
  return callee?.type === 'CallExpression' ? calleeName(callee) : dottedName(callee)
}

function importSpecifier(node: Node): string[] {
  const imports = ['ImportDeclaration', 'ImportExpression', 'ExportNamedDeclaration', 'ExportAllDeclaration']
  if (!imports.includes(node.type)) return []
  const specifier = asNode(node['source'])?.['value']
  return typeof specifier === 'string' ? [specifier] : []
}

function resolveFrom(path: string, specifier: string): string | null {
  return specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : null
}
