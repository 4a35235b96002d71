import { expect, test } from 'vitest'
import { claimOf, FIRST_RETRY_MS, goLive, goTrade, harness } from './testing/harness.ts'

const kinds = (states: readonly { readonly kind: string }[]) => states.map(({ kind }) => kind)

test('[VN12] a stream is live only after login and subscription', async () => {
  const made = harness()
  await made.open()
  const socket = made.sockets.last('/v5/private')
  socket.events.open()
  expect(socket.sent).toMatchObject([
    { op: 'auth', args: ['key-1', made.clock.now() + 10_000, expect.any(String)] },
  ])
  expect(made.account.isAlive()).toBe(false)
  socket.frame({ op: 'auth', success: true, ret_msg: '' })
  expect(socket.sent[1]).toEqual({ op: 'subscribe', args: ['order', 'execution', 'position', 'wallet'] })
  expect(kinds(made.states)).toEqual(['connecting'])
  socket.frame({ op: 'subscribe', success: true, ret_msg: '' })
  expect(kinds(made.states)).toEqual(['connecting', 'live'])
  expect(made.account.isAlive()).toBe(true)
})

test.each([10003, 10004, 10010, 33004])('[VN12] a key refused with %i is not tried again', async code => {
  const made = harness()
  await made.open()
  const socket = made.sockets.last('/v5/private')
  socket.events.open()
  socket.frame({ op: 'auth', success: false, retCode: code, retMsg: 'no' })
  expect(made.states.at(-1)).toMatchObject({ kind: 'refused', error: { code: String(code) } })
  const before = made.sockets.all.length
  await made.clock.advance(120_000)
  expect(made.sockets.all).toHaveLength(before)
  expect(made.account.isAlive()).toBe(false)
})

test('[VN12] a login that fails for another reason is tried again', async () => {
  const made = harness()
  await made.open()
  made.sockets.last('/v5/private').events.open()
  made.sockets.last('/v5/private').frame({ op: 'auth', success: false, ret_msg: 'Params Error' })
  expect(made.states.at(-1)).toMatchObject({ kind: 'lost' })
  await made.clock.advance(FIRST_RETRY_MS)
  await goLive(made)
  expect(made.states.at(-1)).toEqual({ kind: 'live' })
})

test.each([
  ['a refused subscription', { op: 'subscribe', success: false, ret_msg: 'Invalid topic' }],
  ['no answer', null],
])('[VN12] %s is not live, and the connection is made again', async (_name, frame) => {
  const made = harness()
  await made.open()
  const socket = made.sockets.last('/v5/private')
  socket.events.open()
  socket.frame({ op: 'auth', success: true })
  if (frame !== null) socket.frame(frame)
  await made.clock.advance(10_001)
  expect(socket.ended).toBe('terminated')
  expect(kinds(made.states)).not.toContain('live')
  expect(kinds(made.states).filter(kind => kind === 'connecting')).toHaveLength(2)
})

test('[VN13] a lost stream logs in and subscribes again before it is live', async () => {
  const made = harness()
  await made.open()
  const first = await goLive(made)
  first.events.close('closed by the venue: 1006')
  expect(made.account.isAlive()).toBe(false)
  await made.clock.advance(FIRST_RETRY_MS)
  expect(made.sockets.last('/v5/private')).not.toBe(first)
  await goLive(made)
  expect(kinds(made.states)).toEqual(['connecting', 'live', 'lost', 'connecting', 'live'])
})

test('[VN13] a stream that answers no ping is replaced', async () => {
  const made = harness()
  await made.open()
  const first = await goLive(made)
  await made.clock.advance(20_000)
  first.frame({ op: 'pong', args: ['1'], conn_id: 'c' })
  await made.clock.advance(39_000)
  expect(made.account.isAlive()).toBe(true)
  await made.clock.advance(21_000)
  expect(first.ended).toBe('terminated')
})

test('[VN14] frames that come together are one call, with our time at the first of them', async () => {
  const made = harness()
  await made.open()
  const socket = await goLive(made)
  const coins = [{ coin: 'USDT', walletBalance: '10', availableToWithdraw: '8' }]
  socket.frame({ topic: 'wallet', data: [{ coin: coins }, { coin: coins }] })
  socket.frame('{"topic": broken')
  socket.frame({ topic: 'order', data: [{ category: 'spot' }] })
  expect(made.frames).toHaveLength(0)
  await Promise.resolve()
  expect(made.frames).toHaveLength(1)
  expect(kinds(made.frames[0] ?? [])).toEqual(['balance', 'balance', 'malformed'])
  expect(made.lines).toContain('rows_ignored')
  socket.frame({ topic: 'wallet', data: [{ coin: coins }] })
  await Promise.resolve()
  expect(made.frames).toHaveLength(2)
})

test('[VN14] what came before a refusal is handed on before it', async () => {
  const made = harness()
  await made.open()
  const socket = await goLive(made)
  socket.frame({ topic: 'wallet', data: [{ coin: [{ coin: 'USDT', walletBalance: '10' }] }] })
  socket.frame({ op: 'auth', success: false, retCode: 10003, retMsg: 'API key is invalid.' })
  expect(made.frames).toHaveLength(1)
  expect(made.states.at(-1)).toMatchObject({ kind: 'refused' })
})

test('[VN1] a trade stream whose login is refused leaves orders to REST', async () => {
  const made = harness()
  await made.open()
  await goLive(made)
  const trade = made.sockets.last('/v5/trade')
  trade.events.open()
  trade.frame({ op: 'auth', retCode: 10004, retMsg: 'Error sign' })
  expect(claimOf(made).route).toBe('request')
  expect(made.account.isAlive()).toBe(true)
})

test('[VN13] a lost trade stream comes back by itself', async () => {
  const made = harness()
  await made.open()
  const trade = await goTrade(made)
  expect(claimOf(made).route).toBe('stream')
  trade.events.close('restart')
  expect(claimOf(made).route).toBe('request')
  await made.clock.advance(FIRST_RETRY_MS)
  await goTrade(made)
  expect(claimOf(made).route).toBe('stream')
})

test('[VN11] closing the venue ends every socket and every timer', async () => {
  const made = harness()
  await made.open()
  await goLive(made)
  await goTrade(made)
  made.venue.market.open({ ticker: () => {}, stream: () => {} })
  await made.clock.advance(0)
  await made.venue.close()
  expect(made.sockets.all.map(({ ended }) => ended)).toEqual(['closed', 'closed', 'closed'])
  expect(made.clock.pending()).toBe(0)
})
