import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { must } from '../domain/result.ts'
import { type LocalSocket, startLocalSocket } from './local.ts'

let folder: string
let socket: LocalSocket | null = null

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockstep-local-'))
})

afterEach(async () => {
  await socket?.close()
  socket = null
  rmSync(folder, { recursive: true })
})

async function start(path = join(folder, 'lockstep.sock')): Promise<string> {
  const started = await startLocalSocket(path, async () => ({ url: 'http://127.0.0.1:1', token: 'one' }))
  socket = must(started.ok ? started.value : null, 'it listens')
  return path
}

function ask(socketPath: string, path: string, method: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, method }, answer => {
      let body = ''
      answer.on('data', chunk => {
        body += String(chunk)
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

test('[AP90] who may open the socket in the data folder gets a pass, and nobody else may open it', async () => {
  const path = await start()
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const { status, body } = await ask(path, '/pass', 'POST')
  expect([status, JSON.parse(body)]).toEqual([200, { url: 'http://127.0.0.1:1', token: 'one' }])
  expect((await ask(path, '/other', 'GET')).status).toBe(404)
})

test('[AP90] a socket that a killed process left is replaced', async () => {
  const path = join(folder, 'lockstep.sock')
  writeFileSync(path, '')
  await start(path)
  expect((await ask(path, '/pass', 'POST')).status).toBe(200)
})

test('[AP91] a path that is too long for a socket is refused with what to do', async () => {
  const started = await startLocalSocket(join(folder, 'x'.repeat(120)), () =>
    Promise.reject(new Error('unused')),
  )
  expect(started).toMatchObject({ ok: false, error: expect.stringContaining('shorter path') })
})
