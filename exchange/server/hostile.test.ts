import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { ACCOUNT, orderFields, startVenue, TestSocket, type TestVenue } from './fixture.ts'

// One client misbehaves; the other one goes on trading, and what the first takes of the exchange has an end.
const LARGE = 16 * 1_024 * 1_024
const FLOOD = 20_000

let venue: TestVenue
const sockets: TestSocket[] = []
const raws: Socket[] = []

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close()
  for (const raw of raws.splice(0)) raw.destroy()
  await venue.close()
})

async function trader(): Promise<TestSocket> {
  const socket = await TestSocket.open(venue.server.streams.trade)
  sockets.push(socket)
  await socket.login()
  return socket
}

async function trades(socket: TestSocket, reqId: string): Promise<void> {
  const header = { 'X-BAPI-TIMESTAMP': String(Date.now()) }
  socket.send({
    op: 'order.create',
    reqId,
    header,
    args: [{ category: 'linear', ...orderFields({ qty: '0.001' }) }],
  })
  expect(await socket.until(frame => frame['reqId'] === reqId)).toMatchObject({ retCode: 0 })
}

function raw(): Promise<Socket> {
  const { port } = new URL(venue.server.url)
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true }, () =>
      resolve(socket),
    )
    socket.once('error', reject)
    raws.push(socket)
  })
}

/** Everything a raw socket gets until the other side ends it. */
function ended(socket: Socket): Promise<string> {
  return new Promise(resolve => {
    let text = ''
    socket.on('data', data => {
      text += data.toString('latin1')
    })
    socket.on('error', () => resolve(text))
    socket.on('close', () => resolve(text))
    socket.on('end', () => {
      socket.destroy()
    })
  })
}

test('[XW36] a client that floods gets its limits, another’s order goes through in between', async () => {
  venue = await startVenue()
  venue.server.addAccount({ account: 'flooder', key: 'flooder', secret: 'flooder' })
  const bad = await TestSocket.open(venue.server.streams.trade)
  sockets.push(bad)
  await bad.login('flooder', 'flooder')
  const header = { 'X-BAPI-TIMESTAMP': String(Date.now()) }
  const order = { category: 'linear', ...orderFields({ qty: '0.001' }) }
  for (let count = 0; count < FLOOD; count += 1)
    bad.send({ op: 'order.create', reqId: `f${count}`, header, args: [order] })
  // By REST: requests on trade streams share a limit per address, and both clients have the same one here.
  expect((await venue.order({ qty: '0.001' })).code).toBe(0)
  await bad.when(() => bad.frames.length > FLOOD || bad.closedWith !== null)
  expect(venue.exchange.executions('flooder').length).toBeLessThan(200)
  expect(venue.exchange.executions(ACCOUNT)).toHaveLength(1)
})

test('[XW36] 16 MB, as a body or as a frame, are refused before they are held', async () => {
  venue = await startVenue()
  const good = await trader()
  const socket = await raw()
  const answer = ended(socket)
  socket.write(`POST /v5/order/create HTTP/1.1\r\nHost: x\r\nContent-Length: ${LARGE}\r\n\r\n`)
  for (let sent = 0; sent < LARGE && socket.writable; sent += 65_536) socket.write(Buffer.alloc(65_536, 97))
  expect(await answer).toMatch(/^HTTP\/1.1 413 .*"retCode":10001/s)
  const stream = await TestSocket.open(venue.server.streams.private)
  sockets.push(stream)
  stream.send('a'.repeat(LARGE))
  await stream.when(() => stream.closedWith !== null)
  expect(stream.closedWith).toBe(1009)
  await trades(good, 'after')
})

test('[XW36] a client that closes its half is answered, and let go', async () => {
  venue = await startVenue()
  const good = await trader()
  const asking = await raw()
  const answer = ended(asking)
  asking.end('GET /v5/market/time HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  expect(await answer).toContain('"timeNano"')
  const streaming = await raw()
  const closed = ended(streaming)
  const upgrade = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n'
  streaming.end(
    `GET /v5/private HTTP/1.1\r\nHost: x\r\n${upgrade}Sec-WebSocket-Key: ${'A'.repeat(22)}==\r\n\r\n`,
  )
  expect(await closed).toMatch(/^HTTP\/1.1 101/)
  await trades(good, 'after')
})

test('[XW36] what is no HTTP at all is cut off', async () => {
  venue = await startVenue()
  const socket = await raw()
  const answer = ended(socket)
  socket.write('\u0016\u0003\u0001\u0002\u0000\u0001'.repeat(100))
  expect(await answer).toMatch(/^HTTP\/1.1 400/)
  await trades(await trader(), 'after')
})
