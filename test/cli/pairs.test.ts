import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pairAnswer } from '../../protocol/rest/pairs.ts'
import { manualTradeAnswer } from '../../protocol/rest/trading.ts'
import { askPass } from '../../src/cli/local.ts'
import { findAccount } from '../../src/cli/lookup.ts'
import { ask, askAll } from '../../src/cli/rest.ts'
import { type Ended, eventually, World } from './lockstep.ts'

const CONFIG = `
accounts:
  - { name: ada, venue: bybit, key: ada-key, secretFile: secret, maximumLeverage: 10 }
  - { name: ben, venue: bybit, key: ben-key, secretFile: secret, maximumLeverage: 10 }
pairs:
  - name: maker
    a: { account: ada, symbol: BTCUSDT }
    b: { account: ben, symbol: BTCUSDT }
    tolerance: 0.002
http: { port: 0 }
`

describe('hedge pairs beside a server', () => {
  let world: World
  beforeAll(async () => {
    world = new World()
    writeFileSync(join(world.folder, 'config.yaml'), CONFIG)
    writeFileSync(join(world.folder, 'secret'), 'a-paper-secret')
    expect(await run('pairs')).toMatchObject({ code: 3, stderr: expect.stringContaining('No server runs') })
    const server = world.start(['serve'])
    await server.says('stdout', lines => lines[0])
    // Both sessions are live, and the pair has begun.
    const watching = world.start(['watch', '--pair', 'maker', '--json'])
    await watching.says('stdout', lines => lines.find(line => /"gap":"0".*"isStale":false/.test(line)))
    await watching.end('SIGINT')
  })
  afterAll(() => world.end())

  const run = (...args: readonly string[]): Promise<Ended> => world.run(args)

  test('[CL51] how a pair stands is listed, and it is paused and resumed by its name', async () => {
    const listed = await run('pairs')
    expect(listed).toMatchObject({ code: 0, stderr: '' })
    expect(listed.stdout).toMatch(/^PAIR +PHASE +PAUSE +A HOLDS +B HOLDS +UNHEDGED\n/)
    expect(listed.stdout).toMatch(/maker +idle +- +0 bybit:BTCUSDT +0 bybit:BTCUSDT +0$/)
    expect((await run('pairs', 'pause', 'maker')).stdout).toMatch(
      /maker +paused +by_hand .*\nmaker: Somebody paused/,
    )
    const json = JSON.parse((await run('pairs', '--json')).stdout)
    expect(json.rows).toMatchObject([{ name: 'maker', now: { pause: 'by_hand' } }])
    expect((await run('pairs', 'resume', 'maker', '--json')).stdout).toContain('"pause":null')
  })

  test('[CL51] nobody flattens without saying so; a dry run does nothing', async () => {
    const refused = await run('pairs', 'flatten', 'maker')
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--yes') })
    expect(await run('pairs', 'flatten', 'maker', '--dry-run')).toMatchObject({
      code: 0,
      stdout: 'Flattening maker would pause it; it holds nothing that can be closed.',
    })
    expect((await run('pairs', 'list')).stdout).toMatch(/maker +idle/)
    const done = await run('pairs', 'flatten', 'maker', '--leg', 'b', '--yes', '--json')
    expect(done.code).toBe(0)
    expect(JSON.parse(done.stdout)).toMatchObject({ dryRun: false, pair: { now: { pause: 'flattened' } } })
    expect((await run('pairs', 'resume', 'maker')).code).toBe(0)
  })

  /** An order by hand of A's owner: B follows whoever trades A. */
  async function buy(account: string, quantity: string): Promise<void> {
    const pass = await askPass(join(world.folder, 'data'))
    const found = pass.ok ? await findAccount(pass.value, account) : null
    if (!pass.ok || !found?.ok) throw new Error(`${account} is not to be asked for`)
    const bought = await ask(pass.value, {
      method: 'POST',
      path: '/trades/manual',
      body: { accountId: found.value.id, symbol: 'BTCUSDT', side: 'buy', quantity },
      idempotencyKey: randomUUID(),
      answer: manualTradeAnswer,
    })
    expect(bought.ok ? null : bought.error.message).toBeNull()
    await eventually(async () => {
      const pairs = await askAll(pass.value, { path: '/pairs', row: pairAnswer })
      return pairs.ok && pairs.value[0]?.now.b.quantity === `-${quantity}`
    }, 'B has followed')
  }

  test('[CL55] [CL56] what both legs hold is a table, and what was unhedged after each trade another', async () => {
    await buy('ada', '0.01')
    const exposure = (await run('pairs', 'exposure', 'maker', '--from', '2020-01-01')).stdout.split('\n')
    expect(exposure[0]).toMatch(/^AT \(UTC\) +LEG +SIDE +QUANTITY +FILL PRICE +A HOLDS +B HOLDS +GAP$/)
    expect(exposure[1]).toMatch(/^20\S+Z +b +sell +\S+ +\S+ +0\.01 +-0\.01 +0$/)
    expect(exposure.at(-1)).toMatch(/ a +buy +(\S+) +\S+ +\1 +0 +-\1$/)
    expect(await run('pairs', 'exposure', 'maker', '--to', '2020-01-01')).toMatchObject({
      code: 0,
      stdout: 'No trade on a leg then.',
    })
    const json = JSON.parse((await run('pairs', 'exposure', 'maker', '--json')).stdout)
    expect(json.rows[0]).toMatchObject({ leg: 'b', a: '0.01', b: '-0.01', gap: '0' })
    const positions = (await run('pairs', 'positions')).stdout
    expect(positions).toMatch(/^PAIR +LEG +ACCOUNT +INSTRUMENT +SINCE IT BEGAN +IN ALL\n/)
    expect(positions).toMatch(/maker +a +ada +bybit:BTCUSDT +0\.01 +0\.01\nmaker +b +ben .* -0\.01 +-0\.01\n/)
    expect(positions).toMatch(/\nmaker: idle, gap 0, unhedged 0$/)
    const { rows } = JSON.parse((await run('pairs', 'positions', '--pair', 'maker', '--json')).stdout)
    expect(rows).toMatchObject([{ accounts: { a: 'ada', b: 'ben' }, now: { a: { held: '0.01' } } }])
  })

  test('[CL52] a pair is shown as it changes, line by line', async () => {
    const watching = world.start(['watch', '--pair', 'maker'])
    await watching.says('stdout', lines =>
      lines.find(line => /maker idle: a \S+, b \S+, unhedged 0/.test(line)),
    )
    await run('pairs', 'pause', 'maker')
    await watching.says('stdout', lines => lines.find(line => /maker paused \(by_hand\)/.test(line)))
    await run('pairs', 'resume', 'maker')
    expect((await watching.end('SIGINT')).code).toBe(0)
  })

  test('[CL53] of what is not there, each command says what to do', async () => {
    const said = async (args: string, what: string): Promise<void> => {
      const ended = await run(...args.split(' '))
      expect(ended, args).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(what) })
    }
    await Promise.all([
      said('pairs pause taker', 'There is no pair "taker". There are: maker.'),
      said('pairs flatten maker --leg c', 'expected a or b'),
      said('pairs positions --pair taker', 'There is no pair "taker". There are: maker.'),
      said('pairs exposure maker --from yesterday', 'expected a date like 2026-01-31'),
      said('watch --pair taker', 'There is no pair "taker"'),
      said('watch', 'one of --account and --pair'),
      said('watch --pair maker --account ada', 'one of --account and --pair'),
    ])
  })
})
