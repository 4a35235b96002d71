import { describe, expect, test, vi } from 'vitest'
import { decimal } from '../../../src/domain/decimal.ts'
import type { SignedTransaction } from '../../../src/venues/lighter/signer.ts'
import type { Json } from '../fixture.ts'
import {
  ACCOUNT,
  ACCOUNT_INDEX,
  type Answered,
  ETH,
  KEY_INDEX,
  type LighterTestVenue,
  rowsOf,
  start,
} from './fixture.ts'

// Signatures are checked in the thread that answers: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 60_000 })

const ORDERS = `account_all_orders/${ACCOUNT_INDEX}`
const ORDERS_KEY = `account_all_orders:${ACCOUNT_INDEX}`

describe('a transaction', () => {
  test('[XL1] is an order at the exchange under its own index, scaled by the market, and told on the stream', async () => {
    const venue = await start()
    const stream = await venue.follow(ORDERS)
    const signed = venue.order({ quantity: 1_234, limitPrice: 250_050, clientOrderIndex: 77 })
    const answer = await venue.send(signed)
    expect(answer).toMatchObject({ status: 200, body: { code: 200, tx_hash: signed.txHash } })
    await stream.when(() => rowsOf(stream, ORDERS_KEY, 'orders').length === 1)
    const [row] = rowsOf(stream, ORDERS_KEY, 'orders')
    expect(row).toMatchObject({
      client_order_index: 77,
      market_index: ETH,
      status: 'open',
      side: 'buy',
      initial_base_amount: '0.1234',
      price: '2500.50',
      time_in_force: 'post-only',
    })
    // The number at the venue begins where clients' own end, and the audit log has the same one.
    const [order] = venue.exchange.openOrders(ACCOUNT)
    expect(String(row?.['order_index'])).toBe(order?.orderId)
    expect(Number(row?.['order_index'])).toBeGreaterThanOrEqual(2 ** 48)
    const accepted = venue.exchange.audit(0, 100).find(({ kind }) => kind === 'accepted')
    expect(accepted).toMatchObject({ clientOrderId: '77', orderId: order?.orderId })
  })

  test('[XL2] cancels by the client’s index and by the venue’s', async () => {
    const venue = await start()
    const stream = await venue.follow(ORDERS)
    await venue.send(venue.order({ clientOrderIndex: 1 }))
    await venue.send(venue.order({ clientOrderIndex: 2 }))
    await stream.when(() => rowsOf(stream, ORDERS_KEY, 'orders').length === 2)
    const second = rowsOf(stream, ORDERS_KEY, 'orders')[1]?.['order_index']
    await venue.send(venue.sign({ kind: 'cancel_order', marketIndex: ETH, orderIndex: 1n }))
    await venue.send(
      venue.sign({ kind: 'cancel_order', marketIndex: ETH, orderIndex: BigInt(String(second)) }),
    )
    await stream.when(() => rowsOf(stream, ORDERS_KEY, 'orders').length === 4)
    const ended = rowsOf(stream, ORDERS_KEY, 'orders').slice(2)
    expect(ended.map(row => [row['client_order_index'], row['status']])).toEqual([
      [1, 'canceled'],
      [2, 'canceled'],
    ])
    expect(venue.exchange.openOrders(ACCOUNT)).toEqual([])
  })

  test('[XL3] of a market order takes nothing beyond its worst price', async () => {
    const venue = await start()
    const stream = await venue.follow(ORDERS)
    // The market is at 3000: a worst price below it takes nothing at all.
    await venue.send(venue.market({ limitPrice: 299_000 }))
    await stream.when(() => rowsOf(stream, ORDERS_KEY, 'orders').length === 1)
    expect(rowsOf(stream, ORDERS_KEY, 'orders')[0]).toMatchObject({
      type: 'market',
      status: 'canceled-too-much-slippage',
      filled_base_amount: '0.0000',
    })
    await venue.send(venue.market())
    await stream.when(() => rowsOf(stream, ORDERS_KEY, 'orders').some(row => row['status'] === 'filled'))
    expect(venue.exchange.position(ACCOUNT, 'ETH').quantity).toBe(decimal('0.1'))
  })

  test('[XL4] is changed, and all are cancelled, in one market where it says so', async () => {
    const venue = await start()
    await venue.send(venue.order({ clientOrderIndex: 1 }))
    await venue.send(venue.order({ clientOrderIndex: 2, marketIndex: 2 }))
    const change = { marketIndex: ETH, orderIndex: 1n, quantity: 2_000, limitPrice: 240_000, triggerPrice: 0 }
    await executed(venue, venue.sign({ kind: 'modify_order', ...change }))
    expect(venue.exchange.openOrders(ACCOUNT)[0]).toMatchObject({
      quantity: decimal('0.2'),
      limitPrice: decimal('2400'),
    })
    const all = { kind: 'cancel_all_orders', mode: 'immediate', at: 0 } as const
    await executed(venue, venue.sign({ ...all, attributes: { cancelAllMarketIndex: 2 } }))
    expect(venue.exchange.openOrders(ACCOUNT).map(({ symbol }) => symbol)).toEqual(['ETH'])
    await executed(venue, venue.sign(all))
    expect(venue.exchange.openOrders(ACCOUNT)).toEqual([])
  })

  test('[XL4] sets the leverage by the margin that it asks for', async () => {
    const venue = await start()
    const leverage = { kind: 'update_leverage', marketIndex: ETH, initialMarginBps: 500 } as const
    await executed(venue, venue.sign({ ...leverage, marginMode: 'cross' }))
    expect(venue.exchange.position(ACCOUNT, 'ETH').leverage).toBe(decimal('20'))
    const isolated = venue.sign({ ...leverage, marginMode: 'isolated' })
    expect(await outcome(venue, isolated)).toMatchObject({ status: 0 })
  })

  test('[XL5] counts only with a signature of the key that it names, over every number of it', async () => {
    const venue = await start()
    const signed = venue.order({ quantity: 1_000 })
    const more = { ...signed, txInfo: signed.txInfo.replace('"BaseAmount":1000', '"BaseAmount":9000') }
    expect(await venue.send(more)).toMatchObject({ status: 400, body: { code: 21120 } })
    const unknown = { ...signed, txInfo: signed.txInfo.replace('"ApiKeyIndex":5', '"ApiKeyIndex":9') }
    expect(await venue.send(unknown)).toMatchObject({ status: 400, body: { code: 21109 } })
    // Nothing was done and no nonce spent: the one that was signed still counts.
    expect(await venue.send(signed)).toMatchObject({ status: 200 })
  })

  test('[XL6] that cannot be read or is out of range is refused with the field', async () => {
    const venue = await start()
    const { txInfo } = venue.order()
    const wrong = [
      ['14', 'no json', 21501],
      ['14', txInfo.replace('"IsAsk":0', '"IsAsk":7'), 21501],
      ['14', txInfo.replace('"Price":250000', '"Price":0'), 21501],
      ['14', txInfo.replace('"Nonce"', '"Surprise":1,"Nonce"'), 21501],
      ['99', txInfo, 21505],
    ] as const
    for (const [tx_type, tx_info, code] of wrong)
      expect(await venue.post('sendTx', { tx_type, tx_info }), tx_info).toMatchObject({
        status: 400,
        body: { code },
      })
    expect((await venue.post('sendTx', { tx_type: 'x' })).body['code']).toBe(20001)
  })

  test('[XL7] that comes too late, or whose order would live too short or too long, is refused', async () => {
    const venue = await start()
    const late = venue.order({ nonce: 0, expiredAt: Date.now() - 1 })
    expect((await venue.send(late)).body['code']).toBe(21501)
    const short = venue.order({ nonce: 0, orderExpiry: Date.now() + 60_000 })
    expect((await venue.send(short)).body['code']).toBe(21711)
    const long = venue.order({ nonce: 0, orderExpiry: Date.now() + 31 * 86_400_000 })
    expect((await venue.send(long)).body['code']).toBe(21711)
  })
})

