import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type ConfigProblem, formatProblem } from './config/problem.ts'
import { describeConfig } from './config/show.ts'
import { type Config, type ConfigInput, loadConfig, loadPlaces } from './config.ts'
import { decimal } from './domain/decimal.ts'
import { PAIR_DEFAULTS, QUOTING_DEFAULTS } from './domain/pair.ts'
import { err, ok } from './domain/result.ts'

const FILES: Readonly<Record<string, string>> = {
  '/run/leader': 'leader-secret\n',
  '/run/follower': 'follower-secret',
  '/run/empty': ' \n',
}

const COPY = `
accounts:
  - name: leader
    venue: bybit
    key: leader-key
    secretFile: /run/leader
  - name: follower
    venue: bybit
    key: follower-key
    secretFile: /run/follower
    maximumLeverage: 3
sources:
  - name: desk
    account: leader
strategies:
  - name: copy
    source: desk
links:
  - strategy: copy
    account: follower
    sizing: { kind: fixed_notional, notional: 250.5 }
`

function load(input: Partial<ConfigInput>) {
  return loadConfig({
    flags: {},
    env: {},
    fileText: null,
    readFile: path => {
      const text = FILES[path]
      return text === undefined ? err('no such file') : ok(text)
    },
    ...input,
  })
}

function configOf(input: Partial<ConfigInput>): Config {
  const result = load(input)
  if (!result.ok) throw new Error(result.error.map(formatProblem).join('\n'))
  return result.value
}

function problemsOf(input: Partial<ConfigInput>): string[] {
  const result = load(input)
  const problems: ConfigProblem[] = result.ok ? [] : result.error
  return problems.map(formatProblem)
}

test('[CF1] with nothing configured, everything has its default', () => {
  const config = configOf({})
  expect(config.data.folder).toBe('./data')
  expect(config.risk).toMatchObject({ killSwitch: false, maximumLeverage: null, deniedSymbols: [] })
  expect(config.accounts).toEqual([])
  expect(config.originOf(['log', 'level'])).toEqual({ layer: 'default', place: 'default' })
})

test('[CF2] a flag wins over the environment, the environment over the file, the file over the default', () => {
  // Each layer sets one value more than the one above it, so that each is seen to win once.
  const fileText = 'log: { level: warn, format: pretty }\nsessions:\n  lingerMs: 1000\n'
  const env = { LOCKSTEP__LOG__LEVEL: 'error', LOCKSTEP__LOG__FORMAT: 'json' }
  const config = configOf({ fileText, env, flags: { 'log.level': 'debug' } })
  expect(config.log).toEqual({ level: 'debug', format: 'json' })
  expect(config.sessions.lingerMs).toBe(1000)
  expect(config.originOf(['log', 'level']).place).toBe('flag log.level')
  expect(config.originOf(['log', 'format']).place).toBe('LOCKSTEP__LOG__FORMAT')
  expect(config.originOf(['sessions', 'lingerMs']).place).toBe('config.yaml:3')
})

test('[CF3] variables are matched whatever their case, and max stands for maximum', () => {
  expect(configOf({ env: { LOCKSTEP__RISK__MAX_LEVERAGE: '2.5' } }).risk.maximumLeverage).toBe(decimal('2.5'))
  expect(configOf({ env: { lockstep__risk__maximumleverage: '3' } }).risk.maximumLeverage).toBe(decimal('3'))
  // A single underscore belongs to other settings.
  expect(configOf({ env: { LOCKSTEP_OWNER_EMAIL: 'a@b.c' } }).accounts).toEqual([])
})

test('[CF17] the file of master keys has a short name in the environment, as containers know it', () => {
  const config = configOf({ env: { LOCKSTEP_MASTER_KEY_FILE: '/run/master' } })
  expect(config.security.masterKeyFile).toBe('/run/master')
  expect(config.originOf(['security', 'masterKeyFile']).place).toBe('LOCKSTEP_MASTER_KEY_FILE')
  const env = { LOCKSTEP_MASTER_KEY_FILE: '/run/a', LOCKSTEP__SECURITY__MASTER_KEY_FILE: '/run/b' }
  expect(problemsOf({ env })).toEqual([expect.stringContaining('keep one of them')])
})

