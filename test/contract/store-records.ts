import { expect, test } from 'vitest'
import type { AccountId, LinkId, SourceId } from '../../src/domain/ids.ts'
import type { SealedSecret } from '../../src/domain/secret.ts'
import type { ApiToken } from '../../src/domain/user.ts'
import type { Store, StoreError, Write } from '../../src/ports/store.ts'
import { auditEntry, idempotentAnswer, login, signal, user } from './record-rows.ts'
import { decision, id, notice } from './store-rows.ts'

type OpenStore = () => Store

const SOURCE = id<SourceId>('source', 1)

/** What people made: what is refused, and what is told again. */
export function recordBehaviour(store: OpenStore, reopen: () => Promise<Store>): void {
  directoryBehaviour(store, reopen)
  chainBehaviour(store, reopen)
  signalBehaviour(store, reopen)
  removalBehaviour(store, reopen)
  retentionBehaviour(store, reopen)
}

function directoryBehaviour(store: OpenStore, reopen: () => Promise<Store>): void {
  const commit = committing(store)

  test("[ST50] an email is one user's at every moment of a unit, and free again when it is given up", async () => {
    const [ada, ben] = [user(1, { email: 'ada' }), user(2, { email: 'ben' })]
    expect(await commit({ kind: 'user', row: ada }, { kind: 'user', row: ben })).toBe('ok')
    expect(await commit({ kind: 'user', row: user(3, { email: 'ada' }) })).toBe('conflict')
    const twice = [user(4), user(5, { email: user(4).email })]
    expect(await commit(...twice.map(row => ({ kind: 'user', row }) as const))).toBe('conflict')
    expect(await commit({ kind: 'user', row: { ...ada, name: 'Ada herself' } })).toBe('ok')
    // They swap: what was one's is the other's, and a row may reach the disk before the other does.
    const swapped = [
      { ...ada, email: 'nobody' },
      { ...ben, email: 'ada' },
      { ...ada, email: 'ben' },
    ]
    expect(await commit(...swapped.map(row => ({ kind: 'user', row }) as const))).toBe('ok')
    const { users } = await (await reopen()).directory()
    expect(users.map(({ id: userId, email }) => [userId, email])).toEqual([
      [ada.id, 'ben'],
      [ben.id, 'ada'],
    ])
    expect(await commit({ kind: 'user', row: user(6, { email: 'nobody' }) })).toBe('ok')
    expect(await commit({ kind: 'user', row: user(7, { email: 'ada' }) })).toBe('conflict')
  })

  test('[ST51] a directory leaves out logins that are revoked, expired or ended, and secrets that are ended', async () => {
    const rows = [
      login(1),
      login(2, { revokedAt: 3_000 }),
      login(3, { usedAt: 9_000 }),
      login(4),
      login(5, { generation: 7 }),
    ]
    const sealed = (owner: string): SealedSecret => ({
      owner,
      field: 'totp',
      keyVersion: 1,
      sealed: 'x',
      updatedAt: 1,
    })
    await commit(...rows.map(row => ({ kind: 'login', row }) as const))
    await commit({ kind: 'secret', row: sealed('user:1') }, { kind: 'secret', row: sealed('user:2') })
    await store().directory()
    await commit({ kind: 'login_end', row: { id: login(4).id } })
    await commit({ kind: 'secret_end', row: { owner: 'user:1', field: 'totp' } })
    // What there is not can be ended too, and what was ended can begin again.
    expect(await commit({ kind: 'login_end', row: { id: login(9).id } })).toBe('ok')
    await commit({ kind: 'login_end', row: { id: login(5).id } }, { kind: 'login', row: login(5) })
    const before = await store().directory()
    expect(before).toMatchObject({ logins: [login(1), login(5)], secrets: [sealed('user:2')] })
    expect(await (await reopen()).directory()).toEqual(before)
  })
}

