import { expect, test } from 'vitest'
import type { FakeSocket } from '../shared/testing/fake-network.ts'
import {
  answerChannels,
  claimOf,
  type Harness,
  limitBuy,
  live,
  orderRow,
  subscribed,
  tradeRow,
  update,
} from './testing/harness.ts'

const HOUR_MS = 3_600_000
const BEAT_MS = 20_000
/** The drawn share of twenty minutes, by which streams made together are not renewed together. */
const SPREAD_MS = 4_800

/** Time passes, and every stream that is open answers. */
async function pass({ clock, sockets }: Pick<Harness, 'clock' | 'sockets'>, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= BEAT_MS) {
    await clock.advance(Math.min(left, BEAT_MS))
    for (const socket of sockets.all) if (socket.ended === 'no') socket.frame({ type: 'pong' })
  }
}

async function renewing() {
  const made = await live()
  await pass(made, 6 * HOUR_MS - BEAT_MS)
  expect(made.sockets.all).toHaveLength(1)
  await pass(made, BEAT_MS + SPREAD_MS)
  expect(made.sockets.all).toHaveLength(2)
  const successor = made.sockets.last('/stream')
  successor.events.open()
  await made.clock.advance(0)
  return { ...made, former: made.socket, successor }
}

const token = ({ sent }: FakeSocket) => String(sent.find(({ type }) => type === 'subscribe')?.['auth'])
const kinds = ({ states }: Pick<Harness, 'states'>) => states.map(({ kind }) => kind)

test('[LA51] before its token ends a stream is made anew beside itself: nothing is lost, and no order is doubted', async () => {
  const made = await renewing()
  const { former, successor, clock, account } = made
  expect(token(successor)).not.toBe(token(former))
  const submitted = account.submit(limitBuy(claimOf(made)))
  await clock.advance(0)
  answerChannels(successor)
  expect(former.ended).toBe('no')
  // What the former one had on its way when the other was complete still counts.
  former.frame(update('account_all_orders', { orders: { 0: [orderRow()] } }))
  expect(await submitted).toMatchObject({ ok: true })
  await clock.advance(5_000)
  expect(former.ended).toBe('closed')
  made.frames.length = 0
  successor.frame(update('account_all_trades', { trades: [tradeRow()] }))
  await clock.advance(0)
  expect(made.frames.flat()).toMatchObject([{ kind: 'fill' }])
  expect(kinds(made)).toEqual(['connecting', 'live'])
  expect(account.isAlive()).toBe(true)
  // And again, hours later.
  await pass(made, 6 * HOUR_MS + SPREAD_MS)
  expect(made.sockets.all).toHaveLength(3)
})

test('[LA51] a successor that does not come leaves the stream as it is, until its token is about to end', async () => {
  const made = await renewing()
  made.successor.events.close('gone')
  await pass(made, 20 * 60_000)
  expect(kinds(made)).toEqual(['connecting', 'live'])
  expect(made.account.isAlive()).toBe(true)
  await pass(made, 10 * 60_000)
  expect(made.states).toContainEqual({ kind: 'lost', message: 'the auth token was not renewed in time' })
})

test('[LA51] a stream that is lost while its successor comes is live again with it', async () => {
  const made = await renewing()
  made.former.events.close('gone')
  expect(kinds(made)).toEqual(['connecting', 'live', 'lost'])
  answerChannels(made.successor)
  expect(kinds(made)).toEqual(['connecting', 'live', 'lost', 'live'])
})

test('[LA51] a stream that is lost right after it was replaced may have kept something: the account is read anew', async () => {
  const made = await renewing()
  answerChannels(made.successor)
  made.former.events.close('gone')
  expect(kinds(made)).toEqual(['connecting', 'live', 'lost', 'live'])
  await made.clock.advance(60_000)
  expect(made.sockets.all).toHaveLength(2)
})

test('[LA51] a successor whose key is refused ends the stream', async () => {
  const made = await renewing()
  made.successor.frame({ error: { code: 20013, message: 'invalid auth' } })
  expect(made.states.at(-1)).toMatchObject({ kind: 'refused' })
  made.former.frame(subscribed('account_all_orders', { orders: {} }))
  expect([made.former.ended, made.successor.ended]).toEqual(['closed', 'closed'])
})
