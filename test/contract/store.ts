import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decimal } from '../../src/domain/decimal.ts'
import type { AccountId, LinkId, SourceId } from '../../src/domain/ids.ts'
import type { Result } from '../../src/domain/result.ts'
import type { Store, StoreError, Write } from '../../src/ports/store.ts'
import { MAXIMUM_WAITING_UNITS } from '../../src/store/limits.ts'
import { pageBehaviour } from './store-pages.ts'
import { recordBehaviour } from './store-records.ts'
import { roundTripBehaviour } from './store-round-trips.ts'
import { BTC, claim, decision, fill, id, leaderFill, notice, order } from './store-rows.ts'
import type { StoreUnderTest } from './store-under-test.ts'

const ACCOUNT = id<AccountId>('account', 1)
const SOURCE = id<SourceId>('source', 1)

/** What every implementation of ports/store does. `open` makes an empty one. */
export function storeContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} store`, () => {
    let under: StoreUnderTest
    beforeEach(async () => {
      under = await open()
    })
    afterEach(async () => {
      await under.discard()
    })
    const reopen = async () => {
      under = await under.reopen()
      return under.store
    }
    describe('units', () => unitBehaviour(() => under.store))
    describe('leases and intents', () => intentBehaviour(() => under.store, reopen))
    describe('fills', () => fillBehaviour(() => under.store))
    describe('reading', () => readBehaviour(() => under.store, reopen))
    describe('reading at once', () => readsTogether(() => under.store))
    describe('rows', () => roundTripBehaviour(open))
    describe('records', () => recordBehaviour(() => under.store, reopen))
    describe('pages', () => pageBehaviour(() => under.store))
  })
}

function unitBehaviour(store: () => Store): void {
  test('[ST1] a unit that conflicts leaves no trace, and the units beside it live', async () => {
    // All five wait for the same disk write; the third brings a trade that the first has brought.
    const units: Write[][] = [
      [{ kind: 'fill', row: fill(1) }],
      [{ kind: 'decision', row: decision(2) }],
      [
        { kind: 'decision', row: decision(3) },
        { kind: 'decision', row: decision(2, { detail: 'must not be seen' }) },
        { kind: 'intent_insert', row: order(3) },
        { kind: 'fill', row: fill(1) },
        { kind: 'notice', row: notice(3) },
      ],
      [{ kind: 'intent_insert', row: order(3) }],
      [{ kind: 'decision', row: decision(5) }],
    ]
    const results = await Promise.all(units.map(unit => store().commit(unit)))
    expect(results.map(outcomeOf)).toEqual(['ok', 'ok', 'conflict', 'ok', 'ok'])
    expect(await store().decisions({ limit: 9 })).toEqual([decision(5), decision(2)])
    expect(await store().notices(9)).toEqual([])
  })

  test('[ST2] units become durable in the order of the calls', async () => {
    // Each unit overwrites the row of the former: the last call must win, and be the last to settle.
    const settled: number[] = []
    const units = Array.from({ length: 300 }, async (_, index) => {
      await store().commit([{ kind: 'decision', row: decision(1, { firstFill: index }) }])
      settled.push(index)
    })
    await Promise.all(units)
    expect(settled).toEqual(Array.from({ length: 300 }, (_, index) => index))
    expect(await store().decisions({ limit: 9 })).toEqual([decision(1, { firstFill: 299 })])
  })

  test('[ST3] when too many units wait for the disk the next is refused, and all after it until load()', async () => {
    const waiting = Array.from({ length: MAXIMUM_WAITING_UNITS }, () => store().commit([]))
    expect(outcomeOf(await store().commit([]))).toBe('unavailable')
    expect(new Set((await Promise.all(waiting)).map(outcomeOf))).toEqual(new Set(['ok']))
    // A later unit may build on the refused one: it must not become durable without it.
    expect(outcomeOf(await store().commit([]))).toBe('unavailable')
    await store().load()
    expect(outcomeOf(await store().commit([]))).toBe('ok')
  })

  test('[ST4] a closed store takes no unit', async () => {
    const last = store().commit([{ kind: 'notice', row: notice(1) }])
    await store().close()
    expect(outcomeOf(await last)).toBe('ok')
    expect(outcomeOf(await store().commit([{ kind: 'notice', row: notice(2) }]))).toBe('unavailable')
  })
}

function intentBehaviour(store: () => Store, reopen: () => Promise<Store>): void {
  const insert = (row: Parameters<typeof order>[1], count: number) =>
    store().commit([{ kind: 'intent_insert', row: order(count, row) }])

  test('[ST5] an intent, its sequence and its client order id exist once', async () => {
    await insert({}, 1)
    expect(outcomeOf(await insert({ intentId: id('intent', 1) }, 2))).toBe('conflict')
    expect(outcomeOf(await insert({ sequence: 1 }, 3))).toBe('conflict')
    expect(outcomeOf(await insert({ clientOrderId: id('client', 1) }, 4))).toBe('conflict')
    // Ids are an account's own: another account may use the same.
    const elsewhere = { clientOrderId: id<never>('client', 1), accountId: id<AccountId>('account', 2) }
    expect(outcomeOf(await insert(elsewhere, 5))).toBe('ok')
    expect(await store().intentByClientOrderId(ACCOUNT, id('client', 1))).toEqual(order(1))
    expect(await store().intentByClientOrderId(ACCOUNT, id('client', 5))).toBeNull()
    expect(await store().intent(id('intent', 3))).toBeNull()
  })

  test('[ST6] an intent that carries a claim is refused unless the account is leased with that epoch', async () => {
    expect(outcomeOf(await insert({ claim: claim(1) }, 1))).toBe('conflict')
    const epoch = await epochOf(store().acquireLease(ACCOUNT))
    expect(outcomeOf(await insert({ claim: claim(epoch + 1) }, 2))).toBe('conflict')
    expect(outcomeOf(await insert({ claim: claim(epoch) }, 3))).toBe('ok')
    const elsewhere = { claim: claim(epoch), accountId: id<AccountId>('account', 2) }
    expect(outcomeOf(await insert(elsewhere, 4))).toBe('conflict')
    expect((await store().load()).lastIntentSequence).toBe(3)
  })

  test('[ST7] who holds a lease renews it with the same epoch; the next process fences it off', async () => {
    const first = await epochOf(store().acquireLease(ACCOUNT))
    expect(await epochOf(store().acquireLease(ACCOUNT))).toBe(first)
    await reopen()
    const second = await epochOf(store().acquireLease(ACCOUNT))
    expect(second).toBeGreaterThan(first)
    expect(outcomeOf(await insert({ claim: claim(first) }, 1))).toBe('conflict')
    expect(outcomeOf(await insert({ claim: claim(second) }, 2))).toBe('ok')
  })

  test('[ST8] an update changes what became of an intent, never what it means', async () => {
    await insert({}, 1)
    const progress = {
      status: 'open',
      filled: decimal('0.1'),
      reason: 'why',
      updatedAt: 2_000_000.5,
    } as const
    const update = order(1, { ...progress, side: 'sell', quantity: decimal('9'), reduceOnly: true })
    await store().commit([{ kind: 'intent_update', row: update }])
    expect(await store().intent(id('intent', 1))).toEqual(order(1, progress))
  })

  test('[ST9] an update of an intent that does not exist is refused', async () => {
    const unit: Write[] = [{ kind: 'intent_update', row: order(1) }]
    expect(outcomeOf(await store().commit(unit))).toBe('conflict')
    expect(await store().intent(id('intent', 1))).toBeNull()
  })
}

function fillBehaviour(store: () => Store): void {
  test('[ST10] a trade of an account and instrument exists once, and so does a fill of a source', async () => {
    expect(outcomeOf(await store().commit([{ kind: 'fill', row: leaderFill(1) }]))).toBe('ok')
    const again = { ...fill(2), sourceId: SOURCE, sourceSequence: 1 }
    expect(outcomeOf(await store().commit([{ kind: 'fill', row: again }]))).toBe('conflict')
    const elsewhere = { ...fill(1), fill: { ...fill(1).fill, accountId: id<AccountId>('account', 2) } }
    expect(outcomeOf(await store().commit([{ kind: 'fill', row: elsewhere }]))).toBe('ok')
    expect(outcomeOf(await store().commit([{ kind: 'fill', row: fill(1) }]))).toBe('conflict')
    expect(await store().fills(ACCOUNT)).toEqual([leaderFill(1)])
  })

  test('[ST11] it says which trades it knows, of one account and instrument', async () => {
    await store().commit([1, 2, 3].map(count => ({ kind: 'fill', row: fill(count) })))
    const asked = [id('trade', 2), id('trade', 7), id('trade', 3)]
    expect(await store().knownTrades(ACCOUNT, BTC, asked)).toEqual(new Set([id('trade', 2), id('trade', 3)]))
    expect(await store().knownTrades(id('account', 2), BTC, asked)).toEqual(new Set())
    expect(await store().knownTrades(ACCOUNT, BTC, [])).toEqual(new Set())
  })

  test("[ST12] a source's fills come in its own order, after a sequence, at most as many as asked for", async () => {
    expect(await store().lastSourceSequence(SOURCE)).toBe(0)
    await store().commit([4, 2, 1, 3].map(sequence => ({ kind: 'fill', row: leaderFill(sequence) })))
    await store().commit([{ kind: 'fill', row: fill(9) }])
    expect(await store().lastSourceSequence(SOURCE)).toBe(4)
    expect(await store().sourceFills(SOURCE, 1, 2)).toEqual([leaderFill(2), leaderFill(3)])
    expect(await store().sourceFills(SOURCE, 4, 10)).toEqual([])
  })
}

function readBehaviour(store: () => Store, reopen: () => Promise<Store>): void {
  test('[ST13] load() leaves out what is over', async () => {
    const reported = decimal('0.2')
    await store().commit([
      { kind: 'decision', row: decision(1, { status: 'done', outcome: 'copied' }) },
      { kind: 'decision', row: decision(2, { status: 'working' }) },
      { kind: 'intent_insert', row: order(3, { status: 'open' }) },
      { kind: 'intent_insert', row: order(4) },
      { kind: 'intent_insert', row: order(5, { status: 'canceled', reportedFilled: reported }) },
      { kind: 'intent_insert', row: order(6, { status: 'rejected' }) },
    ])
    // Terminal, but a fill that was reported has not come: it is not over.
    const short = order(4, { status: 'filled', filled: decimal('0.1'), reportedFilled: reported })
    await store().commit([{ kind: 'intent_update', row: short }])
    const full = order(5, { status: 'canceled', filled: decimal('0.20'), reportedFilled: reported })
    await store().commit([{ kind: 'intent_update', row: full }])
    const image = await (await reopen()).load()
    expect(image.decisions).toEqual([decision(2, { status: 'working' })])
    expect(image.intents).toEqual([order(3, { status: 'open' }), short])
    expect(image.lastIntentSequence).toBe(6)
  })

  test('[ST14] the installation tag is drawn once', async () => {
    const { installationTag, lastIntentSequence } = await store().load()
    expect(installationTag).toMatch(/^[a-z0-9]{7}$/)
    expect(lastIntentSequence).toBe(0)
    expect((await (await reopen()).load()).installationTag).toBe(installationTag)
  })

  test('[ST15] decisions and notices come newest first, fills by time', async () => {
    await store().commit([2, 4, 1, 3].map(count => ({ kind: 'notice', row: notice(count) })))
    expect(await store().notices(2)).toEqual([notice(4), notice(3)])
    const linkId = id<LinkId>('link', 2)
    const ofLink = decision(2, { linkId })
    await store().commit([decision(1), ofLink, decision(3)].map(row => ({ kind: 'decision', row })))
    expect(await store().decisions({ limit: 2 })).toEqual([decision(3), ofLink])
    expect(await store().decisions({ linkId, limit: 9 })).toEqual([ofLink])
    await store().commit([3, 1, 2].map(count => ({ kind: 'fill', row: fill(count) })))
    expect(await store().fills(ACCOUNT)).toEqual([fill(1), fill(2), fill(3)])
  })
}

function readsTogether(store: () => Store): void {
  test('[ST38] reads that are asked for together all see what was committed before them', async () => {
    void store().commit([{ kind: 'fill', row: leaderFill(1) }])
    void store().commit([
      { kind: 'notice', row: notice(1) },
      { kind: 'fill', row: fill(2) },
    ])
    const [last, notices, fills] = await Promise.all([
      store().lastSourceSequence(SOURCE),
      store().notices(9),
      store().fills(ACCOUNT),
    ])
    expect(last).toBe(1)
    expect(notices).toEqual([notice(1)])
    expect(fills).toEqual([leaderFill(1), fill(2)])
  })
}

function outcomeOf(result: Result<unknown, StoreError>): 'ok' | StoreError['kind'] {
  return result.ok ? 'ok' : result.error.kind
}

async function epochOf(lease: Promise<Result<number, StoreError>>): Promise<number> {
  const result = await lease
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}