test('[CF18] where a server keeps its own is found without what only the server can read', () => {
  const places = loadPlaces({
    flags: {},
    env: { LOCKSTEP__ACCOUNTS__FOLLOWER__SECRET_FILE: '/run/nowhere', LOCKSTEP__DATA__FOLDER: '/srv/desk' },
    fileText: COPY,
    readFile: () => err('no such file'),
  })
  expect(places).toEqual(ok({ dataFolder: '/srv/desk', masterKeyFile: null }))
  const wrong = loadPlaces({ flags: {}, env: {}, fileText: 'data: here', readFile: () => ok('') })
  expect(wrong.ok ? [] : wrong.error.map(formatProblem)).toEqual([
    'data (config.yaml:1): expected keys with values, found "here"',
  ])
})

test('[CF4] a variable that ends in _FILE names the file that holds the value', () => {
  const env = { LOCKSTEP__ACCOUNTS__FOLLOWER__KEY_FILE: '/run/leader' }
  expect(configOf({ fileText: COPY, env }).accounts[1]?.key).toBe('leader-secret')
  expect(problemsOf({ env: { LOCKSTEP__LOG__LEVEL_FILE: '/run/none' } })).toEqual([
    'LOCKSTEP__LOG__LEVEL_FILE: the file /run/none cannot be read: no such file',
  ])
  expect(problemsOf({ env: { LOCKSTEP__LOG__LEVEL_FILE: '/run/empty' } })).toEqual([
    'LOCKSTEP__LOG__LEVEL_FILE: the file /run/empty is empty; it must hold the value alone',
  ])
})

test('[CF5] an unknown key is an error that names the nearest known one', () => {
  expect(problemsOf({ fileText: 'log:\n  levle: warn\n' })).toEqual([
    'log.levle (config.yaml:2): there is no such key; did you mean level?',
  ])
  expect(problemsOf({ flags: { 'risk.maxLevrage': '2' } })).toEqual([
    'flag risk.maxLevrage: there is no key maxLevrage; did you mean maximumLeverage?',
  ])
  expect(problemsOf({ env: { LOCKSTEP__SESSIONS__PATIENCE: '2' } })).toEqual([
    'LOCKSTEP__SESSIONS__PATIENCE: there is no key PATIENCE; known here: lingerMs',
  ])
  const [problem] = problemsOf({ fileText: COPY.replace('notional: 250.5', 'notinal: 250.5') })
  expect(problem).toBe(
    'links.0.sizing.notional (config.yaml:21): is missing; expected an amount above zero in plain digits, like 0.25',
  )
})

test('[CF6] a wrong value is named with its path, its place and what is expected', () => {
  const fileText = 'risk:\n  maximumLeverage: 1e3\n  killSwitch: yes\nlog: warn\n'
  expect(problemsOf({ fileText, env: { LOCKSTEP__ENGINE__RECONCILE_EVERY_MS: '1.5' } })).toEqual([
    'log (config.yaml:4): expected keys with values, found "warn"',
    'risk.killSwitch (config.yaml:3): expected true or false, found "yes"',
    'risk.maximumLeverage (config.yaml:2): expected an amount above zero in plain digits, like 0.25, or none, found "1e3"',
    'engine.reconcileEveryMs (LOCKSTEP__ENGINE__RECONCILE_EVERY_MS): expected a whole number from 1 to 86400000, found "1.5"',
  ])
})

test('[CF7] amounts keep every digit that is written, quoted or not', () => {
  const written = '12345678901234567890.123456789012345678'
  const fileText = `risk:\n  maximumTotalNotional: ${written}\n  maximumOrderNotional: "0.10"\n`
  expect(configOf({ fileText }).risk.maximumTotalNotional).toBe(decimal(written))
  expect(configOf({ fileText }).risk.maximumOrderNotional).toBe(decimal('0.1'))
})

test('[CF8] a name that is not defined is an error that lists the defined ones', () => {
  const fileText = COPY.replace('account: follower', 'account: folower').replace(
    'source: desk',
    'source: dask',
  )
  expect(problemsOf({ fileText })).toEqual([
    'strategies.0.source (config.yaml:17): there is no source dask; known: desk',
    'links.0.account (config.yaml:20): there is no account folower; known: leader, follower',
  ])
})

