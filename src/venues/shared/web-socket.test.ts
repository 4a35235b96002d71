import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { webSocketDial } from './web-socket.ts'

const servers: WebSocketServer[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    for (const client of server.clients) client.terminate()
    server.close()
  }
})

async function serve(onConnection: (peer: WebSocket) => void): Promise<string> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  servers.push(server)
  server.on('connection', onConnection)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `ws://127.0.0.1:${address.port}`
}

/** Dials, and settles when the connection has ended. */
function dialed(url: string, onOpen: (send: (text: string) => void, close: () => void) => void) {
  const seen: string[] = []
  const ended = new Promise<string[]>(resolve => {
    const socket = webSocketDial()(url, {
      open: () => {
        seen.push('open')
        onOpen(
          text => socket.send(text),
          () => socket.close(),
        )
      },
      message: text => seen.push(text),
      close: message => {
        seen.push(message)
        resolve(seen)
      },
    })
  })
  return ended
}

test('frames go both ways, and the end says who ended it', async () => {
  const url = await serve(peer =>
    peer.on('message', text => {
      peer.send(`echo ${text}`)
      peer.close(1012, 'service restart')
    }),
  )
  const seen = await dialed(url, send => send('hello'))
  expect(seen).toEqual(['open', 'echo hello', 'closed by the venue: 1012 service restart'])
})

test('a connection that is refused ends once, with the reason', async () => {
  const url = await serve(() => {})
  for (const server of servers.splice(0)) await new Promise(resolve => server.close(resolve))
  const seen = await dialed(url, () => {})
  expect(seen).toHaveLength(1)
  expect(seen[0]).toContain('ECONNREFUSED')
})

test('[VN11] closing ends the connection', async () => {
  const url = await serve(() => {})
  const seen = await dialed(url, (_send, close) => close())
  expect(seen[0]).toBe('open')
  expect(seen).toHaveLength(2)
})

test('[LM3] a frame of more than 4 MiB ends the connection', async () => {
  const url = await serve(peer => peer.send('x'.repeat(4_194_305)))
  const seen = await dialed(url, () => {})
  expect(seen).toEqual(['open', 'Max payload size exceeded'])
})
