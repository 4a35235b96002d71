import { basename, dirname } from 'node:path'

/** What a writer asked of its folder, and what it told the outside, in the order it happened. */
export type DiskEvent =
  | { readonly kind: 'create'; readonly file: string }
  | { readonly kind: 'write'; readonly file: string; readonly offset: number; readonly data: Buffer }
  | { readonly kind: 'truncate'; readonly file: string; readonly size: number }
  | { readonly kind: 'remove'; readonly file: string }
  | { readonly kind: 'sync'; readonly file: string }
  /** Of the folder: names in it are durable from here on. */
  | { readonly kind: 'sync_folder' }
  /** A unit was acknowledged. */
  | { readonly kind: 'told'; readonly unit: number }

const CALL = /^(\d+) +(\w+)\((.*)$/
const RESUMED = /^(\d+) +<\.\.\. (\w+) resumed>.*= (-?\d+)/
const UNFINISHED = '<unfinished ...>'
const RESULT = /\) += (-?\d+)/

/** strace's arguments that make the lines read here. */
export const STRACE_ARGUMENTS: readonly string[] = [
  '-f',
  '-y',
  '-qq',
  '--seccomp-bpf',
  '--strings-in-hex=all',
  '-s',
  '100000',
  '-e',
  'trace=openat,pwrite64,write,ftruncate,unlink,fsync,fdatasync',
]

/**
 * Reads strace's lines of one folder. A write counts from the moment it was begun (it may be on the disk from
 * then on), a sync only when it has come back, and what was told is told from the moment it was begun.
 */
export class TraceReader {
  readonly #folder: string
  /** By thread: the sync that has not come back. */
  readonly #syncing = new Map<string, DiskEvent>()

  constructor(folder: string) {
    this.#folder = folder
  }

  read(line: string): readonly DiskEvent[] {
    const [, thread = '', , answer] = RESUMED.exec(line) ?? []
    const begun = this.#syncing.get(thread)
    if (begun !== undefined && answer !== undefined) {
      this.#syncing.delete(thread)
      return answer === '0' ? [begun] : []
    }
    const [, caller = '', call = '', rest = ''] = CALL.exec(line) ?? []
    const event = this.#eventOf(call, rest)
    if (event === null) return []
    const isSync = event.kind === 'sync' || event.kind === 'sync_folder'
    if (!rest.endsWith(UNFINISHED)) return isSync && RESULT.exec(rest)?.[1] !== '0' ? [] : told(event, rest)
    if (!isSync) return told(event, rest)
    this.#syncing.set(caller, event)
    return []
  }

  #eventOf(call: string, rest: string): DiskEvent | null {
    switch (call) {
      case 'pwrite64': {
        const [, path = '', data = '', offset] = /^\d+<([^>]*)>, "([^"]*)", \d+, (\d+)/.exec(rest) ?? []
        return this.#of(path, file => ({ kind: 'write', file, offset: Number(offset), data: bytesOf(data) }))
      }
      case 'ftruncate': {
        const [, path = '', size] = /^\d+<([^>]*)>, (\d+)/.exec(rest) ?? []
        return this.#of(path, file => ({ kind: 'truncate', file, size: Number(size) }))
      }
      case 'fsync':
      case 'fdatasync': {
        const [, path = ''] = /^\d+<([^>]*)>/.exec(rest) ?? []
        if (textOf(path) === this.#folder) return { kind: 'sync_folder' }
        return this.#of(path, file => ({ kind: 'sync', file }))
      }
      case 'openat': {
        const [, path = '', flags = ''] = /^[^,]*, "([^"]*)", ([A-Z_|]+)/.exec(rest) ?? []
        return flags.includes('O_CREAT') ? this.#of(path, file => ({ kind: 'create', file })) : null
      }
      case 'unlink': {
        const [, path = ''] = /^"([^"]*)"/.exec(rest) ?? []
        return this.#of(path, file => ({ kind: 'remove', file }))
      }
      case 'write':
        return rest.startsWith('1<') ? { kind: 'told', unit: 0 } : null
      default:
        return null
    }
  }

  #of(path: string, make: (file: string) => DiskEvent): DiskEvent | null {
    const text = textOf(path)
    return dirname(text) === this.#folder ? make(basename(text)) : null
  }
}

/** One write to the outside may tell of several units. */
function told(event: DiskEvent, rest: string): readonly DiskEvent[] {
  if (event.kind !== 'told') return [event]
  const [, data = ''] = /^1<[^>]*>, "([^"]*)"/.exec(rest) ?? []
  return textOf(data)
    .split('\n')
    .filter(line => /^\d+$/.test(line))
    .map(line => ({ kind: 'told', unit: Number(line) }))
}

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.replaceAll('\\x', ''), 'hex')
}

function textOf(hex: string): string {
  return bytesOf(hex).toString()
}
