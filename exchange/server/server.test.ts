import { createServer } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { decimal } from '../../src/domain/decimal.ts'
import { DEFAULT_INSTRUMENTS } from '../core/instruments.ts'
import { runExchange } from './run.ts'
import type { ExchangeServer } from './server.ts'

const servers: ExchangeServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

const start = (port: number, host = '127.0.0.1') => runExchange({ port, host, print: () => undefined })

test('[XW28] a port that is taken, and an address that is not here, are refused with what to do', async () => {
  const first = await start(0)
  servers.push(first)
  const port = Number(new URL(first.url).port)
  await expect(start(port)).rejects.toThrow(
    `127.0.0.1:${port} is taken by another process. Choose another port`,
  )
  // Reserved for documentation (RFC 5737): no machine has it.
  await expect(start(0, '192.0.2.1')).rejects.toThrow('is no address of this machine')
  // What was refused has left nothing behind: the first still answers, and its port is free after it.
  await servers.pop()?.close()
  const next = createServer().listen(port, '127.0.0.1')
  await new Promise(resolve => next.once('listening', resolve))
  next.close()
})

test('[XW39] contracts that are not base units are refused, because the wire could not say so', async () => {
  const instruments = DEFAULT_INSTRUMENTS.map(each => ({ ...each, contractSize: decimal('0.01') }))
  await expect(runExchange({ instruments, print: () => undefined })).rejects.toThrow(
    'BTCUSDT counts in contracts of 0.01, and Bybit counts in base units. Give it a contract size of 1.',
  )
})
