import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { decimal } from '../../src/domain/decimal.ts'
import type { AccountId } from '../../src/domain/ids.ts'
import { must } from '../../src/domain/result.ts'
import type { Past } from '../../src/past.ts'
import { addAccount, becomeOwner, type Person, trade } from '../wire/cast.ts'
import { eventually, Lockstep } from '../wire/lockstep.ts'

/** A whole server: who is read follows from who has an account and a key. */
const EVERY_MS = 3_600_000
const WAIT = { timeout: 60_000, interval: 100 }
let lockstep: Lockstep
let owner: Person
let past: Past

beforeAll(async () => {
  const schedules = [
    { name: 'results', kinds: ['closed_pnl', 'orders'], everyMs: EVERY_MS, sweepMs: null },
  ] as const
  lockstep = await Lockstep.start({ history: { schedules } })
  owner = await becomeOwner(lockstep)
  past = must(lockstep.server.past, 'history is on')
}, 120_000)
afterAll(() => lockstep.stop())

test('[HS51] an account is read as soon as it has a key, and no more once it is inactive; its rows stay', async () => {
  const accountId = await addAccount(lockstep, owner.token, { name: 'ada', ownerId: null })
  await eventually(() => past.history.account(accountId) !== null, 'the account is read')
  trade(lockstep, 'ada', { symbol: 'BTCUSDT', quantity: decimal('0.1') })
  await vi.waitFor(async () => {
    expect(await past.history.sync(accountId, null)).toMatchObject({ failures: [] })
    expect(await orders(accountId)).toBe(1)
  }, WAIT)
  await setStatus(accountId, 'inactive')
  expect(past.history.account(accountId)?.paused).toContain('set the account active')
  expect(await orders(accountId)).toBe(1)
  await setStatus(accountId, 'active')
  expect(past.history.account(accountId)?.paused).toBeNull()
}, 120_000)

test('[HS51] an account without its key is not read; the next key goes on where the last one was', async () => {
  const accountId = await addAccount(lockstep, owner.token, { name: 'bob', ownerId: null })
  await eventually(() => past.history.account(accountId) !== null, 'the account is read')
  const { token } = owner
  const gone = await lockstep.ask(`/api/v1/accounts/${accountId}/key`, { token, method: 'DELETE' })
  expect(gone.status).toBe(204)
  expect(past.history.account(accountId)?.paused).not.toBeNull()
}, 120_000)

test('[HS52] a fill is followed by a reading of its account, soon', async () => {
  const accountId = await addAccount(lockstep, owner.token, { name: 'cy', ownerId: null })
  const source = { name: 'cy source', kind: 'account', accountId }
  await lockstep.ask('/api/v1/sources', { token: owner.token, method: 'POST', body: source })
  const isLive = () =>
    lockstep.server.engine.sessions
      .sessions()
      .some(session => session.accountId === accountId && session.isLive())
  await eventually(isLive, 'the session is live')
  trade(lockstep, 'cy', { symbol: 'BTCUSDT', quantity: decimal('0.1') })
  // The schedule is an hour away: nothing but the report brings it.
  await vi.waitFor(async () => expect(await orders(accountId)).toBe(1), WAIT)
}, 120_000)

test('[HS69] an address that the venue does not know is told in a notice, once, and when it is well again', async () => {
  const accountId = await addAccount(lockstep, owner.token, { name: 'dee', ownerId: null })
  const code = 'history_paused'
  await eventually(() => past.history.account(accountId) !== null, 'the account is read')
  const { faults } = must(lockstep.server.exchange, 'the server has an exchange')
  const name = 'ip_not_allowed'
  faults.add({ name, account: 'dee', target: null, probability: 1, times: null, delayMs: 0 })
  await vi.waitFor(async () => {
    await past.history.sync(accountId, null)
    expect(past.history.account(accountId)?.paused ?? '').toContain('10010')
  }, WAIT)
  await past.history.sync(accountId, null)
  faults.remove({ name })
  const told = async () =>
    (await lockstep.server.store.notices(100)).filter(
      each => each.accountId === accountId && each.code === code,
    )
  await vi.waitFor(async () => expect(await told()).toHaveLength(1), WAIT)
  expect((await past.history.sync(accountId, null))?.failures).toEqual([])
  await vi.waitFor(async () => expect(await told()).toHaveLength(2), WAIT)
  const [over, begun] = await told()
  expect(begun).toMatchObject({
    code: 'history_paused',
    level: 'warning',
    text: expect.stringContaining('dee'),
  })
  expect(over).toMatchObject({ level: 'info', recovers: begun?.id })
}, 120_000)

async function orders(accountId: AccountId): Promise<number> {
  return past.store.count({ accountId, kind: 'orders', window: { from: 0, to: Number.MAX_SAFE_INTEGER } })
}

async function setStatus(accountId: AccountId, status: string): Promise<void> {
  const asked = { token: owner.token, method: 'PATCH', body: { status } }
  expect((await lockstep.ask(`/api/v1/accounts/${accountId}`, asked)).status).toBe(200)
}
