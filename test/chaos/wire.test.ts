import { once } from 'node:events'
import { createConnection, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { Wire } from './wire.ts'

const endings: (() => void)[] = []
afterEach(() => {
  for (const end of endings.splice(0)) end()
})

/** Something that says everything back, and a client that reaches it through the wire. */
async function echoed() {
  const echo = createServer(socket => socket.on('error', () => {}).pipe(socket))
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  const wire = await Wire.start()
  const address = echo.address()
  if (address === null || typeof address === 'string') throw new Error('the echo does not listen')
  wire.target = address.port
  endings.push(
    () => wire.close(),
    () => echo.close(),
  )
  const dial = () => createConnection(Number(wire.address.split(':')[1]), '127.0.0.1').setEncoding('utf8')
  return { wire, dial }
}

/** Not `once`, for which the reset that comes before is a failure. */
function closed(socket: Socket): Promise<void> {
  return new Promise(resolve => socket.once('close', () => resolve()))
}

test('[CH5] what passes slowly keeps its order', async () => {
  const { wire, dial } = await echoed()
  wire.delayMs = 5
  const client = dial()
  let heard = ''
  client.on('data', text => {
    heard += text
  })
  for (let count = 0; count < 20; count += 1) client.write(`${count} `)
  client.write('end')
  while (!heard.endsWith('end')) await once(client, 'data')
  expect(heard).toBe(`${Array.from({ length: 20 }, (_, count) => count).join(' ')} end`)
  client.destroy()
})

test('[CH5] a cut ends every connection; without an exchange behind it nobody is let in', async () => {
  const { wire, dial } = await echoed()
  const client = dial()
  client.on('error', () => {})
  client.write('hello')
  expect(await once(client, 'data')).toEqual(['hello'])
  wire.cut()
  await closed(client)
  wire.target = null
  const late = dial()
  late.on('error', () => {})
  late.write('hello?')
  await closed(late)
  expect(late.bytesRead).toBe(0)
})