test('[CF9] a leader cannot follow itself, and a name is used once', () => {
  expect(problemsOf({ fileText: COPY.replace('account: follower', 'account: leader') })).toEqual([
    'links.0.account (config.yaml:20): leader is the leader of copy',
  ])
  expect(problemsOf({ fileText: COPY.replace('name: follower', 'name: leader') })[0]).toContain(
    'the name leader is taken',
  )
})

test('[CF10] secrets come from files or the environment, and are shown nowhere', () => {
  const config = configOf({ fileText: COPY })
  expect(config.accounts[0]?.secret).toBe('leader-secret')
  const shown = JSON.stringify(describeConfig(config))
  expect(shown).not.toMatch(/leader-secret|follower-secret|leader-key/)

  // Written where everybody reads it, a secret is refused, and the message does not repeat it.
  const inFile = problemsOf({ fileText: COPY.replace('secretFile: /run/leader', 'secret: hunter2') })
  expect(inFile).toHaveLength(1)
  expect(inFile[0]).toMatch(/^accounts\.0\.secret \(config\.yaml:6\): a secret does not belong in the file/)
  const empty = problemsOf({ fileText: COPY.replace('key: leader-key', 'key: { leader: key }') })
  expect(empty.join()).not.toContain('leader: key')
})

test('[CF11] all problems are told at once', () => {
  const fileText = `${COPY}engine: { reconcileEveryMs: soon }\nexchange: { port: 70000 }\n`
  expect(problemsOf({ fileText, flags: { nonsense: '1' } })).toHaveLength(3)
})

test('[CF12] a file that is not YAML is told by its line', () => {
  expect(problemsOf({ fileText: 'log:\n  level: [warn\n' })[0]).toMatch(/^config\.yaml:\d+: this is not YAML/)
  expect(problemsOf({ fileText: '- log\n' })).toEqual([
    'config.yaml: expected keys with values, like "log:" and "risk:"',
  ])
})

test('[CF13] a list may be written with commas, and an entry of a list is set by its name or number', () => {
  const env = {
    LOCKSTEP__RISK__ALLOWED_SYMBOLS: 'BTCUSDT, ETHUSDT',
    LOCKSTEP__ACCOUNTS__FOLLOWER__STATUS: 'inactive',
    LOCKSTEP__LINKS__0__MODE: 'close_only',
  }
  const config = configOf({ fileText: COPY, env })
  expect(config.risk.allowedSymbols).toEqual(['BTCUSDT', 'ETHUSDT'])
  expect(config.accounts[1]?.status).toBe('inactive')
  expect(config.links[0]?.mode).toBe('close_only')
  expect(problemsOf({ fileText: COPY, env: { LOCKSTEP__ACCOUNTS__FOLOWER__STATUS: 'active' } })).toEqual([
    'LOCKSTEP__ACCOUNTS__FOLOWER__STATUS: the configuration file has no entry FOLOWER here; did you mean follower?',
  ])
})

test('[CF14] two variables for one value are an error, not a race', () => {
  const env = { LOCKSTEP__RISK__MAX_LEVERAGE: '2', LOCKSTEP__RISK__MAXIMUM_LEVERAGE: '3' }
  expect(problemsOf({ env })[0]).toContain('sets risk.maximumLeverage as well')
})

test('[CF15] every value is listed with where it comes from', () => {
  const shown = describeConfig(configOf({ fileText: COPY, flags: { 'log.level': 'warn' } }))
  const find = (path: string) => shown.find(each => each.path === path)
  expect(find('log.level')).toEqual({ path: 'log.level', value: 'warn', origin: 'flag log.level' })
  expect(find('links.0.sizing.notional')).toMatchObject({ value: '250.5', origin: 'config.yaml:21' })
  expect(find('risk.maximumLeverage')).toMatchObject({ value: 'none', origin: 'default' })
  expect(find('accounts.0.secret')).toMatchObject({ value: '[hidden]' })
})

