import type { Table } from '../codec.ts'

type Columns = Pick<Table<never>, 'name' | 'key' | 'columns'>

/** A row that is new, or the same one with other values. */
export function upsert({ name, key, columns }: Columns): string {
  const rest = columns.filter(column => !key.includes(column))
  return `${insert(name, columns)} ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${overwrites(rest)}`
}

/** A row that never changes: it may come once more after a crash. */
export function insertOnce({ name, key, columns }: Columns): string {
  return `${insert(name, columns)} ON CONFLICT (${key.join(', ')}) DO NOTHING`
}

export function insert(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${placeholders(columns.length)})`
}

export function remove({ name, key }: Columns): string {
  return `DELETE FROM ${name} WHERE ${key.map(column => `${column} = ?`).join(' AND ')}`
}

export function overwrites(columns: readonly string[]): string {
  return columns.map(column => `${column} = excluded.${column}`).join(', ')
}

export function assignments(columns: readonly string[]): string {
  return columns.map(column => `${column} = ?`).join(', ')
}

export function placeholders(count: number): string {
  return Array.from({ length: count }, () => '?').join(', ')
}

/** @param rest which rows, in which order */
export function select({ name, columns }: Columns, rest: string): string {
  return `SELECT ${columns.join(', ')} FROM ${name} ${rest}`
}
