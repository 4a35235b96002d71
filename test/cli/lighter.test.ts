import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { clientOrderId } from '../../src/domain/capability.ts'
import { decimal } from '../../src/domain/decimal.ts'
import { type AccountId, instrumentId } from '../../src/domain/ids.ts'
import { secureRandom } from '../../src/ops/secure-random.ts'
import { systemClock } from '../../src/ops/system-clock.ts'
import { systemRandom } from '../../src/ops/system-random.ts'
import { SILENT } from '../../src/ports/observe.ts'
import { ThreadSigner } from '../../src/venues/lighter/sign/thread-signer.ts'
import { TEST_CHAIN } from '../../src/venues/lighter/urls.ts'
import { createLighterVenue } from '../../src/venues/lighter/venue.ts'
import { eventually, type Lockstep, rowsOf, World } from './lockstep.ts'
import { type Key, PaperVenue } from './venue.ts'

const ACCOUNTS = ['--account', 'leader:100000', '--account', 'follower:100000']
const BTC = instrumentId('lighter', 'BTC')

interface Exchange {
  readonly process: Lockstep
  readonly rest: string
  readonly stream: string
  readonly keys: ReadonlyMap<string, Key>
}

describe('lockstep exchange --venue lighter', () => {
  let world: World
  let ends: (() => Promise<void>)[]
  beforeEach(() => {
    world = new World()
    ends = []
  })
  afterEach(async () => {
    for (const end of ends.reverse()) await end()
    await world.end()
  })

  async function startExchange(...args: readonly string[]): Promise<Exchange> {
    const process = world.start(['exchange', '--venue', 'lighter', ...args])
    const keys = new Map<string, Key>()
    const place = await process.says('stdout', lines => {
      for (const line of lines) {
        const [, name = '', key = '', secret = ''] =
          /^account (\w+): key (\S+) secret (\S+)$/.exec(line) ?? []
        if (name !== '') keys.set(name, { key, secret })
      }
      return keys.size === 2 ? /\/admin (http:\S+), stream (ws:\S+)/.exec(lines[0] ?? '') : undefined
    })
    return { process, rest: place?.[1] ?? '', stream: place?.[2] ?? '', keys }
  }

  function configure({ rest, stream, keys }: Exchange): void {
    const account = ([name, { key, secret }]: readonly [string, Key]) => {
      writeFileSync(join(world.folder, name), secret)
      return `  - { name: ${name}, venue: lighter, key: "${key}", secretFile: ${name}, urls: { rest: "${rest}", stream: "${stream}" } }`
    }
    const text = [
      'http: { port: none }',
      'accounts:',
      ...Array.from(keys, account),
      'sources: [{ name: desk, account: leader }]',
      'strategies: [{ name: half, source: desk, sizing: { kind: ratio, ratio: 0.5 } }]',
      'links: [{ strategy: half, account: follower }]',
    ]
    writeFileSync(join(world.folder, 'config.yaml'), text.join('\n'))
  }

  /** A program of the leader's own, with its key. */
  async function buy({ rest, stream, keys }: Exchange, quantity: string): Promise<void> {
    const signer = new ThreadSigner(secureRandom)
    const venue = createLighterVenue({
      environment: 'paper',
      urls: { rest, stream, chainId: TEST_CHAIN },
      signer,
      clock: systemClock(),
      random: systemRandom(),
      log: SILENT,
    })
    ends.push(
      () => signer.close(),
      () => venue.close(),
    )
    const account = venue.account('leader' as AccountId, keys.get('leader') ?? { key: '', secret: '' })
    const states: string[] = []
    account.open({ reports: () => {}, stream: ({ kind }) => states.push(kind) })
    await eventually(() => states.at(-1) === 'live', 'the leader is live')
    const claim = account.stamp(1)
    if (!claim.ok) throw new Error(claim.error.message)
    const bought = await account.submit({
      clientOrderId: clientOrderId(venue.capability.clientOrderId, 'leaders', 1),
      instrumentId: BTC,
      positionIndex: 0,
      purpose: 'manual',
      side: 'buy',
      type: 'market',
      timeInForce: 'ioc',
      quantity: decimal(quantity),
      limitPrice: decimal('90000'),
      reduceOnly: false,
      claim: claim.value,
    })
    if (!bought.ok) throw new Error(bought.error.message)
  }

  test('[XL41] prints keys as a configuration has them, and serve copies between their accounts', async () => {
    const exchange = await startExchange(...ACCOUNTS)
    configure(exchange)
    const server = world.start(['serve'])
    for (const name of exchange.keys.keys())
      await server.says('stderr', lines =>
        rowsOf(lines).find(
          row => row['event'] === 'session' && row['account'] === name && row['state'] === 'live',
        ),
      )
    await buy(exchange, '0.02')
    const venue = new PaperVenue(exchange.rest)
    await eventually(async () => (await venue.filled('follower')).length > 0, 'the follower trades')
    expect(await venue.filled('follower')).toMatchObject([{ side: 'buy', symbol: 'BTC', quantity: '0.01' }])
    expect((await server.end('SIGINT')).code).toBe(0)
  })

  test('[XL42] with a journal it is after a restart what it was, and its accounts have new keys', async () => {
    const journal = ['--journal', join(world.folder, 'paper.journal')]
    const before = await startExchange(...ACCOUNTS, ...journal)
    await buy(before, '0.02')
    const [trade] = await new PaperVenue(before.rest).filled('leader')
    expect(trade).toMatchObject({ side: 'buy', quantity: '0.02' })
    await before.process.end('SIGKILL')
    const after = await startExchange(...ACCOUNTS, ...journal)
    expect(await new PaperVenue(after.rest).filled('leader')).toEqual([trade])
    expect(after.keys.get('leader')?.secret).not.toBe(before.keys.get('leader')?.secret)
    await after.process.end('SIGTERM')
    const wrong = await world.run(['exchange', ...journal])
    expect(wrong).toMatchObject({ code: 3, stderr: expect.stringContaining('rules of lighter') })
  })

  test('[XL41] a venue whose protocol is not spoken is refused with those that are', async () => {
    const refused = await world.run(['exchange', '--venue', 'okx'])
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('bybit or lighter') })
  })
})
