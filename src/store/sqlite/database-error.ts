/** What SQLite or the file system answered, as far as anybody must tell it apart. */
export type DatabaseFault =
  | 'exists'
  | 'busy'
  | 'full'
  | 'read_only'
  | 'not_a_database'
  | 'corrupt'
  | 'failing'

/** SQLite's primary result codes (https://sqlite.org/rescode.html). */
const BY_RESULT_CODE: ReadonlyMap<number, DatabaseFault> = new Map([
  [5, 'busy'],
  [8, 'read_only'],
  [11, 'corrupt'],
  [13, 'full'],
  [14, 'read_only'],
  [26, 'not_a_database'],
])

/** SQLite's extended codes of a key or a unique column that is taken. Other constraints are bugs of ours. */
const EXISTS: ReadonlySet<number> = new Set([1555, 2067])

const BY_SYSTEM_CODE: ReadonlyMap<string, DatabaseFault> = new Map([
  ['EACCES', 'read_only'],
  ['EPERM', 'read_only'],
  ['EROFS', 'read_only'],
  ['EEXIST', 'read_only'],
  ['ENOTDIR', 'read_only'],
  ['ENOSPC', 'full'],
])

/** `failing` is everything that is not expected, I/O errors among it. */
export function faultOf(error: unknown): DatabaseFault {
  if (!(error instanceof Error)) return 'failing'
  if ('errcode' in error && typeof error.errcode === 'number') {
    if (EXISTS.has(error.errcode)) return 'exists'
    return BY_RESULT_CODE.get(error.errcode & 0xff) ?? 'failing'
  }
  if ('code' in error && typeof error.code === 'string') return BY_SYSTEM_CODE.get(error.code) ?? 'failing'
  return 'failing'
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
