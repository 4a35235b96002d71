import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { httpTransport } from './http.ts'

const open: Server[] = []
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
})

async function serve(handler: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(handler ?? (() => {}))
  open.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

const REQUEST = { method: 'POST', path: '/order', headers: {}, body: '{"a":1}', timeoutMs: 5_000 } as const

test('an answer comes with its status, its headers in lower case and its body', async () => {
  const origin = await serve((request, response) => {
    response.setHeader('X-Bapi-Limit', '10')
    request.pipe(response.writeHead(418))
  })
  const transport = httpTransport({ origin })
  const outcome = await transport.send(REQUEST)
  expect(outcome).toMatchObject({ kind: 'answered', status: 418, body: '{"a":1}' })
  expect(outcome.kind === 'answered' && outcome.headers['x-bapi-limit']).toBe('10')
  await transport.close()
})

test('[VN2] a host that nobody can connect to was sent nothing', async () => {
  const origin = await serve(() => {})
  const [server] = open.splice(0)
  await new Promise(resolve => server?.close(resolve))
  const transport = httpTransport({ origin })
  expect((await transport.send(REQUEST)).kind).toBe('not_sent')
  await transport.close()
  expect((await transport.send(REQUEST)).kind).toBe('not_sent')
})

test('[VN3] a request that arrived and was not answered is lost, not unsent', async () => {
  // The venue reads the whole order, then the connection breaks.
  const origin = await serve((request, response) => {
    request.resume().on('end', () => response.destroy())
  })
  const transport = httpTransport({ origin })
  expect((await transport.send(REQUEST)).kind).toBe('lost')
  await transport.close()
})

test('[VN3] an answer that does not come in time is lost', async () => {
  const origin = await serve(request => request.resume())
  const transport = httpTransport({ origin })
  expect((await transport.send({ ...REQUEST, timeoutMs: 50 })).kind).toBe('lost')
  await transport.close()
})

test('[LM2] with 1 024 requests in flight the next one is not sent', async () => {
  // A venue that takes every request and answers none for now.
  const held: (() => void)[] = []
  const origin = await serve((request, response) => {
    request.resume()
    held.push(() => response.end('done'))
    if (isOpen) for (const answer of held.splice(0)) answer()
  })
  let isOpen = false
  const transport = httpTransport({ origin })
  const waiting = Array.from({ length: 1_024 }, () => transport.send({ ...REQUEST, timeoutMs: 60_000 }))
  expect(await transport.send(REQUEST)).toEqual({
    kind: 'not_sent',
    message: '1024 requests are in flight already',
  })
  isOpen = true
  for (const answer of held.splice(0)) answer()
  const kinds = (await Promise.all(waiting)).map(({ kind }) => kind)
  expect(new Set(kinds)).toEqual(new Set(['answered']))
  expect((await transport.send(REQUEST)).kind).toBe('answered')
  await transport.close()
})

test('[LM3] an answer of more than 8 MiB is not read to its end', async () => {
  const origin = await serve((request, response) => {
    request.resume()
    response.end(Buffer.alloc(8_388_609))
  })
  const transport = httpTransport({ origin })
  expect((await transport.send(REQUEST)).kind).toBe('lost')
  await transport.close()
})