function chainBehaviour(store: OpenStore, reopen: () => Promise<Store>): void {
  const commit = committing(store)

  test('[ST52] settings are in the directory, the installation tag is not and cannot be set', async () => {
    const { installationTag } = await store().load()
    await commit({ kind: 'setting', row: { name: 'language', value: 'en' } })
    await commit({ kind: 'setting', row: { name: 'language', value: 'zh' } })
    expect(await commit({ kind: 'setting', row: { name: 'installation_tag', value: 'x' } })).toBe('conflict')
    const again = await reopen()
    expect((await again.directory()).settings).toEqual(new Map([['language', 'zh']]))
    expect((await again.load()).installationTag).toBe(installationTag)
  })

  test('[ST53] an audit entry stands with what it tells of, once', async () => {
    expect((await store().directory()).lastAudit).toBeNull()
    expect(await commit({ kind: 'user', row: user(1) }, { kind: 'audit', row: auditEntry(1) })).toBe('ok')
    // Two that took the same place in the chain: only one of the acts happens.
    expect(await commit({ kind: 'user', row: user(2) }, { kind: 'audit', row: auditEntry(1) })).toBe(
      'conflict',
    )
    expect(await commit({ kind: 'audit', row: auditEntry(2) }, { kind: 'audit', row: auditEntry(3) })).toBe(
      'ok',
    )
    expect(await commit({ kind: 'audit', row: auditEntry(2) })).toBe('conflict')
    const { users, lastAudit } = await (await reopen()).directory()
    expect(users).toEqual([user(1)])
    expect(lastAudit).toEqual(auditEntry(3))
  })

  test('[ST56] what a command answered is kept once per actor and key', async () => {
    expect(await commit({ kind: 'idempotent_answer', row: idempotentAnswer(1) })).toBe('ok')
    expect(await commit({ kind: 'idempotent_answer', row: { ...idempotentAnswer(1), status: 500 } })).toBe(
      'conflict',
    )
    const another = { ...idempotentAnswer(1), actor: 'user:1' }
    expect(await commit({ kind: 'idempotent_answer', row: another })).toBe('ok')
    expect(await (await reopen()).idempotentAnswer('local', idempotentAnswer(1).key)).toEqual(
      idempotentAnswer(1),
    )
    expect(await store().idempotentAnswer('local', 'never used')).toBeNull()
  })
}

function signalBehaviour(store: OpenStore, reopen: () => Promise<Store>): void {
  const commit = committing(store)

  test('[ST54] a signal exists once per source and external id, and an update changes what became of it only', async () => {
    expect(await commit({ kind: 'signal_insert', row: signal(1) })).toBe('ok')
    const again = signal(2, { externalId: signal(1).externalId })
    expect(await commit({ kind: 'signal_insert', row: again })).toBe('conflict')
    expect(await commit({ kind: 'signal_insert', row: { ...again, sourceId: id('source', 2) } })).toBe('ok')
    expect(await commit({ kind: 'signal_insert', row: signal(1, { externalId: 'other' }) })).toBe('conflict')
    const applied = signal(1, { status: 'applied', digest: 'another', at: 7 })
    expect(await commit({ kind: 'signal_update', row: applied })).toBe('ok')
    expect(await commit({ kind: 'signal_update', row: signal(9) })).toBe('conflict')
    const told = await (await reopen()).signal(SOURCE, signal(1).externalId)
    expect(told).toEqual(signal(1, { status: 'applied' }))
    expect(await store().signal(SOURCE, 'nothing')).toBeNull()
  })

  test('[ST55] signals that wait come oldest first by our clock, whatever their ids', async () => {
    const waiting = [
      signal(1, { receivedAt: 3.5 }),
      signal(2, { receivedAt: 3.25 }),
      signal(3, { receivedAt: 3.25 }),
    ]
    const done = signal(4, { receivedAt: 1, status: 'refused', reason: 'too old' })
    await commit(...[...waiting, done].map(row => ({ kind: 'signal_insert', row }) as const))
    await commit(
      { kind: 'signal_insert', row: signal(5) },
      { kind: 'signal_update', row: signal(5, { status: 'applied' }) },
    )
    expect(await (await reopen()).pendingSignals()).toEqual([waiting[1], waiting[2], waiting[0]])
  })
}

