import { expect, test } from 'vitest'
import type { AccountId } from '../../domain/ids.ts'
import { SILENT } from '../../ports/observe.ts'
import { FakeSockets } from '../shared/testing/fake-network.ts'
import { fixedRandom, ManualClock } from '../shared/testing/manual-clock.ts'
import { VenueClock } from '../shared/venue-clock.ts'
import { BybitConnections } from './connections.ts'
import { egressQuota } from './quota.ts'
import { BybitTradeStream, type TradeRequest } from './trade-stream.ts'
import { BYBIT_URLS } from './urls.ts'

test('[LM4] a thousand requests may wait for answers; the next one is not sent', async () => {
  // An account's own budget keeps it far below; this is for a venue that stops answering.
  const clock = new ManualClock()
  const sockets = new FakeSockets()
  const random = fixedRandom(0)
  const venueClock = new VenueClock({ clock, log: SILENT, ask: async () => clock.now() })
  const connections = new BybitConnections({
    urls: BYBIT_URLS.testnet,
    clock,
    venueClock,
    random,
    log: SILENT,
    egress: egressQuota(clock, 'off'),
    dial: sockets.dial,
  })
  const credential = { key: 'key', secret: 'secret' }
  const stream = new BybitTradeStream({
    accountId: 'account-1' as AccountId,
    credential,
    connections,
    url: 'ws://venue/v5/trade',
  })
  stream.open()
  await clock.advance(0)
  const socket = sockets.last('/v5/trade')
  socket.events.open()
  socket.frame({ op: 'auth', retCode: 0, retMsg: 'OK', connId: 'c' })
  await clock.advance(0)
  const request: TradeRequest = {
    op: 'order.create',
    timestamp: clock.now(),
    receiveWindowMs: 2_000,
    argument: '{}',
    sendBefore: clock.monotonic() + 1_000,
    timeoutMs: 3_000,
  }
  const waiting = Array.from({ length: 1_000 }, () => stream.send(request))
  const sent = socket.sent.length
  expect(await stream.send(request)).toMatchObject({ kind: 'not_sent' })
  expect(socket.sent).toHaveLength(sent)
  await clock.advance(3_000)
  expect(new Set((await Promise.all(waiting)).map(({ kind }) => kind))).toEqual(new Set(['lost']))
  stream.close()
})
