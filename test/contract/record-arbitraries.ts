import fc from 'fast-check'
import type { AccountId, InstrumentId, SourceId } from '../../src/domain/ids.ts'
import { SECRET_FIELDS } from '../../src/domain/secret.ts'
import type { Signal } from '../../src/domain/signal.ts'
import { type ApiToken, type Login, ROLES, SCOPES, type User } from '../../src/domain/user.ts'
import type { RecordWrite } from '../../src/ports/records.ts'
import { signalProgressOf } from '../../src/store/record-tables.ts'
import { amount, count, name, nullable, side, text, time } from './arbitraries.ts'
import { id } from './store-rows.ts'

const signal: fc.Arbitrary<Signal> = fc.record({
  id: name<Signal['id']>(),
  sourceId: name<SourceId>(),
  externalId: text,
  digest: text,
  instrumentId: name<InstrumentId>(),
  action: fc.oneof(
    fc.record({
      kind: fc.constant('trade' as const),
      side,
      size: fc.oneof(
        fc.record({ kind: fc.constant('quantity' as const), quantity: amount }),
        fc.record({ kind: fc.constant('notional' as const), notional: amount }),
      ),
    }),
    fc.record({ kind: fc.constant('target' as const), quantity: amount }),
  ),
  signalPrice: nullable(amount),
  at: time,
  receivedAt: time,
  status: fc.constantFrom('pending', 'applied', 'refused'),
  reason: nullable(text),
})

const field = fc.constantFrom(...SECRET_FIELDS)

type RecordRows = {
  readonly [Kind in RecordWrite['kind']]: fc.Arbitrary<Extract<RecordWrite, { kind: Kind }>['row']>
}

/** Any row of every kind that people make; nothing is said of which of them may stand beside which. */
export const anyRecord: RecordRows = {
  user: fc.record({
    id: name<User['id']>(),
    email: text,
    name: text,
    role: fc.constantFrom(...ROLES),
    status: fc.constantFrom('active', 'disabled'),
    passwordHash: text,
    createdAt: time,
  }),
  login: fc.record({
    id: name<Login['id']>(),
    userId: name<User['id']>(),
    generation: count,
    createdAt: time,
    usedAt: time,
    expiresAt: time,
    revokedAt: nullable(time),
    userAgent: text,
    address: text,
  }),
  login_end: fc.record({ id: name<Login['id']>() }),
  api_token: fc.record({
    id: name<ApiToken['id']>(),
    userId: name<User['id']>(),
    name: text,
    hash: text,
    scopes: fc.subarray([...SCOPES]),
    createdAt: time,
    expiresAt: nullable(time),
    revokedAt: nullable(time),
  }),
  api_token_end: fc.record({ id: name<ApiToken['id']>() }),
  account_profile: fc.record({
    accountId: name<AccountId>(),
    ownerId: nullable(name<User['id']>()),
    labels: fc.array(text, { maxLength: 3 }),
  }),
  secret: fc.record({ owner: text, field, keyVersion: count, sealed: text, updatedAt: time }),
  secret_end: fc.record({ owner: text, field }),
  setting: fc.record({ name: text, value: text }),
  audit: fc.record({
    sequence: count,
    at: time,
    actor: text,
    action: text,
    subject: nullable(text),
    detail: nullable(text),
    previousHash: text,
    hash: text,
  }),
  signal_insert: signal,
  signal_update: signal,
  idempotent_answer: fc.record({
    actor: text,
    key: text,
    digest: text,
    status: fc.integer({ min: 100, max: 599 }),
    body: text,
    at: time,
  }),
}

export type AnyRecords = {
  [Kind in keyof typeof anyRecord]: (typeof anyRecord)[Kind] extends fc.Arbitrary<infer Row> ? Row : never
}

/** The same rows with keys that do not meet. The login is in force; the secret's end is another secret's. */
export function numberedRecords(rows: AnyRecords, number: number): AnyRecords {
  const inserted = {
    ...rows.signal_insert,
    id: id<Signal['id']>('signal', number),
    sourceId: id<SourceId>('source', number),
  }
  const { usedAt } = rows.login
  return {
    user: { ...rows.user, id: id('user', number), email: `${number}@example.com` },
    login: { ...rows.login, id: id('login', number), expiresAt: usedAt + 1_000, revokedAt: null },
    login_end: { id: id('ended-login', number) },
    api_token: { ...rows.api_token, id: id('token', number) },
    api_token_end: { id: id('ended-token', number) },
    account_profile: { ...rows.account_profile, accountId: id('account', number) },
    secret: { ...rows.secret, owner: id('account', number) },
    secret_end: { ...rows.secret_end, owner: id('ended', number) },
    setting: { ...rows.setting, name: id('setting', number) },
    audit: { ...rows.audit, sequence: number },
    signal_insert: inserted,
    signal_update: { ...inserted, ...signalProgressOf(rows.signal_update) },
    idempotent_answer: { ...rows.idempotent_answer, actor: id('user', number) },
  }
}

/** What is ended has been there before. */
export function recordWritesOf(rows: AnyRecords): RecordWrite[] {
  return [
    { kind: 'user', row: rows.user },
    { kind: 'login', row: { ...rows.login, id: rows.login_end.id } },
    { kind: 'login_end', row: rows.login_end },
    { kind: 'login', row: rows.login },
    { kind: 'api_token', row: { ...rows.api_token, id: rows.api_token_end.id } },
    { kind: 'api_token_end', row: rows.api_token_end },
    { kind: 'api_token', row: rows.api_token },
    { kind: 'account_profile', row: rows.account_profile },
    { kind: 'secret', row: { ...rows.secret, ...rows.secret_end } },
    { kind: 'secret_end', row: rows.secret_end },
    { kind: 'secret', row: rows.secret },
    { kind: 'setting', row: rows.setting },
    { kind: 'audit', row: rows.audit },
    { kind: 'signal_insert', row: rows.signal_insert },
    { kind: 'signal_update', row: rows.signal_update },
    { kind: 'idempotent_answer', row: rows.idempotent_answer },
  ]
}
