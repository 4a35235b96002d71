import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { accountStream } from '../protocol/live.ts'
import { balanceOf } from '../src/live/testing/accounts.ts'
import { ADA, openHome } from '../src/live/testing/homes.ts'

test('[LV45] the example shows what an account is, and what changes', { timeout: 30_000 }, async () => {
  const home = await openHome()
  const file = fileURLToPath(new URL('./example.ts', import.meta.url))
  const child = spawn(process.execPath, [file, home.server.url, 'ada'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  const lines: string[] = []
  createInterface(child.stdout).on('line', line => lines.push(line))
  await expect.poll(() => lines.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(5)
  expect(JSON.parse(lines[0] ?? '')).toEqual({ status: 'online', reason: '' })
  home.ada.change({ kind: 'balances', rows: [balanceOf('12.5')] })
  const expected = { stream: accountStream(ADA, 'balance'), isStale: false, data: [{ total: '12.5' }] }
  await expect.poll(() => JSON.parse(lines.at(-1) ?? '')).toMatchObject(expected)
})
