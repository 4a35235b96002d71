import type { AuditEntry } from '../domain/audit.ts'
import type { SealedSecret } from '../domain/secret.ts'
import type { Signal, SignalAction, SignalSize } from '../domain/signal.ts'
import type { AccountProfile, ApiToken, Login, Scope, User } from '../domain/user.ts'
import type { IdempotentAnswer } from '../ports/records.ts'
import { amount, json, list, nullable, number, object, table, text, variants } from './codec.ts'

export const users = table<User>('users', ['id'], {
  id: text(),
  email: text(),
  name: text(),
  role: text(),
  status: text(),
  passwordHash: text(),
  createdAt: number(),
})

export const logins = table<Login>('logins', ['id'], {
  id: text(),
  userId: text(),
  generation: number(),
  createdAt: number(),
  usedAt: number(),
  expiresAt: number(),
  revokedAt: nullable(number()),
  userAgent: text(),
  address: text(),
})

export const apiTokens = table<ApiToken>('api_tokens', ['id'], {
  id: text(),
  userId: text(),
  name: text(),
  hash: text(),
  scopes: json(list(text<Scope>())),
  createdAt: number(),
  expiresAt: nullable(number()),
  revokedAt: nullable(number()),
})

export const accountProfiles = table<AccountProfile>('account_profiles', ['accountId'], {
  accountId: text(),
  ownerId: nullable(text()),
  labels: json(list(text())),
})

export const secrets = table<SealedSecret>('secrets', ['owner', 'field'], {
  owner: text(),
  field: text(),
  keyVersion: number(),
  sealed: text(),
  updatedAt: number(),
})

export interface Setting {
  readonly name: string
  readonly value: string
}

export const settings = table<Setting>('settings', ['name'], { name: text(), value: text() })

/** A setting that is the store's own: drawn once, and in the name of every order since. */
export const INSTALLATION_TAG = 'installation_tag'

export const audit = table<AuditEntry>('audit', ['sequence'], {
  sequence: number(),
  at: number(),
  actor: text(),
  action: text(),
  subject: nullable(text()),
  detail: nullable(text()),
  previousHash: text(),
  hash: text(),
})

const size = variants<SignalSize>({
  quantity: object({ kind: text(), quantity: amount }),
  notional: object({ kind: text(), notional: amount }),
})

const action = variants<SignalAction>({
  trade: object({ kind: text(), side: text(), size }),
  target: object({ kind: text(), quantity: amount }),
})

export const signals = table<Signal>('signals', ['id'], {
  id: text(),
  sourceId: text(),
  externalId: text(),
  digest: text(),
  instrumentId: text(),
  action: json(action),
  signalPrice: nullable(amount),
  at: number(),
  receivedAt: number(),
  status: text(),
  reason: nullable(text()),
})

/** What became of a signal. The rest is what it said, and that never changes. */
type SignalProgress = Pick<Signal, 'status' | 'reason'>

export function signalProgressOf({ status, reason }: Signal): SignalProgress {
  return { status, reason }
}

export const signalProgress = table<SignalProgress>('signals', [], {
  status: text(),
  reason: nullable(text()),
})

export const idempotentAnswers = table<IdempotentAnswer>('idempotent_answers', ['actor', 'key'], {
  actor: text(),
  key: text(),
  digest: text(),
  status: number(),
  body: text(),
  at: number(),
})
