import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runExchange } from '../../exchange/server/run.ts'
import type { ExchangeServer } from '../../exchange/server/server.ts'
import { decimal } from '../../src/domain/decimal.ts'

// What docs/venues/bybit-exchange.md tells a stranger to type, typed: only the port and the key are put in.
const ROOT = new URL('../../', import.meta.url).pathname
const PAGE = readFileSync(join(ROOT, 'docs/venues/bybit-exchange.md'), 'utf8')
const SECTION = PAGE.slice(PAGE.indexOf('## Your own bot'))
const KEY = { account: 'ada', key: 'ada-key', secret: 'ada-secret' }
const PATIENCE_MS = 30_000

let server: ExchangeServer
let folder: string
let running: ChildProcess[] = []

beforeEach(async () => {
  server = await runExchange({
    port: 0,
    accounts: [{ ...KEY, deposit: decimal('10000') }],
    print: () => undefined,
  })
  // Inside the repository, so that its packages are found as those of an own folder would be.
  mkdirSync(join(ROOT, 'data'), { recursive: true })
  folder = mkdtempSync(join(ROOT, 'data', 'bot-'))
})
afterEach(async () => {
  for (const child of running) child.kill()
  running = []
  rmSync(folder, { recursive: true })
  await server.close()
})

function examples(language: 'js' | 'sh'): readonly string[] {
  const blocks = [...SECTION.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))]
  return blocks.map(([, code = '']) =>
    code
      .replaceAll('127.0.0.1:8100', new URL(server.url).host)
      .replaceAll('THE-KEY', KEY.key)
      .replaceAll('THE-SECRET', KEY.secret),
  )
}

function example(language: 'js' | 'sh', mark: string): string {
  return examples(language).find(code => code.includes(mark)) ?? `no example with ${mark}`
}

/** Runs until everything that is hoped for was said. @returns what was said */
async function saidBy(command: string, args: readonly string[], hopes: readonly RegExp[]): Promise<string> {
  const path = `${dirname(process.execPath)}:${process.env['PATH']}`
  const child = spawn(command, args, { cwd: folder, env: { ...process.env, PATH: path } })
  running.push(child)
  let said = ''
  child.stdout.on('data', text => {
    said += text
  })
  child.stderr.on('data', text => {
    said += text
  })
  const heard = () => hopes.filter(hope => !hope.test(said))
  await expect.poll(heard, { timeout: PATIENCE_MS, interval: 50 }).toEqual([])
  return said
}

async function runs(name: string, code: string, hopes: readonly RegExp[]): Promise<string> {
  writeFileSync(join(folder, `${name}.mjs`), code)
  return saidBy(process.execPath, [`${name}.mjs`], hopes)
}

test('[XW47] the example for bybit-api trades by REST and stream, and hears of it', async () => {
  const topics = ['order', 'execution', 'position', 'wallet', 'tickers.BTCUSDT']
  const hopes = [
    /bought OK [\w-]{36}/,
    /sold OK [\w-]{36}/,
    ...topics.map(topic => new RegExp(`^${topic} \\[?{`, 'm')),
  ]
  const said = await runs('bybit-api', example('js', "from 'bybit-api'"), hopes)
  expect(said).not.toMatch(/Error:|refused/)
  expect(server.exchange.executions(KEY.account).map(({ side }) => side)).toEqual(['sell', 'buy'])
})

test('[XW47] the example for ccxt trades by REST and stream, and ends by itself', async () => {
  const hopes = [/balance 10000/, /last \d+/, /bought [\w-]{36}/, /sold [\w-]{36}/, /trades 2/]
  const said = await runs('ccxt', example('js', "from 'ccxt'"), hopes)
  expect(said).not.toMatch(/Error:|refused/)
  expect(server.exchange.position(KEY.account, 'BTCUSDT').quantity).toBe(0n)
})

test('[XW47] the examples for the shell ask for the balance, and order a fault', async () => {
  await saidBy('bash', ['-c', example('sh', 'openssl')], [/"retCode":0.*"totalEquity":"10000"/])
  await saidBy(
    'bash',
    ['-c', example('sh', 'drop_answer')],
    [/"name":"drop_answer".*"id":1|"id":1.*"name":"drop_answer"/],
  )
  expect(server.faults.list()).toHaveLength(1)
})
