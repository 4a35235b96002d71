import { expect, test } from 'vitest'
import { SILENT } from '../../ports/observe.ts'
import { BACKOFF_BASE_MS, BACKOFF_CAP_MS, HEARTBEAT_MS, ReconnectingSocket } from './reconnecting-socket.ts'
import { FakeSockets } from './testing/fake-network.ts'
import { fixedRandom, ManualClock, settle } from './testing/manual-clock.ts'

function connection(draw = 0.5, admit?: () => Promise<string | null>) {
  const clock = new ManualClock()
  const network = new FakeSockets()
  const seen: string[] = []
  const socket = new ReconnectingSocket({
    name: 'test',
    url: 'ws://venue/private',
    dial: network.dial,
    clock,
    random: fixedRandom(draw),
    log: SILENT,
    pingFrame: '{"op":"ping"}',
    ...(admit === undefined ? {} : { admit }),
    listener: {
      connecting: () => seen.push('connecting'),
      opened: () => seen.push('opened'),
      frame: text => seen.push(text),
      lost: message => seen.push(`lost: ${message}`),
    },
  })
  const venue = () => network.last('/private')
  return { clock, network, socket, seen, venue }
}

test('[VN10] each failed try doubles the span that the next delay is drawn from, up to a cap', async () => {
  const draw = 0.5
  const { clock, network, socket, venue } = connection(draw)
  socket.open()
  for (let tries = 0; tries < 12; tries += 1) {
    venue().events.close('refused')
    const delayMs = draw * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** tries)
    await clock.advance(delayMs - 1)
    expect(network.all).toHaveLength(tries + 1)
    await clock.advance(1)
    expect(network.all).toHaveLength(tries + 2)
  }
})

test('[VN10] a connection that proved useful starts again from the shortest delay', async () => {
  const { clock, network, socket, venue } = connection(1)
  socket.open()
  for (let tries = 0; tries < 6; tries += 1) {
    venue().events.close('refused')
    await clock.advance(BACKOFF_CAP_MS)
  }
  const before = network.all.length
  venue().events.open()
  socket.settled()
  venue().events.close('restart')
  await clock.advance(BACKOFF_BASE_MS)
  expect(network.all).toHaveLength(before + 1)
})

test('[VN11] a half-open connection is found by its missing pong and replaced', async () => {
  // The peer is gone without a word: every byte is taken and none is answered.
  const { clock, network, socket, seen, venue } = connection(0)
  socket.open()
  venue().events.open()
  await clock.advance(HEARTBEAT_MS)
  socket.pong()
  expect(socket.isAlive()).toBe(true)
  await clock.advance(2 * HEARTBEAT_MS)
  expect(venue().sent.every(frame => frame['op'] === 'ping')).toBe(true)
  await clock.advance(HEARTBEAT_MS)
  expect(network.all[0]?.ended).toBe('terminated')
  expect(seen).toContain('lost: no pong within two heartbeats')
  expect(network.all).toHaveLength(2)
})

test('[VN10] a connection that may not be made yet goes back to its backoff', async () => {
  const obstacles: (string | null)[] = ['no budget', null]
  const { clock, network, socket, seen } = connection(1, async () => obstacles.shift() ?? null)
  socket.open()
  await settle()
  expect(seen).toEqual(['lost: no budget'])
  expect(network.all).toHaveLength(0)
  await clock.advance(BACKOFF_BASE_MS)
  expect(network.all).toHaveLength(1)
})

test('[VN11] close is final: nothing is heard, tried or timed after it', async () => {
  const { clock, network, socket, seen, venue } = connection()
  socket.open()
  venue().events.open()
  socket.close()
  const heard = seen.length
  venue().frame({ late: true })
  venue().events.close('farewell')
  socket.drop('again')
  await clock.advance(120_000)
  expect(seen).toHaveLength(heard)
  expect(network.all).toHaveLength(1)
  expect(clock.pending()).toBe(0)
  expect(socket.send('{}')).toBe(false)
})

test('[VN11] frames of a connection that was given up are not heard', async () => {
  const { clock, network, socket, seen } = connection(0)
  socket.open()
  const [first] = network.all
  first?.events.open()
  socket.drop('a frame that cannot be read')
  await clock.advance(1)
  first?.frame({ stale: true })
  first?.events.close('late')
  expect(seen).toEqual(['connecting', 'opened', 'lost: a frame that cannot be read', 'connecting'])
  await settle()
})

test('[VN11] a connection that is not made in time is given up', async () => {
  const { clock, network, socket } = connection(0)
  socket.open()
  await clock.advance(10_000)
  expect(network.all[0]?.ended).toBe('terminated')
  expect(network.all).toHaveLength(2)
})

test('[VN2] a network that takes nothing any more gets no further byte', () => {
  const { socket, venue } = connection()
  socket.open()
  expect(socket.send('{}')).toBe(false)
  venue().events.open()
  expect(socket.send('{}')).toBe(true)
  venue().buffered = 2_000_000
  expect(socket.send('{}')).toBe(false)
})
