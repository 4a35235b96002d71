import { createHash, createHmac } from 'node:crypto'
import type { AuditEntry } from '../domain/audit.ts'
import { assert } from '../domain/result.ts'
import type { MasterKeys } from './master-keys.ts'
import { isSameText } from './secret-text.ts'

/** What somebody did, before it has its place in the chain. */
export interface Act {
  /** `user:<id>`, `token:<id>`, `local` or `system`. */
  readonly actor: string
  /** Stable: `account.update`. */
  readonly action: string
  /** `account:<id>`; null: the server as a whole. */
  readonly subject: string | null
  /** What changed; never a secret. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>> | null
}

/** The end of the chain as the server last wrote it. */
export interface ChainHead {
  /** 0: the chain is empty. */
  readonly sequence: number
  readonly hash: string
}

export const NO_HASH = '0'.repeat(64)
export const EMPTY_CHAIN: ChainHead = { sequence: 0, hash: NO_HASH }
/** The setting that holds the head, so that a chain that was cut shows. */
export const HEAD_SETTING = 'audit.head'
const MAXIMUM_DETAIL_CHARACTERS = 8_192
/** What is kept of a field in a detail that would be longer; JSON may write each of its characters as six. */
const MAXIMUM_FIELD_CHARACTERS = 200

/** @param at our clock, ms */
export function nextEntry(act: Act, head: ChainHead, at: number): AuditEntry {
  const { actor, action, subject } = act
  const detail = act.detail === null ? null : detailText(act.detail)
  assert((detail?.length ?? 0) <= MAXIMUM_DETAIL_CHARACTERS, `the detail of ${action} is too long to be kept`)
  const previousHash = head.hash
  const body = {
    sequence: head.sequence + 1,
    at: Math.trunc(at),
    actor,
    action,
    subject,
    detail,
    previousHash,
  }
  return { ...body, hash: hashOf(body) }
}

/** What people may ask for can be longer than an entry: its long fields then begin as they were, and are named by their digest. */
function detailText(detail: NonNullable<Act['detail']>): string {
  const text = JSON.stringify(detail)
  if (text.length <= MAXIMUM_DETAIL_CHARACTERS) return text
  return JSON.stringify(detail, (_, value: unknown) => (typeof value === 'string' ? shortened(value) : value))
}

function shortened(text: string): string {
  if (text.length <= MAXIMUM_FIELD_CHARACTERS) return text
  const digest = createHash('sha256').update(text).digest('hex')
  return `${text.slice(0, MAXIMUM_FIELD_CHARACTERS)}... (${text.length} characters, sha256 ${digest})`
}

/** SHA-256 in hex over everything but the hash itself. */
export function hashOf(entry: Omit<AuditEntry, 'hash'>): string {
  const { sequence, at, actor, action, subject, detail, previousHash } = entry
  const text = JSON.stringify([sequence, at, actor, action, subject, detail, previousHash])
  return createHash('sha256').update(text).digest('hex')
}

/**
 * The chain alone shows an edit of one row; who can write to the database can also hash all of it anew, or cut it.
 * So its head is signed with a key that is not in the database.
 */
export function sealHead({ sequence, hash }: ChainHead, keys: MasterKeys): string {
  const signed = `${keys.version}.${sequence}.${hash}`
  return `${signed}.${headMac(signed, keys.current('audit-head'))}`
}

/** @returns the head; `forged` for a text that none of our keys has signed */
export function openHead(text: string, keys: MasterKeys): ChainHead | 'forged' {
  const [version = '', sequence = '', hash = '', mac = ''] = text.split('.')
  const key = keys.derive('audit-head', Number(version))
  if (key === null || !isSameText(mac, headMac(`${version}.${sequence}.${hash}`, key))) return 'forged'
  return { sequence: Number(sequence), hash }
}

function headMac(signed: string, key: Uint8Array): string {
  return createHmac('sha256', key).update(signed).digest('hex')
}