test('[CF16] the example in the documents can be used as it stands', () => {
  const guide = readFileSync(new URL('../docs/configuration.md', import.meta.url), 'utf8')
  const fileText = /```yaml\n([^`]*)```/.exec(guide)?.[1] ?? ''
  const config = configOf({ fileText, readFile: path => ok(`what is in ${path}`) })
  expect(config.links).toEqual([{ strategy: 'copy-desk', account: 'follower-1', mode: 'on' }])
  expect(config.strategies[0]?.sizing).toEqual({ kind: 'ratio', inverse: false, ratio: decimal('0.25') })
})

test('[CF19] history has schedules of its own, each by an interval or by cron, and those that are always there', () => {
  const usual = configOf({}).history
  expect(usual).toMatchObject({ enabled: true, everyMs: 30_000, sweepAt: '17 4 * * *', schedules: [] })
  expect(configOf({ fileText: 'history: { sweepAt: none }\n' }).history.sweepAt).toBeNull()
  const schedule = 'history: { schedules: [{ name: monthly, cron: "0 0 1 * *", sweepDays: 31 }] }\n'
  expect(configOf({ fileText: schedule }).history.schedules).toMatchObject([
    { name: 'monthly', everyMs: null },
  ])
  const wrong = (text: string) => problemsOf({ fileText: `history: { schedules: [${text}] }\n` })
  expect(wrong('{ name: sweep, everyMs: 60000 }')).toEqual([
    'history.schedules.0.name (config.yaml:1): sweep is the name of one that is always there',
  ])
  expect(wrong('{ name: mine }')[0]).toContain('by everyMs or by cron, one of them')
  expect(wrong('{ name: mine, cron: soon }')[0]).toContain('expected a cron pattern like "0 3 * * *", in UTC')
  expect(problemsOf({ env: { LOCKSTEP__HISTORY__EVERY_MS: '10' } })[0]).toContain('from 5000 to')
})

test('[CF22] a pair needs its legs and its tolerance; the rest has defaults, and legs name accounts that there are', () => {
  const pairs = (text: string) => `${COPY}pairs: [{ name: hedge, ${text} }]\n`
  const legs = 'a: { account: leader, symbol: BTCUSDT }, b: { account: follower, symbol: BTCUSDT }'
  const [pair] = configOf({ fileText: pairs(`${legs}, tolerance: 0.002`) }).pairs
  expect(pair).toMatchObject({
    ratioBps: 10_000,
    attempts: 3,
    confirmTimeoutMs: 30_000,
    forceCloseAfterMs: 30_000,
  })
  expect(pair?.quoting).toBeUndefined()
  const quoting = 'quoting: { quantity: 0.01, depthLevel: 2 }'
  expect(configOf({ fileText: pairs(`${legs}, tolerance: 0.002, ${quoting}`) }).pairs[0]?.quoting).toEqual({
    quantity: decimal('0.01'),
    depthLevel: 2,
    makerTimeoutMs: 30_000,
    maximumCycles: null,
  })
  expect(problemsOf({ fileText: pairs(legs) })[0]).toContain('pairs.0.tolerance')
  const other = legs.replace('account: follower', 'account: nobody')
  expect(problemsOf({ fileText: pairs(`${other}, tolerance: 1`) })[0]).toContain('there is no account nobody')
})

test('[CF20] a pair that names only its legs, its tolerance and what to quote is the one that the documents show', () => {
  const guide = readFileSync(new URL('../docs/configuration.md', import.meta.url), 'utf8')
  const shown = [...guide.matchAll(/```yaml\n([^`]*)```/g)][1]?.[1] ?? ''
  const accounts = ['quotes', 'hedges'].map(
    name => `  - { name: ${name}, venue: bybit, key: k, secretFile: s }\n`,
  )
  const legs = 'a: { account: quotes, symbol: BTCUSDT }, b: { account: hedges, symbol: BTCUSDT }'
  const short = `pairs: [{ name: maker, ${legs}, tolerance: 0.002, quoting: { quantity: 0.01 } }]\n`
  const pairsOf = (pairs: string) => {
    const fileText = `accounts:\n${accounts.join('')}${pairs}`
    return configOf({ fileText, readFile: path => ok(`what is in ${path}`) }).pairs
  }
  expect(pairsOf(shown)).toEqual(pairsOf(short))
  expect(pairsOf(short)).toMatchObject([{ ...PAIR_DEFAULTS, quoting: QUOTING_DEFAULTS }])
})
