import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { pairStream } from '../../protocol/live.ts'
import { pairRow } from '../../protocol/live-data.ts'
import { pageOf } from '../../protocol/rest/common.ts'
import { exposureAnswer, flattenPairAnswer, pairAnswer, roundAnswer } from '../../protocol/rest/pairs.ts'
import { noticeAnswer } from '../../protocol/rest/server.ts'
import { tradeAnswer } from '../../protocol/rest/trading.ts'
import { decimal, formatDecimal } from '../../src/domain/decimal.ts'
import { must } from '../../src/domain/result.ts'
import { Device } from '../../src/live/testing/device.ts'
import { addAccount, becomeOwner, type Person, trade } from './cast.ts'
import { eventually, Lockstep, said } from './lockstep.ts'

const SYMBOL = 'BTCUSDT'
const TAKER = 'taker'
const QUANTITY = '0.01'

const liveNotice = z.object({ code: z.string(), account: z.string().nullable(), details: z.unknown() })

/** A pair of its own for each story: what A quotes rests until the story has somebody trade with it. */
interface Story {
  readonly id: string
  readonly nameA: string
  readonly nameB: string
  readonly accountA: string
  readonly accountB: string
  readonly device: Device
}

describe('a hedge pair, step by step', () => {
  let lockstep: Lockstep
  let owner: Person
  let stories = 0
  beforeAll(async () => {
    lockstep = await Lockstep.start()
    owner = await becomeOwner(lockstep)
    const exchange = must(lockstep.server.exchange, 'the server has an exchange')
    expect(exchange.addAccount({ account: TAKER, deposit: decimal('1000000000') }).ok).toBe(true)
  })
  afterAll(() => lockstep.stop())

  const core = () => must(lockstep.server.exchange, 'the server has an exchange').exchange
  const heldBy = (account: string) => formatDecimal(core().position(account, SYMBOL).quantity)
  const post = (path: string, body?: object, key?: string) =>
    lockstep.ask(path, {
      method: 'POST',
      token: owner.token,
      ...(key !== undefined && { headers: { 'idempotency-key': key } }),
      ...(body !== undefined && { body }),
    })

  async function begin(): Promise<Story> {
    stories += 1
    const [nameA, nameB] = [`a ${stories}`, `b ${stories}`]
    const { token } = owner
    const accountA = await addAccount(lockstep, token, { name: nameA, ownerId: null })
    const accountB = await addAccount(lockstep, token, { name: nameB, ownerId: null })
    const body = {
      name: `pair ${stories}`,
      a: { accountId: accountA, symbol: SYMBOL },
      b: { accountId: accountB, symbol: SYMBOL },
      tolerance: '0.002',
      retryEveryMs: 50,
      quoting: { quantity: QUANTITY, makerTimeoutMs: 60_000 },
    }
    // The first one may come before the venue has said what it lists.
    await eventually(async () => (await post('pairs', body)).status === 201, 'the pair is added')
    const { rows } = await lockstep.done(pageOf(pairAnswer), 'pairs', { token })
    const { id } = must(
      rows.find(({ name }) => name === body.name),
      'the pair is listed',
    )
    const device = await Device.open(lockstep.url, token)
    onTestFinished(async () => {
      device.close()
      await lockstep.ask(`pairs/${id}?abandon=true`, { method: 'DELETE', token })
    })
    expect(await device.ask('subscribe_pairs', { pairs: [id] })).toMatchObject({ streams: {} })
    return { id, nameA, nameB, accountA, accountB, device }
  }

  const quotes = ({ nameA }: Story) => core().openOrders(nameA)
  const quoted = (story: Story) => eventually(() => quotes(story).length === 1, 'A quotes')
  const rowsOf = ({ device, id }: Story) =>
    device.frames(pairStream(id)).map(({ data }) => pairRow.parse(data))
  const noticesOf = ({ device, accountA, accountB }: Story, code: string) =>
    device
      .all('notice')
      .map(raw => liveNotice.parse(raw))
      .filter(each => each.code === code && [accountA, accountB].includes(each.account ?? ''))
  const pairOf = ({ id }: Story) => lockstep.done(pairAnswer, `pairs/${id}`, { token: owner.token })
  const roundsOf = async ({ id }: Story) =>
    (await lockstep.done(pageOf(roundAnswer), `pairs/${id}/rounds`, { token: owner.token })).rows

  /** Somebody sells through the book until A has what it quoted. */
  async function sellInto(story: Story): Promise<void> {
    await quoted(story)
    await eventually(() => {
      if (heldBy(story.nameA) === QUANTITY) return true
      trade(lockstep, TAKER, { symbol: SYMBOL, quantity: decimal('-5') })
      return false
    }, 'A trades')
  }

  function refuseB({ nameB }: Story, times: number | null): void {
    const { faults } = must(lockstep.server.exchange, 'the server has an exchange')
    const at = { account: nameB, target: null, probability: 1, delayMs: 0 }
    faults.add({ name: 'insufficient_balance', times, ...at })
    onTestFinished(() => void faults.remove({ name: 'insufficient_balance' }))
  }

  test('[HG50] step 1: A quotes at the depth, and the pair says so', async () => {
    const story = await begin()
    await quoted(story)
    expect(quotes(story)).toMatchObject([{ side: 'buy', type: 'limit', quantity: decimal(QUANTITY) }])
    await story.device.until(() => rowsOf(story).some(({ phase }) => phase === 'quoting'))
    expect((await pairOf(story)).now).toMatchObject({
      phase: 'quoting',
      pause: null,
      gap: '0',
      unhedged: '0',
    })
  })

  test('[HG51] step 2: A’s fill is seen, by its position', async () => {
    const story = await begin()
    await sellInto(story)
    await story.device.until(() => rowsOf(story).some(({ a }) => a.quantity === QUANTITY))
    const seen = rowsOf(story).find(({ a }) => a.quantity === QUANTITY)
    expect(seen).toMatchObject({ round: { number: 1, quantityA: QUANTITY } })
  })

  test('[HG52] step 3: the fill is told, as a row and live, and nothing waits for who hears it', async () => {
    const story = await begin()
    await sellInto(story)
    await story.device.until(() => noticesOf(story, 'account_a_filled').length > 0)
    const [live] = noticesOf(story, 'account_a_filled')
    expect(live?.details).toEqual({
      pair: `pair ${stories}`,
      account: story.nameA,
      instrument: 'bybit:BTCUSDT',
      order: expect.any(String),
      quantity: expect.stringMatching(/^0\.0\d+$/),
      quoteQuantity: expect.stringMatching(/^\d+(\.\d+)?$/),
      averagePrice: expect.stringMatching(/^\d+(\.\d+)?$/),
      side: 'buy',
      reason: null,
      attempts: 0,
      at: expect.any(Number),
    })
    const path = `notices?accountId=${story.accountA}`
    const { rows } = await lockstep.done(pageOf(noticeAnswer), path, { token: owner.token })
    expect(rows.map(({ code, details }) => [code, details])).toContainEqual([
      'account_a_filled',
      live?.details,
    ])
  })

  test('[HG53] step 4: B trades the other way round, and the round says how long it took and what it cost', async () => {
    const story = await begin()
    await sellInto(story)
    await eventually(() => heldBy(story.nameB) === `-${QUANTITY}`, 'B follows')
    await story.device.until(() => noticesOf(story, 'account_b_filled').length > 0)
    await eventually(async () => (await roundsOf(story)).at(-1)?.outcome === 'hedged', 'the round is over')
    const round = (await roundsOf(story)).at(-1)
    expect(round).toMatchObject({
      number: 1,
      outcome: 'hedged',
      unhedgedMs: expect.any(Number),
      costBps: expect.any(Number),
      a: { quantity: QUANTITY },
      b: { quantity: `-${QUANTITY}` },
    })
    expect(round?.attempts.at(-1)).toMatchObject({ purpose: 'hedge', status: 'filled', pairId: story.id })
  })

  test('[HG84] what was unhedged is told trade by trade, over the wire', async () => {
    const story = await begin()
    await sellInto(story)
    await eventually(() => heldBy(story.nameB) === `-${QUANTITY}`, 'B follows')
    const path = `pairs/${story.id}/exposure`
    const told = async (query = '') =>
      lockstep.done(pageOf(exposureAnswer), `${path}${query}`, { token: owner.token })
    await eventually(async () => (await told()).rows[0]?.leg === 'b', 'B’s trade is counted')
    const { rows } = await told()
    expect(rows[0]).toMatchObject({ side: 'sell', a: QUANTITY, b: `-${QUANTITY}`, gap: '0' })
    expect(rows.at(-1)).toMatchObject({ number: 1, leg: 'a', side: 'buy', b: '0' })
    expect(rows.at(-1)?.gap).toBe(`-${rows.at(-1)?.a}`)
    const first = await told('?limit=1')
    const rest = await told(`?cursor=${first.next}`)
    expect([...first.rows, ...rest.rows]).toEqual(rows)
    expect((await told(`?to=${Math.floor(rows.at(-1)?.at ?? 0)}`)).rows).toEqual([])
    expect((await pairOf(story)).now.a).toMatchObject({ quantity: QUANTITY, held: QUANTITY })
  })

  test('[HG54] step 5: a hedge that is refused is tried again, and B is traded once', async () => {
    const story = await begin()
    await quoted(story)
    refuseB(story, 1)
    await sellInto(story)
    await eventually(() => heldBy(story.nameB) === `-${QUANTITY}`, 'B follows')
    await eventually(async () => (await roundsOf(story)).at(-1)?.outcome === 'hedged', 'the round is over')
    const statuses = (await roundsOf(story)).at(-1)?.attempts.map(({ status }) => status) ?? []
    expect([statuses[0], statuses.at(-1)]).toEqual(['rejected', 'filled'])
  })

  test('[HG55] step 6: when B cannot be hedged the pair is paused, A quotes nothing, and a person is told', async () => {
    const story = await begin()
    await quoted(story)
    refuseB(story, null)
    await sellInto(story)
    await story.device.until(() => noticesOf(story, 'account_b_hedge_failed').length > 0)
    const [told] = noticesOf(story, 'account_b_hedge_failed')
    expect(told?.details).toMatchObject({
      account: story.nameB,
      side: 'sell',
      reason: 'hedge_failed',
      attempts: 3,
    })
    const { now } = await pairOf(story)
    expect(now).toMatchObject({ phase: 'paused', pause: 'hedge_failed', attempts: 3, unhedged: QUANTITY })
    expect([now.action, now.unhedgedSince]).toEqual([
      expect.stringContaining('resume it'),
      expect.any(Number),
    ])
    expect([quotes(story), heldBy(story.nameB)]).toEqual([[], '0'])
  })

  test('[HG56] step 7: A waits until B has followed, and quotes again only behind it', async () => {
    const story = await begin()
    await quoted(story)
    refuseB(story, null)
    await sellInto(story)
    await story.device.until(() => noticesOf(story, 'account_b_hedge_failed').length > 0)
    const entries = async () => {
      const path = `trades?accountId=${story.accountA}`
      const { rows } = await lockstep.done(pageOf(tradeAnswer), path, { token: owner.token })
      return rows.filter(({ purpose }) => purpose === 'entry')
    }
    const before = await entries()
    must(lockstep.server.exchange, 'the server has an exchange').faults.remove({
      name: 'insufficient_balance',
    })
    expect(said(await post(`pairs/${story.id}/resume`))).toBe('200')
    await eventually(async () => (await entries()).length > before.length, 'A quotes again')
    expect(heldBy(story.nameB)).toBe(`-${QUANTITY}`)
    const [quote] = await entries()
    const hedge = (await roundsOf(story))
      .flatMap(({ attempts }) => attempts)
      .find(({ status }) => status === 'filled')
    expect(quote).toMatchObject({ side: 'sell' })
    expect(quote?.createdAt).toBeGreaterThan(hedge?.createdAt ?? Number.POSITIVE_INFINITY)
  })

  test('[HG40] [HG41] [HG43] by hand: what would be closed, one leg, both; what is held is not removed by accident', async () => {
    const story = await begin()
    await sellInto(story)
    await eventually(() => heldBy(story.nameB) === `-${QUANTITY}`, 'B follows')
    const { token } = owner
    expect(said(await post(`pairs/${story.id}/pause`))).toBe('200')
    const removed = await lockstep.ask(`pairs/${story.id}`, { method: 'DELETE', token })
    expect([removed.status, removed.body]).toEqual([409, expect.stringContaining('Flatten it first')])
    const dry = await post(`pairs/${story.id}/flatten`, { dryRun: true }, `dry-${stories}`)
    expect(flattenPairAnswer.parse(JSON.parse(dry.body))).toMatchObject({
      dryRun: true,
      closes: [
        { leg: 'a', side: 'sell', quantity: QUANTITY },
        { leg: 'b', side: 'buy', quantity: QUANTITY },
      ],
    })
    expect([heldBy(story.nameA), heldBy(story.nameB)]).toEqual([QUANTITY, `-${QUANTITY}`])
    expect(said(await post(`pairs/${story.id}/flatten`, { leg: 'b' }, `b-${stories}`))).toBe('202')
    await eventually(() => heldBy(story.nameB) === '0', 'B is closed')
    expect(heldBy(story.nameA)).toBe(QUANTITY)
    expect(said(await post(`pairs/${story.id}/flatten`, {}, `both-${stories}`))).toBe('202')
    await eventually(() => heldBy(story.nameA) === '0', 'A is closed')
    await eventually(async () => (await pairOf(story)).now.phase === 'paused', 'it is over')
    await eventually(
      async () => (await lockstep.ask(`pairs/${story.id}`, { method: 'DELETE', token })).status === 204,
      'it is removed',
    )
    const audit = await lockstep.done(
      pageOf(z.object({ action: z.string(), subject: z.string().nullable() })),
      'audit?limit=20',
      { token },
    )
    const acts = audit.rows
      .filter(({ subject }) => subject === `pair:${story.id}`)
      .map(({ action }) => action)
    expect(acts.toReversed()).toEqual([
      'pair.create',
      'pair.pause',
      'pair.flatten',
      'pair.flatten',
      'pair.remove',
    ])
  })
})
