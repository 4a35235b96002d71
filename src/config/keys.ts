import { z } from 'zod'
import { schema } from './schema.ts'

/** What may stand at one place of the configuration: the schema, read as data. */
export interface KeyNode {
  readonly properties?: Readonly<Record<string, KeyNode>>
  readonly additionalProperties?: KeyNode | boolean
  readonly items?: KeyNode
  readonly oneOf?: readonly KeyNode[]
}

export type Path = readonly (string | number)[]

// zod types its JSON schema as anything that a JSON schema can be; ours has these parts only.
export const ROOT_KEYS: KeyNode = z.toJSONSchema(schema, { io: 'input' }) as KeyNode

/** The keys that may stand here, of every kind that a sizing, an entry or a leverage can be. */
export function knownKeys(node: KeyNode): readonly string[] {
  return [...new Set(variants(node).flatMap(variant => Object.keys(variant.properties ?? {})))]
}

export function childNode(node: KeyNode, key: string | number): KeyNode | undefined {
  for (const variant of variants(node)) {
    const child = typeof key === 'number' ? variant.items : (variant.properties?.[key] ?? openValue(variant))
    if (child !== undefined) return child
  }
  return undefined
}

/** Keys that a person chooses, like the symbols of a symbol map. */
export function takesAnyKey(node: KeyNode): boolean {
  return openValue(node) !== undefined
}

/** A list of entries with keys of their own; a list of plain values is one value. */
export function isEntryList(node: KeyNode): boolean {
  return node.items?.properties !== undefined
}

export function nodeAt(path: Path): KeyNode | undefined {
  let node: KeyNode | undefined = ROOT_KEYS
  for (const key of path) node = node && childNode(node, key)
  return node
}

/** MAX_LEVERAGE, max-leverage and maximumLeverage are one key. */
export function normalizeKey(key: string): string {
  return key
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace('maximum', 'max')
}

/** What to write instead of an unknown key: the nearest one where it is near, else all of them. */
export function suggestKey(key: string, known: readonly string[]): string {
  const ranked = known
    .map(each => ({ each, distance: editDistance(normalizeKey(key), normalizeKey(each)) }))
    .sort((a, b) => a.distance - b.distance)
  const [nearest] = ranked
  if (nearest === undefined) return 'nothing is known here'
  if (nearest.distance <= Math.max(2, key.length / 3)) return `did you mean ${nearest.each}?`
  return `known here: ${known.join(', ')}`
}

/** Levenshtein's: how many letters must be put in, left out or changed. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (const [index, letter] of [...a].entries()) {
    const next = [index + 1]
    for (const [column, other] of [...b].entries()) {
      const change = (row[column] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(change, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

function variants(node: KeyNode): readonly KeyNode[] {
  return node.oneOf ?? [node]
}

function openValue(node: KeyNode): KeyNode | undefined {
  return typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined
}
