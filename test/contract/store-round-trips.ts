import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Store } from '../../src/ports/store.ts'
import { type AnyRows, anyRow, numbered, writesOf } from './store-arbitraries.ts'
import type { StoreUnderTest } from './store-under-test.ts'

/** Every row of every kind, to the last digit. */
export function roundTripBehaviour(open: () => Promise<StoreUnderTest>): void {
  test('[ST16] every row of every kind comes back as it was written', async () => {
    const units = fc.array(fc.record(anyRow), { minLength: 1, maxLength: 15 })
    const property = fc.asyncProperty(units, async any => {
      const rows = any.map(numbered)
      const first = await open()
      for (const unit of rows) expect(await first.store.commit(writesOf(unit))).toEqual({ ok: true })
      const second = await first.reopen()
      try {
        await expectRows(second.store, rows)
      } finally {
        await second.discard()
      }
    })
    await fc.assert(property, { numRuns: 8 })
  })
}

/** That a store holds these and no others. */
export async function expectRows(store: Store, rows: readonly AnyRows[]): Promise<void> {
  const image = await store.load()
  expect(image.accounts).toEqual(rows.map(unit => unit.account))
  expect(image.sources).toEqual(rows.map(unit => unit.source))
  expect(image.strategies).toEqual(rows.map(unit => unit.strategy))
  expect(image.links).toEqual(rows.map(unit => unit.link))
  expect(image.books).toEqual(rows.map(unit => unit.book))
  expect(image.linkStates).toEqual(rows.map(unit => unit.link_state))
  expect(image.positions).toEqual(rows.map(unit => unit.position))
  expect(image.syncs).toEqual(rows.map(unit => unit.account_sync))
  expect(await store.decisions({ limit: 99 })).toEqual(rows.map(unit => unit.decision).reverse())
  expect(await store.notices(99)).toEqual(rows.map(unit => unit.notice).reverse())
  for (const unit of rows) {
    expect(await store.intent(unit.intent_update.intentId)).toEqual(unit.intent_update)
    expect(await store.fills(unit.fill.fill.accountId)).toEqual([unit.fill])
    const { actor, key } = unit.idempotent_answer
    expect(await store.idempotentAnswer(actor, key)).toEqual(unit.idempotent_answer)
    const { sourceId, externalId } = unit.signal_update
    expect(await store.signal(sourceId, externalId)).toEqual(unit.signal_update)
  }
  expect(await store.auditAfter(-1, 99)).toEqual(rows.map(unit => unit.audit))
  expect(await store.directory()).toEqual({
    users: rows.map(unit => unit.user),
    logins: rows.map(unit => unit.login),
    apiTokens: rows.map(unit => unit.api_token),
    profiles: rows.map(unit => unit.account_profile),
    secrets: rows.map(unit => unit.secret),
    settings: new Map(rows.map(({ setting }) => [setting.name, setting.value])),
    lastAudit: rows.at(-1)?.audit ?? null,
  })
}
