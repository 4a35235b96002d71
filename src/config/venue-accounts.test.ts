import { expect, test } from 'vitest'
import { loadConfig } from '../config.ts'
import { err, ok } from '../domain/result.ts'
import { formatProblem } from './problem.ts'

const KEY = '11'.repeat(40)
const REST = 'rest: "http://127.0.0.1:8100"'
const STREAM = 'stream: "ws://127.0.0.1:8100/stream"'
const HEDGE = `
accounts:
  - name: hedge
    venue: lighter
    key: 1234:5
    secretFile: /run/key
    urls: { ${REST}, ${STREAM} }
`

function load(fileText: string, secret = KEY) {
  const readFile = (path: string) => (path === '/run/key' ? ok(secret) : err('no such file'))
  return loadConfig({ flags: {}, env: {}, fileText, readFile })
}

function problemsOf(fileText: string, secret?: string): readonly string[] {
  const loaded = load(fileText, secret)
  return loaded.ok ? [] : loaded.error.map(formatProblem)
}

test('[LA43] an account of Lighter has its indexes as its key and its private keys as its secret', () => {
  const loaded = load(`${HEDGE}lighter: { tier: premium }\n`)
  if (!loaded.ok) throw new Error(loaded.error.map(formatProblem).join('\n'))
  const { accounts, lighter } = loaded.value
  expect(accounts).toMatchObject([{ venue: 'lighter', key: '1234:5', secret: KEY }])
  expect(lighter.tier).toBe('premium')
  const [short] = problemsOf(HEDGE, 'abc123')
  expect(short).toMatch(/^accounts\.0\.key \(config\.yaml:5\): Key index 5: .*80 hex digits/)
  expect(short).not.toContain('abc123')
  const [form] = problemsOf(HEDGE.replace('1234:5', 'hedge'))
  expect(form).toContain('Give "<account index>:<key index>,<key index>,<key index>"')
  const [venues] = problemsOf(HEDGE.replace('1234:5', '1234:2'))
  expect(venues).toContain('those are 4 to 254')
})

test('[LA43] where an account of Lighter trades is said as Lighter has it', () => {
  const [nowhere] = problemsOf(HEDGE.replace(/^ *urls.*\n/m, ''))
  expect(nowhere).toMatch(/^accounts\.0\.urls \(config\.yaml:3\): is missing; .*lockstep exchange --venue/)
  expect(problemsOf(HEDGE.replace(STREAM, `tradeStream${STREAM.slice('stream'.length)}`))).toEqual([
    expect.stringContaining('accounts.0.urls.stream (config.yaml:7): is missing; a paper account of lighter'),
    expect.stringContaining('accounts.0.urls.tradeStream (config.yaml:7): is not used'),
  ])
  const elsewhere = (environment: string) =>
    problemsOf(HEDGE.replace('venue: lighter', `venue: lighter\n    environment: ${environment}`))
  expect(elsewhere('demo')).toEqual([expect.stringContaining('no demo accounts; write testnet')])
  expect(elsewhere('live')).toEqual([expect.stringContaining('only paper accounts have addresses')])
  expect(problemsOf(HEDGE.replace('lighter', 'bybit')).map(each => each.split(' ')[0])).toEqual([
    'accounts.0.urls.publicStream',
    'accounts.0.urls.privateStream',
    'accounts.0.urls.tradeStream',
    'accounts.0.urls.stream',
  ])
})
