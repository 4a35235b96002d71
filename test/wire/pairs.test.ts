import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { pairStream } from '../../protocol/live.ts'
import { pairRow } from '../../protocol/live-data.ts'
import { pageOf } from '../../protocol/rest/common.ts'
import { exposureAnswer, flattenPairAnswer, pairAnswer, roundAnswer } from '../../protocol/rest/pairs.ts'
import { noticeAnswer } from '../../protocol/rest/server.ts'
import { tradeAnswer } from '../../protocol/rest/trading.ts'
import { must } from '../../src/domain/result.ts'
import { Device } from '../../src/live/testing/device.ts'
import { becomeOwner } from './cast.ts'
import { type HedgeDesk, LEG_A, LEG_B, openDesk } from './hedge-desk.ts'
import { eventually, said } from './lockstep.ts'

// A pair that somebody adds by REST, and what people see of it and do with it. Its seven steps are in hedge.test.ts and
// hedge-failures.test.ts.

const QUANTITY = '0.04'
const liveNotice = z.object({ code: z.string(), account: z.string().nullable(), details: z.unknown() })

class Onlooker {
  readonly desk: HedgeDesk
  readonly id: string
  readonly device: Device
  readonly #token: string

  private constructor(desk: HedgeDesk, seen: { id: string; device: Device; token: string }) {
    this.desk = desk
    this.id = seen.id
    this.device = seen.device
    this.#token = seen.token
  }

  /** Adds a pair, and watches it live. */
  static async begin(): Promise<Onlooker> {
    const desk = await openDesk({ pair: null })
    const { lockstep } = desk
    const { token } = await becomeOwner(lockstep)
    const body = {
      name: 'maker',
      a: { accountId: desk.idOf(LEG_A), symbol: 'BTCUSDT' },
      b: { accountId: desk.idOf(LEG_B), symbol: 'BTCUSDT' },
      tolerance: '0.01',
      retryEveryMs: 50,
      quoting: { quantity: QUANTITY, makerTimeoutMs: 60_000 },
    }
    const add = () => lockstep.ask('pairs', { token, body })
    // The first one may come before the venue has said what it lists.
    await eventually(async () => (await add()).status === 201, 'the pair is added')
    const { rows } = await lockstep.done(pageOf(pairAnswer), 'pairs', { token })
    const { id } = must(rows[0], 'the pair is listed')
    const device = await Device.open(lockstep.url, token)
    onTestFinished(() => device.close())
    expect(await device.ask('subscribe_pairs', { pairs: [id] })).toMatchObject({ streams: {} })
    return new Onlooker(desk, { id, device, token })
  }

  get rows() {
    return this.device.frames(pairStream(this.id)).map(({ data }) => pairRow.parse(data))
  }

  /** What is told live, from the first one on. */
  async told(code: string) {
    const heard = () =>
      this.device
        .all('notice')
        .map(raw => liveNotice.parse(raw))
        .find(each => each.code === code)
    await this.device.until(() => heard() !== undefined)
    return must(heard(), code)
  }

  read<T>(schema: z.ZodType<T>, path = ''): Promise<T> {
    return this.list(schema, `pairs/${this.id}${path}`)
  }