function removalBehaviour(store: OpenStore, reopen: () => Promise<Store>): void {
  const commit = committing(store)

  test('[ST57] what is removed is not in an image, and what happened to it still is', async () => {
    const accountId = id<AccountId>('account', 1)
    const source = { id: SOURCE, origin: 'api', name: 'hook', accountId } as const
    const link = {
      id: id<LinkId>('link', 1),
      strategyId: id<never>('strategy', 1),
      accountId,
      mode: 'on',
      sizing: null,
      startSequence: 0,
      origin: 'file',
    } as const
    await commit(
      { kind: 'source', row: source },
      { kind: 'link', row: link },
      { kind: 'decision', row: decision(1) },
    )
    expect(await store().load()).toMatchObject({ sources: [source], links: [link] })
    await commit(
      { kind: 'source', row: { ...source, origin: 'removed' } },
      { kind: 'link', row: { ...link, origin: 'removed' } },
    )
    const again = await reopen()
    expect(await again.load()).toMatchObject({ sources: [], links: [], decisions: [decision(1)] })
    expect(await again.outcomePage({ linkIds: [link.id], limit: 9 })).toEqual([decision(1)])
  })

  test('[ST58] a notice that is acknowledged stays where it was', async () => {
    await commit({ kind: 'notice', row: notice(1) }, { kind: 'notice', row: notice(2) })
    const seen = { ...notice(1), acknowledgedAt: 5, acknowledgedBy: 'local' }
    await commit({ kind: 'notice', row: seen })
    expect(await store().noticePage({ accountIds: null, limit: 9 })).toEqual([notice(2), seen])
  })
}

function retentionBehaviour(store: OpenStore, reopen: () => Promise<Store>): void {
  const commit = committing(store)

  test('[AP73] old answers are forgotten oldest first, so many at a time, and their keys are as good as new', async () => {
    const rows = [1, 2, 3, 4].map(count => ({ ...idempotentAnswer(count), at: count * 1_000 }))
    await commit(...rows.map(row => ({ kind: 'idempotent_answer', row }) as const))
    const kept = async (from: Store): Promise<number[]> => {
      const found = await Promise.all(rows.map(({ actor, key }) => from.idempotentAnswer(actor, key)))
      return found.flatMap(answer => answer?.at ?? [])
    }
    // Whoever reads brings them to their tables.
    expect(await kept(store())).toEqual([1_000, 2_000, 3_000, 4_000])
    expect(await store().forgetAnswers(4_000, 2)).toEqual({ ok: true, value: 2 })
    expect(await kept(store())).toEqual([3_000, 4_000])
    expect(await store().forgetAnswers(4_000, 2)).toEqual({ ok: true, value: 1 })
    expect(await store().forgetAnswers(4_000, 2)).toEqual({ ok: true, value: 0 })
    expect(await commit({ kind: 'idempotent_answer', row: { ...idempotentAnswer(1), at: 9_000 } })).toBe('ok')
    expect(await kept(await reopen())).toEqual([9_000, 4_000])
  })

  test('[SE80] nothing is left of an API token that was ended', async () => {
    const row = { id: id<ApiToken['id']>('token', 1), ...TOKEN }
    await commit({ kind: 'api_token', row })
    expect((await store().directory()).apiTokens).toEqual([row])
    expect(await commit({ kind: 'api_token_end', row: { id: row.id } })).toBe('ok')
    expect(await commit({ kind: 'api_token_end', row: { id: row.id } })).toBe('ok')
    expect((await (await reopen()).directory()).apiTokens).toEqual([])
  })
}

const TOKEN: Omit<ApiToken, 'id'> = {
  userId: id('user', 1),
  name: 'a program',
  hash: 'a digest',
  scopes: ['read'],
  createdAt: 1,
  expiresAt: null,
  revokedAt: 2,
}

function committing(store: OpenStore) {
  return async (...unit: readonly Write[]): Promise<'ok' | StoreError['kind']> => {
    const result = await store().commit(unit)
    return result.ok ? 'ok' : result.error.kind
  }
}