describe('nonces', () => {
  test('[XL8] of each key go up by one: another one is refused with 21104 and spends nothing', async () => {
    const venue = await start()
    expect(await nextNonce(venue)).toBe(0)
    expect((await venue.send(venue.order({ nonce: 1 }))).body).toMatchObject({ code: 21104 })
    expect((await venue.send(venue.order({ nonce: 0 }))).body).toMatchObject({ code: 200 })
    expect((await venue.send(venue.order({ nonce: 0 }))).body).toMatchObject({ code: 21104 })
    expect(await nextNonce(venue)).toBe(1)
    // Another key of the account has its own.
    const other = venue.order({ apiKeyIndex: KEY_INDEX + 1, nonce: 0 })
    expect((await venue.send(other)).body).toMatchObject({ code: 200 })
  })

  test('[XL9] a transaction that the sequencer refuses was answered with 200; `tx` and account_tx tell what became of it', async () => {
    const venue = await start()
    const stream = await venue.follow(`account_tx/${ACCOUNT_INDEX}`)
    const signed = venue.sign({ kind: 'cancel_order', marketIndex: ETH, orderIndex: 4711n })
    expect((await venue.send(signed)).body).toMatchObject({ code: 200, tx_hash: signed.txHash })
    const frame = await stream.until(({ type }) => type === 'update/account_tx')
    expect(frame['txs']).toMatchObject([{ hash: signed.txHash, status: 0, nonce: 0 }])
    const { body } = await venue.get('tx', { by: 'hash', value: signed.txHash })
    expect(body).toMatchObject({ status: 0, type: 15 })
    expect(String(body['event_info'])).toContain('invalid order index')
    // A cancel of nothing has used its nonce all the same.
    expect(await nextNonce(venue)).toBe(1)
  })

  test('[XL10] a resting order without margin uses no nonce, and what was sent behind it fails with it', async () => {
    const venue = await start()
    const tooLarge = venue.order({ quantity: 100_000_000 })
    const behind = venue.order()
    expect((await sendBatch(venue, tooLarge, behind)).body).toMatchObject({ code: 200 })
    expect(await outcome(venue, tooLarge)).toMatchObject({ status: 0 })
    const second = await outcome(venue, behind)
    expect(second['status']).toBe(0)
    expect(String(second['event_info'])).toContain('invalid nonce')
    expect(await nextNonce(venue)).toBe(0)
    expect(venue.exchange.openOrders(ACCOUNT)).toEqual([])
  })

  test('[XL11] a batch is of one key with nonces in a row, and all of it is taken or nothing', async () => {
    const venue = await start()
    const batch = (...signed: SignedTransaction[]) => sendBatch(venue, ...signed)
    const [one, two] = [venue.order({ nonce: 0 }), venue.order({ nonce: 1 })]
    expect((await batch(one, venue.order({ nonce: 5 }))).body).toMatchObject({ code: 21105 })
    const foreign = venue.order({ nonce: 1, apiKeyIndex: KEY_INDEX + 1 })
    expect((await batch(one, foreign)).body).toMatchObject({ code: 21121 })
    const broken = { ...two, txInfo: two.txInfo.replace('"BaseAmount":1000', '"BaseAmount":1001') }
    expect((await batch(one, broken)).body).toMatchObject({ code: 21120 })
    expect(await nextNonce(venue)).toBe(0)
    expect((await batch(one, two)).body).toMatchObject({ code: 200, tx_hash: [one.txHash, two.txHash] })
  })

  test('[XL12] over the stream a transaction is answered with the client’s id, an error too', async () => {
    const venue = await start()
    const stream = await venue.follow(ORDERS)
    const signed = venue.order()
    const frame = { id: 'a-1', tx_type: signed.txType, tx_info: JSON.parse(signed.txInfo) }
    stream.send({ type: 'jsonapi/sendtx', data: frame })
    expect(await stream.until(({ id }) => id === 'a-1')).toMatchObject({
      code: 200,
      type: 'jsonapi/sendtx',
      tx_hash: signed.txHash,
    })
    stream.send({ type: 'jsonapi/sendtx', data: { ...frame, id: 'a-2' } })
    expect(await stream.until(({ id }) => id === 'a-2')).toMatchObject({ error: { code: 21104 } })
    const next = venue.order()
    const data = { id: 'b', tx_types: `[${next.txType}]`, tx_infos: `[${next.txInfo}]` }
    stream.send({ type: 'jsonapi/sendtxbatch', data })
    expect(await stream.until(({ id }) => id === 'b')).toMatchObject({ code: 200, tx_hash: [next.txHash] })
  })
})

function sendBatch(venue: LighterTestVenue, ...signed: SignedTransaction[]): Promise<Answered> {
  return venue.post('sendTxBatch', {
    tx_types: JSON.stringify(signed.map(({ txType }) => txType)),
    tx_infos: JSON.stringify(signed.map(({ txInfo }) => txInfo)),
  })
}

async function nextNonce(venue: LighterTestVenue): Promise<unknown> {
  const { body } = await venue.get('nextNonce', { account_index: ACCOUNT_INDEX, api_key_index: KEY_INDEX })
  return body['nonce']
}

async function executed(venue: LighterTestVenue, signed: SignedTransaction): Promise<void> {
  await venue.send(signed)
  expect(await outcome(venue, signed)).toMatchObject({ status: 2 })
}

/** Sends it where that was not done, and waits until the sequencer has been there. */
async function outcome(venue: LighterTestVenue, signed: SignedTransaction): Promise<Json> {
  const known = await venue.get('tx', { by: 'hash', value: signed.txHash })
  if (known.status !== 200) await venue.send(signed)
  for (;;) {
    const { body } = await venue.get('tx', { by: 'hash', value: signed.txHash })
    if (body['status'] !== 1) return body
  }
}
