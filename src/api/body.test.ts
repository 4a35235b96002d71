import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { depthOf } from './body.ts'
import { bearer, type Running, running } from './testing/api.ts'

function post({ api }: Running, payload: string, type = 'application/json') {
  const headers = { ...bearer('owner'), 'content-type': type }
  return api.inject({ method: 'POST', url: '/api/v1/accounts', headers, payload })
}

test('[AP8] a body too large, too deep, not JSON or of another type is refused as such', async () => {
  const here = await running()
  expect((await post(here, `"${'a'.repeat(1_100_000)}"`)).json()).toMatchObject({
    status: 413,
    code: 'too_large',
  })
  const deep = '['.repeat(17) + ']'.repeat(17)
  expect((await post(here, deep)).json()).toMatchObject({
    status: 400,
    detail: expect.stringContaining('nested'),
  })
  expect((await post(here, '{"name":')).json()).toMatchObject({ status: 400, code: 'malformed' })
  expect((await post(here, '')).json()).toMatchObject({ status: 400, code: 'malformed' })
  expect((await post(here, '{"__proto__": {"role": "owner"}}')).json()).toMatchObject({ status: 400 })
  expect((await post(here, 'name=x', 'application/x-www-form-urlencoded')).json()).toMatchObject({
    status: 415,
  })
  expect(here.services.desk.changes).toEqual([])
})

test('[AP8] depth is counted by brackets outside of texts', () => {
  expect(depthOf('{"a":[{"b":[]}]}')).toBe(4)
  expect(depthOf('"[[[["')).toBe(0)
  expect(depthOf('["\\"[[", "\\\\"]')).toBe(1)
  expect(depthOf('[],[],[]')).toBe(1)
  expect(depthOf('')).toBe(0)
})

test('[AP9] what is wrong in a body is named by its path, with what is expected there', async () => {
  const here = await running()
  const answer = await post(
    here,
    JSON.stringify({ name: ' x', venue: 'mtgox', maximumLeverage: '0', extra: 1 }),
  )
  expect(answer.statusCode).toBe(422)
  const { code, errors } = answer.json()
  expect(code).toBe('invalid')
  expect(errors.map(({ path }: { path: string }) => path).sort()).toEqual([
    'body',
    'body.maximumLeverage',
    'body.name',
    'body.venue',
  ])
  expect(answer.body).toContain('an amount above zero in plain digits')
})

test('[AP8] what is no HTTP at all, or has headers without end, gets a problem and a closed connection', async () => {
  const { api } = await running()
  await api.listen({ host: '127.0.0.1', port: 0 })
  const address = api.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const send = async (bytes: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1')
    socket.write(bytes)
    return await text(socket)
  }
  expect(await send('nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*"code":"malformed"/s)
  const long = `GET / HTTP/1.1\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`
  expect(await send(long)).toMatch(/^HTTP\/1\.1 431 .*"code":"headers_too_large"/s)
  await api.close()
})