  list<T>(schema: z.ZodType<T>, path: string): Promise<T> {
    return this.desk.lockstep.done(schema, path, { token: this.#token })
  }

  async lastRound() {
    return (await this.read(pageOf(roundAnswer), '/rounds')).rows[0]
  }

  hedged(): Promise<void> {
    return eventually(async () => (await this.lastRound())?.outcome === 'hedged', 'the round is over')
  }

  post(act: string, body?: object, key?: string) {
    return this.desk.lockstep.ask(`pairs/${this.id}/${act}`, {
      method: 'POST',
      token: this.#token,
      ...(key !== undefined && { headers: { 'idempotency-key': key } }),
      ...(body !== undefined && { body }),
    })
  }

  remove() {
    return this.desk.lockstep.ask(`pairs/${this.id}`, { method: 'DELETE', token: this.#token })
  }
}

test('[HG50] how a pair stands is seen by REST and live: that it quotes, and what A holds as soon as it is counted', async () => {
  const onlooker = await Onlooker.begin()
  const { desk, device } = onlooker
  await desk.quote()
  await device.until(() => onlooker.rows.some(({ phase }) => phase === 'quoting'))
  const quoting = { phase: 'quoting', pause: null, gap: '0', unhedged: '0' }
  expect((await onlooker.read(pairAnswer)).now).toMatchObject(quoting)
  desk.take(QUANTITY)
  await device.until(() => onlooker.rows.some(({ a }) => a.quantity === QUANTITY))
  const seen = onlooker.rows.find(({ a }) => a.quantity === QUANTITY)
  expect(seen).toMatchObject({ round: { number: 1, quantityA: QUANTITY } })
})

test('[HG52] a fill is told as a row and live, with its fields', async () => {
  const onlooker = await Onlooker.begin()
  const { clientOrderId } = await onlooker.desk.quote()
  onlooker.desk.take(QUANTITY)
  const { details } = await onlooker.told('account_a_filled')
  expect(details).toEqual({
    pair: 'maker',
    account: LEG_A,
    instrument: 'bybit:BTCUSDT',
    order: clientOrderId,
    quantity: QUANTITY,
    quoteQuantity: '2399.76',
    averagePrice: '59994',
    side: 'buy',
    reason: null,
    attempts: 0,
    at: expect.any(Number),
  })
  const path = `notices?accountId=${onlooker.desk.idOf(LEG_A)}`
  const { rows } = await onlooker.list(pageOf(noticeAnswer), path)
  expect(rows.map(row => [row.code, row.details])).toContainEqual(['account_a_filled', details])
})

test('[HG53] the round says how long it took, what it cost, and what became of each attempt', async () => {
  const onlooker = await Onlooker.begin()
  await onlooker.desk.quote()
  onlooker.desk.fault('refused', LEG_B, { times: 1 })
  onlooker.desk.take(QUANTITY)
  await onlooker.hedged()
  const pairId = onlooker.id
  expect(await onlooker.lastRound()).toMatchObject({
    number: 1,
    outcome: 'hedged',
    unhedgedMs: expect.any(Number),
    costBps: expect.any(Number),
    a: { quantity: QUANTITY },
    b: { quantity: `-${QUANTITY}` },
    attempts: [
      { purpose: 'hedge', status: 'rejected', pairId },
      { purpose: 'hedge', status: 'filled', pairId },
    ],
  })
})

test('[HG84] what was unhedged is told trade by trade, newest first, a page at a time', async () => {
  const onlooker = await Onlooker.begin()
  const { desk } = onlooker
  await desk.quote()
  desk.take(QUANTITY)
  await desk.holds(QUANTITY, `-${QUANTITY}`)
  const told = (query = '') => onlooker.read(pageOf(exposureAnswer), `/exposure${query}`)
  await eventually(async () => (await told()).rows[0]?.leg === 'b', 'B’s trade is counted')
  const { rows } = await told()
  expect(rows).toMatchObject([
    { leg: 'b', side: 'sell', a: QUANTITY, b: `-${QUANTITY}`, gap: '0' },
    { number: 1, leg: 'a', side: 'buy', a: QUANTITY, b: '0', gap: `-${QUANTITY}` },
  ])
  const first = await told('?limit=1')
  const rest = await told(`?cursor=${first.next}`)
  expect([...first.rows, ...rest.rows]).toEqual(rows)
  expect((await told(`?to=${Math.floor(rows.at(-1)?.at ?? 0)}`)).rows).toEqual([])
  expect((await onlooker.read(pairAnswer)).now.a).toMatchObject({ quantity: QUANTITY, held: QUANTITY })
})

test('[HG55] of a pair that cannot be hedged REST and live say what B lacks and what to do; resumed, B follows before A quotes', async () => {
  const onlooker = await Onlooker.begin()
  const { desk } = onlooker
  await desk.quote()
  desk.fault('refused', LEG_B)
  desk.take(QUANTITY)
  const { details } = await onlooker.told('account_b_hedge_failed')
  const failed = { reason: 'hedge_failed', attempts: 3 }
  expect(details).toMatchObject({ ...failed, account: LEG_B, side: 'sell', quantity: QUANTITY })
  const { now } = await onlooker.read(pairAnswer)
  expect(now).toMatchObject({ phase: 'paused', pause: 'hedge_failed', attempts: 3, unhedged: QUANTITY })
  expect([now.action, now.unhedgedSince]).toEqual([expect.stringContaining('resume it'), expect.any(Number)])
  desk.calm()
  expect(said(await onlooker.post('resume'))).toBe('200')
  await desk.holds(QUANTITY, `-${QUANTITY}`)
  await desk.quote()
  const [quote] = (await onlooker.list(pageOf(tradeAnswer), `trades?accountId=${desk.idOf(LEG_A)}`)).rows
  const hedge = (await onlooker.lastRound())?.attempts.at(-1)
  expect([quote?.side, hedge?.status]).toEqual(['sell', 'filled'])
  expect(quote?.createdAt).toBeGreaterThan(hedge?.createdAt ?? Number.POSITIVE_INFINITY)
})

test('[HG40] [HG41] [HG43] by hand: what would be closed, one leg, both; what is held is not removed by accident', async () => {
  const onlooker = await Onlooker.begin()
  const { desk } = onlooker
  await desk.quote()
  desk.take(QUANTITY)
  await desk.holds(QUANTITY, `-${QUANTITY}`)
  expect(said(await onlooker.post('pause'))).toBe('200')
  const removed = await onlooker.remove()
  expect([removed.status, removed.body]).toEqual([409, expect.stringContaining('Flatten it first')])
  const dry = await onlooker.post('flatten', { dryRun: true }, 'dry')
  expect(flattenPairAnswer.parse(JSON.parse(dry.body))).toMatchObject({
    dryRun: true,
    closes: [
      { leg: 'a', side: 'sell', quantity: QUANTITY },
      { leg: 'b', side: 'buy', quantity: QUANTITY },
    ],
  })
  expect(desk.held).toEqual([QUANTITY, `-${QUANTITY}`])
  expect(said(await onlooker.post('flatten', { leg: 'b' }, 'b'))).toBe('202')
  await desk.holds(QUANTITY, '0')
  expect(said(await onlooker.post('flatten', {}, 'both'))).toBe('202')
  await desk.holds('0', '0')
  await eventually(async () => (await onlooker.read(pairAnswer)).now.phase === 'paused', 'it is over')
  await eventually(async () => (await onlooker.remove()).status === 204, 'it is removed')
  const acts = z.object({ action: z.string(), subject: z.string().nullable() })
  const audit = await onlooker.list(pageOf(acts), 'audit?limit=20')
  const own = audit.rows.filter(({ subject }) => subject === `pair:${onlooker.id}`)
  expect(own.map(({ action }) => action).toReversed()).toEqual([
    'pair.create',
    'pair.pause',
    'pair.flatten',
    'pair.flatten',
    'pair.remove',
  ])
})
