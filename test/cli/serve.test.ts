import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { formatDecimal } from '../../src/domain/decimal.ts'
import type { Decision } from '../../src/domain/decision.ts'
import { SILENT } from '../../src/ports/observe.ts'
import type { Store } from '../../src/ports/store.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import { eventually, type Lockstep, type Row, rowsOf, World } from './lockstep.ts'
import { Relay } from './relay.ts'
import { unsettledOrders } from './truth.ts'
import { type Key, PaperVenue } from './venue.ts'

const SECRET = 'a-paper-secret'
const keyOf = (account: string): Key => ({ key: `${account}-key`, secret: SECRET })
/** A market that stands still, of the one symbol that its exchange then lists. */
const CANDLES = [
  'open_time,open,high,low,close,volume',
  '2023-11-14 22:13:00+00:00,60000,60010,59990,60000,10',
  '2023-11-14 22:14:00+00:00,60000,60010,59990,60000,10',
]

describe('lockstep serve', () => {
  let world: World
  let relay: Relay | null = null
  beforeEach(() => {
    world = new World()
    writeFileSync(join(world.folder, 'secret'), SECRET)
    writeFileSync(join(world.folder, 'wrong-secret'), 'another')
  })
  afterEach(async () => {
    relay?.close()
    await world.end()
  })

  const configure = (text: string) => writeFileSync(join(world.folder, 'config.yaml'), text)
  const startExchange = async (...args: readonly string[]): Promise<PaperVenue> => {
    const exchange = world.start(['exchange', ...args])
    const url = await exchange.says('stdout', lines => /http:\/\/[\d.:]+/.exec(lines[0] ?? '')?.[0])
    return new PaperVenue(url)
  }

  test('[CL11] a trade that bybit-api makes for the leader is copied by the configuration, in another process', async () => {
    const venue = await startExchange()
    for (const account of ['leader', 'follower-1']) await venue.open(account, keyOf(account))
    configure(`
http: { port: none }
accounts:
${accountText('leader', venue.url)}
${accountText('follower-1', venue.url, { maximumLeverage: '3' })}
sources: [{ name: desk, account: leader }]
strategies:
  - name: copy-desk
    source: desk
    sizing: { kind: ratio, ratio: 0.25 }
    entry: { kind: marketable_limit, slippageBps: 20 }
    leverage: { kind: capped, leverage: 3 }
    maxAgeMs: 10000
    maxDriftBps: 50
    limits: { maximumOrderNotional: 5000, allowedSymbols: [BTCUSDT, ETHUSDT] }
links: [{ strategy: copy-desk, account: follower-1 }]
risk: { maximumTotalNotional: 100000, maximumOrdersPerMinute: 60 }
`)
    const server = world.start(['serve'])
    await live(server, ['leader', 'follower-1'])
    await venue.client(keyOf('leader')).market('BTCUSDT', 'Buy', '0.02')
    await eventually(async () => (await venue.filled('follower-1')).length > 0, 'the follower trades')
    expect(await venue.filled('follower-1')).toMatchObject([
      { side: 'buy', symbol: 'BTCUSDT', quantity: '0.005' },
    ])
    await venue.client(keyOf('leader')).market('BTCUSDT', 'Sell', '0.02')
    await eventually(async () => (await venue.filled('follower-1')).length > 1, 'the follower closes')
    const data = join(world.folder, 'data')
    await eventually(() => unsettledOrders(data) === 0, 'the trades are taken in')
    expect((await server.end('SIGINT')).code).toBe(0)
    expect(await outcomesOf(data, 'follower-1')).toEqual([
      'reduce -0.005 copied copied',
      'increase 0.005 copied copied',
    ])
  })

  test("[CL12] one account's trouble is its own: the others go on copying, and each says why it does not", async () => {
    const venue = await startExchange()
    for (const account of ['leader', 'good', 'wrong', 'odd', 'small'])
      await venue.open(account, keyOf(account))
    writeFileSync(join(world.folder, 'BTCUSDT.csv'), CANDLES.join('\n'))
    const other = await startExchange('--candles', 'BTCUSDT.csv')
    await other.open('elsewhere', keyOf('elsewhere'))
    relay = await Relay.start(venue.url, disturbed())
    const port = await freePort()
    configure(`
http: { port: none }
accounts:
${accountText('leader', venue.url)}
${accountText('good', venue.url)}
${accountText('wrong', venue.url, { secretFile: 'wrong-secret' })}
${accountText('odd', relay.url)}
${accountText('small', venue.url)}
${accountText('elsewhere', other.url)}
${accountText('away', `http://127.0.0.1:${port}`)}
sources: [{ name: desk, account: leader }]
strategies: [{ name: copy-desk, source: desk }]
links:
${['good', 'wrong', 'odd', 'elsewhere', 'away'].map(name => `  - { strategy: copy-desk, account: ${name} }`).join('\n')}
  - { strategy: copy-desk, account: small, sizing: { kind: ratio, ratio: 0.001 } }
`)
    const server = world.start(['serve'])
    await live(server, ['leader', 'good', 'odd', 'small', 'elsewhere'])
    await logged(server, row => row['event'] === 'notice' && row['code'] === 'key_refused')
    const leader = venue.client(keyOf('leader'))
    for (let trade = 1; trade <= 3; trade += 1) {
      await leader.market('ETHUSDT', 'Buy', '0.5')
      for (const account of ['good', 'odd'])
        await eventually(
          async () => (await venue.filled(account)).length >= trade,
          `trade ${trade} of ${account}`,
        )
    }
    // The venue that was away comes up: nobody has to restart anything.
    const late = await startExchange('--port', String(port))
    await late.open('away', keyOf('away'))
    await live(server, ['away'])
    expect((await server.end('SIGTERM')).code).toBe(0)

    const data = join(world.folder, 'data')
    expect(await outcomesOf(data, 'good')).toEqual(Array(3).fill('increase 0.05 copied copied'))
    expect(await outcomesOf(data, 'odd')).toEqual(Array(3).fill('increase 0.05 copied copied'))
    expect(await outcomesOf(data, 'small')).toEqual(Array(3).fill('increase 0.0005 carried below_lot'))
    expect(await outcomesOf(data, 'elsewhere')).toEqual(Array(3).fill('increase 0 skipped symbol_unknown'))
    expect(await outcomesOf(data, 'wrong')).toEqual(Array(3).fill('increase 0 skipped key_refused'))
    const notices = await withStore(data, store => store.notices(100))
    expect(notices.find(({ code }) => code === 'key_refused')).toMatchObject({
      text: expect.stringMatching(/account wrong\b/),
      action: expect.stringMatching(/^Renew it/),
    })
    const malformed = rowsOf(server.lines.stderr).filter(row => String(row['event']).includes('malformed'))
    expect(malformed.length).toBeGreaterThan(0)
  })
})

/** An account of a paper exchange that another process runs. */
function accountText(name: string, url: string, more: Readonly<Record<string, string>> = {}): string {
  const stream = url.replace('http', 'ws')
  const fields = {
    name,
    venue: 'bybit',
    environment: 'paper',
    key: keyOf(name).key,
    secretFile: 'secret',
    ...more,
  }
  return `  - { ${Object.entries(fields)
    .map(([key, value]) => `${key}: ${value}`)
    .join(
      ', ',
    )}, urls: { rest: "${url}", privateStream: "${stream}/v5/private", tradeStream: "${stream}/v5/trade", publicStream: "${stream}/v5/public/linear" } }`
}

/** Nonsense with every report, and an order that nobody here has sent. */
function disturbed(): (frame: string) => readonly string[] {
  return frame => {
    if (!frame.includes('"topic":"order"')) return []
    const foreign = frame
      .replaceAll(/"orderId":"[^"]*"/g, '"orderId":"nobody-knows"')
      .replaceAll(/"orderLinkId":"[^"]*"/g, '"orderLinkId":"somebody-elses"')
    return ['not even JSON', '{"topic":"execution","data":[{"execQty":"many"}]}', '[]', foreign]
  }
}

async function live(server: Lockstep, accounts: readonly string[]): Promise<void> {
  for (const account of accounts)
    await logged(
      server,
      row => row['event'] === 'session' && row['account'] === account && row['state'] === 'live',
    )
}

async function logged(server: Lockstep, fits: (row: Row) => boolean): Promise<Row> {
  return server.says('stderr', lines => rowsOf(lines).find(fits))
}

/** What became of each fill of its leader, newest first. */
function outcomesOf(folder: string, name: string): Promise<readonly string[]> {
  return withStore(folder, async store => {
    const { accounts, links } = await store.load()
    const account = accounts.find(row => row.name === name)
    const link = links.find(row => row.accountId === account?.id)
    if (link === undefined) throw new Error(`${name} has no link`)
    return (await store.decisions({ linkId: link.id, limit: 100 })).map(outcomeText)
  })
}

async function withStore<T>(folder: string, read: (store: Store) => Promise<T>): Promise<T> {
  const opened = await openSqliteStore({ path: join(folder, 'lockstep.db'), log: SILENT })
  if (!opened.ok) throw new Error(opened.error.message)
  const store = opened.value
  try {
    return await read(store)
  } finally {
    await store.close()
  }
}

function outcomeText({ part, quantity, outcome, reason }: Decision): string {
  return `${part} ${formatDecimal(quantity)} ${outcome} ${reason}`
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
