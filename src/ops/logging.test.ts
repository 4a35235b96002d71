import { expect, test } from 'vitest'
import { createLog, type LogFormat, type LogLevel } from './logging.ts'

function collect(options: { level?: LogLevel; format?: LogFormat }) {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  return { lines, log: createLog({ level: 'info', format: 'json', ...options, destination }) }
}

test('[OP1] a line is one JSON object with its level, time, event and fields', () => {
  const { lines, log } = collect({})
  log.warn('session_dropped', { account: 'follower-1', offsetMs: 12, reason: null })
  expect(lines).toHaveLength(1)
  const line = JSON.parse(lines[0] ?? '')
  expect(line).toMatchObject({ level: 'warn', event: 'session_dropped', account: 'follower-1', offsetMs: 12 })
  expect(Date.parse(line.time)).not.toBeNaN()
})

test('[OP2] what is called like a secret is hidden, in both formats', () => {
  const secrets = {
    apiKey: 'abc1',
    api_secret: 'abc2',
    accessToken: 'abc3',
    password: 'abc4',
    'X-BAPI-SIGN': 'abc5',
  }
  for (const format of ['json', 'pretty'] as const) {
    const { lines, log } = collect({ format })
    log.info('login', { ...secrets, account: 'visible', monkey: 'visible too' })
    expect(lines.join()).not.toContain('abc')
    expect(lines.join()).toContain('visible too')
  }
})

test('[OP3] lines below the level are not written', () => {
  const { lines, log } = collect({ level: 'warn' })
  log.info('quiet')
  log.error('loud')
  expect(lines).toHaveLength(1)
})

test('[OP4] a pretty line stays one line whatever its fields hold', () => {
  const { lines, log } = collect({ format: 'pretty' })
  log.info('order_refused', { code: 110017, message: 'no position\nto reduce', account: 'a' })
  expect(lines[0]).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} info {2}order_refused code=110017 message="no position\\nto reduce" account=a\n$/,
  )
})
