import {
  asNode,
  calleeName,
  dottedName,
  isTestCode,
  lineAt,
  type Node,
  nodesOf,
  type Source,
} from './source.ts'

const MAXIMUM_FILE_LINES = 300
const MAXIMUM_FUNCTION_LINES = 70

const FUNCTIONS = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']

export function tooLong(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, text, program }) => {
    const lines = text.trimEnd().split('\n').length
    const file = lines > MAXIMUM_FILE_LINES ? [`${path}: ${lines} lines`] : []
    const nodes = nodesOf(program)
    const groups = new Set(nodes.flatMap(groupOfTests))
    const functions = nodes
      .filter(node => FUNCTIONS.includes(node.type) && !groups.has(node))
      .map(node => ({ from: lineAt(text, node.start), to: lineAt(text, node.end) }))
      .filter(({ from, to }) => to - from + 1 > MAXIMUM_FUNCTION_LINES)
      .map(({ from, to }) => `${path}:${from}: a function of ${to - from + 1} lines`)
    return [...file, ...functions]
  })
}

/** The function of a describe is a list of stories: each of them counts by itself. */
function groupOfTests(node: Node): Node[] {
  if (node.type !== 'CallExpression' || !/^describe\b/.test(calleeName(node))) return []
  return Array.isArray(node['arguments']) ? node['arguments'].flatMap(each => asNode(each) ?? []) : []
}

/** What implements a port, or wires: only there may time, chance and the network come in. */
const EFFECTS_ALLOWED = [
  'src/venues/shared/',
  'src/store/',
  'src/ops/',
  'src/api/',
  'src/live/',
  'src/cli/',
  'src/main.ts',
  'exchange/server/',
  'client/',
]
const EFFECT_CALLS = new Set([
  'Date.now',
  'performance.now',
  'process.hrtime',
  'process.hrtime.bigint',
  'Math.random',
  'crypto.getRandomValues',
  'crypto.randomUUID',
  'randomBytes',
  'randomUUID',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'fetch',
])
const EFFECT_MODULES = new Set([
  'node:net',
  'node:tls',
  'node:dgram',
  'node:http',
  'node:https',
  'node:http2',
  'node:timers',
  'node:timers/promises',
  'ws',
  'undici',
  'fastify',
])

export function strayEffects(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => !isTestCode(path) && !EFFECTS_ALLOWED.some(allowed => path.startsWith(allowed)))
    .flatMap(({ path, text, program, imports }) => [
      ...imports
        .filter(each => EFFECT_MODULES.has(each.specifier))
        .map(each => `${path}: imports ${each.specifier}; go through a port`),
      ...nodesOf(program)
        .filter(isEffect)
        .map(node => `${path}:${lineAt(text, node.start)}: reads the clock, chance, a timer or the network`),
    ])
}

function isEffect(node: Node): boolean {
  const callee = dottedName(asNode(node['callee']))
  if (node.type === 'CallExpression') return EFFECT_CALLS.has(callee.replace('globalThis.', ''))
  const takesNothing = Array.isArray(node['arguments']) && node['arguments'].length === 0
  return node.type === 'NewExpression' && callee === 'Date' && takesNothing
}

const MARKS = /\b(TODO|FIXME|XXX|HACK)\b|@ts-(ignore|nocheck|expect-error)|biome-ignore/
const TEST_FUNCTIONS = /^(test|it|describe|suite)\.(?:.*\.)?(only|skip|todo|fails)$/

/** Work left undone, checks switched off, and shapes that the style does not have. */
export function badMarks(sources: readonly Source[]): string[] {
  return sources.flatMap(source => {
    const { path, text, program, comments } = source
    const marked = comments
      .filter(comment => MARKS.test(comment))
      .map(comment => `${path}: ${comment.trim()}`)
    const nodes = nodesOf(program).flatMap(node => {
      const complaint = badNode(path, node)
      return complaint === undefined ? [] : [`${path}:${lineAt(text, node.start)}: ${complaint}`]
    })
    return [...marked, ...nodes, ...(isBarrel(program) ? [`${path}: only passes on what others export`] : [])]
  })
}

function badNode(path: string, node: Node): string | undefined {
  if (node.type === 'TSAnyKeyword') return 'any'
  if (node.type === 'ExportAllDeclaration') return 'exports everything of another file'
  if (node.type === 'ExportDefaultDeclaration' && !path.endsWith('.config.ts')) return 'a default export'
  const name = dottedName(node)
  return TEST_FUNCTIONS.test(name) ? name : undefined
}

function isBarrel(program: Node): boolean {
  const body = Array.isArray(program['body']) ? program['body'].flatMap(each => asNode(each) ?? []) : []
  return body.length > 0 && body.every(node => node.type.startsWith('Export') && asNode(node['source']))
}
