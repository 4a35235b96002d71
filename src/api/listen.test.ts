import { expect, test } from 'vitest'
import { hostToBind, listen } from './listen.ts'
import { running } from './testing/api.ts'

test('[AP26] until somebody owns the server, only this machine reaches it', () => {
  expect(hostToBind('0.0.0.0', false)).toBe('127.0.0.1')
  expect(hostToBind('0.0.0.0', true)).toBe('0.0.0.0')
})

test('[AP26] a server without an owner listens here and says what to do to be reached from elsewhere', async () => {
  const { api, services } = await running()
  const warned: string[] = []
  const log = { ...services.log, warn: (event: string) => void warned.push(event) }
  const url = await listen(api, { host: '0.0.0.0', port: 0, hasOwner: false, log })
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(warned).toEqual(['api_bound_to_this_machine'])
  expect((await fetch(`${url}/livez`)).status).toBe(200)
  await api.close()
})
