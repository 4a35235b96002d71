import { type Decimal, decimal, formatDecimal } from '../domain/decimal.ts'
import { assert, must } from '../domain/result.ts'

/** A row that is there, but not as Lockstep writes it: other hands or a damaged disk, not a bug. */
export class Unreadable extends Error {
  override name = 'Unreadable'
}

/** What a column holds in every database that we use. Decimals are text: a numeric column would round them. */
export type Cell = string | number | null
export type Json = Cell | boolean | readonly Json[] | { readonly [field: string]: Json }

/** Both ways between a value and how it is stored. What does not decode was not written by us. */
export interface Codec<Value, Stored> {
  encode(value: Value): Stored
  decode(stored: unknown): Value
}

type Shape<Row, Stored> = { readonly [Field in keyof Row]: Codec<Row[Field], Stored> }

/** Ids, codes and closed sets of words: our own rows are taken at their word. */
export function text<Value extends string>(): Codec<Value, string> {
  return {
    encode: value => value,
    decode(stored) {
      assert(typeof stored === 'string', `stored text expected, got ${typeof stored}`)
      return stored as Value
    },
  }
}

/** Counts, and times in ms: a double holds both exactly, with the fractions that our clock has. */
export function number<Value extends number = number>(): Codec<Value, number> {
  return {
    encode: value => value,
    decode(stored) {
      assert(typeof stored === 'number', `stored number expected, got ${typeof stored}`)
      return stored as Value
    },
  }
}

export const amount: Codec<Decimal, string> = {
  encode: formatDecimal,
  decode: stored => decimal(text().decode(stored)),
}

/** 0 or 1: the databases do not agree on what a boolean is. */
export const flag: Codec<boolean, number> = {
  encode: value => (value ? 1 : 0),
  decode: stored => number().decode(stored) === 1,
}

export function nullable<Value, Stored>(codec: Codec<Value, Stored>): Codec<Value | null, Stored | null> {
  return {
    encode: value => (value === null ? null : codec.encode(value)),
    decode: stored => (stored === null ? null : codec.decode(stored)),
  }
}

export function list<Value>(codec: Codec<Value, Json>): Codec<readonly Value[], Json> {
  return {
    encode: values => values.map(value => codec.encode(value)),
    decode(stored) {
      assert(Array.isArray(stored), 'stored list expected')
      return stored.map(item => codec.decode(item))
    },
  }
}

export function entries<Key extends string, Value extends string>(): Codec<ReadonlyMap<Key, Value>, Json> {
  const key = text<Key>()
  const value = text<Value>()
  return {
    encode: map => [...map],
    decode(stored) {
      assert(Array.isArray(stored), 'stored entries expected')
      return new Map(stored.map(pair => [key.decode(pair[0]), value.decode(pair[1])]))
    },
  }
}

/** Fields that are not known beforehand. */
export function record(): Codec<Readonly<Record<string, string | number | null>>, Json> {
  return {
    encode: value => value,
    decode(stored) {
      assert(typeof stored === 'object' && stored !== null, 'stored object expected')
      return Object.fromEntries(
        Object.entries(stored).map(([field, value]) => {
          assert(
            value === null || typeof value === 'string' || typeof value === 'number',
            'stored cell expected',
          )
          return [field, value]
        }),
      )
    },
  }
}

export function object<Value extends object>(shape: Shape<Value, Json>): Codec<Value, Json> {
  const fields = Object.keys(shape) as (keyof Value & string)[]
  return {
    encode: value => Object.fromEntries(fields.map(field => [field, shape[field].encode(value[field])])),
    decode(stored) {
      assert(typeof stored === 'object' && stored !== null, 'stored object expected')
      const from = new Map<string, unknown>(Object.entries(stored))
      return Object.fromEntries(fields.map(field => [field, shape[field].decode(from.get(field))])) as Value
    },
  }
}

/** A union told apart by `kind`. */
export function variants<Value extends { readonly kind: string }>(
  codecs: {
    readonly [Kind in Value['kind']]: Codec<Extract<Value, { readonly kind: Kind }>, Json>
  },
): Codec<Value, Json> {
  const byKind = new Map<string, Codec<Value, Json>>(Object.entries(codecs))
  const codecOf = (kind: string) => must(byKind.get(kind), `stored variant of unknown kind "${kind}"`)
  return {
    encode: value => codecOf(value.kind).encode(value),
    decode(stored) {
      assert(typeof stored === 'object' && stored !== null && 'kind' in stored, 'stored variant expected')
      return codecOf(text().decode(stored.kind)).decode(stored)
    },
  }
}

export function json<Value>(codec: Codec<Value, Json>): Codec<Value, string> {
  return {
    encode: value => JSON.stringify(codec.encode(value)),
    decode: stored => codec.decode(JSON.parse(text().decode(stored))),
  }
}

/** One domain type and its columns: positional, as the placeholders of its statements are. */
export interface Table<Row> {
  readonly name: string
  readonly key: readonly string[]
  readonly columns: readonly string[]
  encode(row: Row): Cell[]
  decode(cells: readonly unknown[]): Row
}

/** @param shape every field of the row: a field without a column does not compile */
export function table<Row extends object>(
  name: string,
  key: readonly (keyof Row & string)[],
  shape: Shape<Row, Cell>,
): Table<Row> {
  const fields = Object.keys(shape) as (keyof Row & string)[]
  return {
    name,
    key: key.map(columnOf),
    columns: fields.map(columnOf),
    encode: row => fields.map(field => shape[field].encode(row[field])),
    decode(cells) {
      const row: Partial<Row> = {}
      for (const [index, field] of fields.entries()) row[field] = decodeCell(shape, field, cells[index])
      return row as Row
    },
  }
  function decodeCell<Field extends keyof Row & string>(of: Shape<Row, Cell>, field: Field, cell: unknown) {
    try {
      return of[field].decode(cell)
    } catch (cause) {
      throw new Unreadable(`${name}.${columnOf(field)} holds what Lockstep never wrote`, { cause })
    }
  }
}

/** intentId -> intent_id */
export function columnOf(field: string): string {
  return field.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
}
