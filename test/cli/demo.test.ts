import { join } from 'node:path'
import { describe, expect, type TestContext, test } from 'vitest'
import { eventually, type Lockstep, pause, type Row, rowsOf, World } from './lockstep.ts'
import { baselines, judge, unsettledOrders } from './truth.ts'

const COPYING = ['ada', 'ben', 'chen', 'dana', 'emil']
/** The leader trades every 3 s, and a copy takes some 20 ms: this long after one nothing new is in flight. */
const QUIET_MS = 1_000

/** A world of the test's own: the tests of this file run at the same time, because each mostly waits. */
function begin({ onTestFinished }: TestContext) {
  const world = new World()
  onTestFinished(() => world.end())
  const data = join(world.folder, 'data')
  const start = (...flags: readonly string[]) => world.start(['demo', ...flags, '--data', data])
  return { data, start }
}

describe.concurrent('lockstep demo', () => {
  test('[CL6] tells ready, a copy for every follower that can, and why one cannot', async context => {
    const { start } = begin(context)
    const demo = start('--json')
    await everyFollower(demo)
    const rows = rowsOf(demo.lines.stdout)
    expect(rows[0]).toEqual({
      event: 'ready',
      url: expect.stringMatching(/^http:/),
      ms: expect.any(Number),
      server: expect.stringMatching(/^http:/),
      firstOwner: expect.stringMatching(/first-owner\?token=/),
    })
    expect(rows.find(({ event }) => event === 'copy')).toEqual({
      event: 'copy',
      account: expect.any(String),
      symbol: expect.stringMatching(/USDT$/),
      quantity: expect.stringMatching(/^\d/),
      side: expect.stringMatching(/^(buy|sell)$/),
      outcome: 'copied',
      ms: expect.objectContaining({ receive: expect.any(Number), total: expect.any(Number) }),
    })
    expect(rows.find(({ account }) => account === 'flo')).toMatchObject({
      event: 'skip',
      reason: 'risk_leverage',
      sentence: expect.stringContaining('add funds'),
    })
    // The terminal, npm and the start script each pass one Ctrl-C on.
    demo.signal('SIGINT')
    demo.signal('SIGINT')
    demo.signal('SIGTERM')
    expect(await demo.ended()).toMatchObject({ code: 0, stderr: '' })
  })

  test('[CL54] rounds of the hedge pair are told among the copies', async context => {
    const { start } = begin(context)
    const demo = start('--json')
    const round = await demo.says('stdout', lines => rowsOf(lines).find(({ event }) => event === 'hedge'))
    expect(round).toEqual({
      event: 'hedge',
      pair: 'maker',
      round: 1,
      symbol: 'BTCUSDT',
      side: 'buy',
      quantity: expect.stringMatching(/^0\.0\d+$/),
      outcome: 'hedged',
      attempts: expect.any(Number),
      unhedgedMs: expect.any(Number),
      costBps: expect.any(Number),
    })
    expect((await demo.end('SIGINT')).code).toBe(0)
  })

  test('[CL8] a second start goes on where the first stopped', async context => {
    const { data, start } = begin(context)
    const first = start('--json')
    await everyFollower(first)
    await untilRest(first, data)
    expect((await first.end('SIGINT')).code).toBe(0)
    const before = await judge(data)

    const second = start('--json')
    await everyFollower(second)
    await untilRest(second, data)
    expect((await second.end('SIGTERM')).code).toBe(0)
    const after = await judge(data)
    expect(baselines(after.image)).toEqual(baselines(before.image))
    expect(after.image.positions.every(({ openingQuantity }) => openingQuantity === 0n)).toBe(true)
    expect(after.notices).not.toContain('gap')
    expect(after.image.lastIntentSequence).toBeGreaterThan(before.image.lastIntentSequence)
    expect(after.audit.slice(0, before.audit.length)).toEqual(before.audit)
  })

  test('[CL9] a kill in the middle of a copy loses nothing and doubles nothing', async context => {
    const { data, start } = begin(context)
    for (let round = 0; round < 2; round += 1) {
      const demo = start('--json')
      // One follower has its copy, those of the others are on their way.
      await demo.says('stdout', lines => rowsOf(lines).find(({ event }) => event === 'copy'))
      await demo.end('SIGKILL')
    }
    const again = start('--json')
    await everyFollower(again)
    await untilRest(again, data)
    expect((await again.end('SIGINT')).code).toBe(0)
    const { notices, image } = await judge(data)
    expect(notices).not.toContain('gap')
    expect(image.positions.every(({ openingQuantity }) => openingQuantity === 0n)).toBe(true)
  })

  test('[CL16] without a terminal it says the same in plain lines', async context => {
    const { start } = begin(context)
    const demo = start()
    await demo.says('stdout', lines => lines.find(line => / copied +ada /.test(line)))
    const { code, stdout } = await demo.end('SIGINT')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Ready in \d+ ms\. PAPER: /)
    expect(stdout).toMatch(/ copied +ada +\w+USDT (buy|sell) [\d.]+ in \d+ ms \(receive \d+, decide /)
    expect(stdout).toMatch(/Stopped: .*\d copied.* the next start goes on from here\.$/)
    expect(stdout).not.toContain('\u001b')
  })

  test('[CL19] a reader that goes away ends it like Ctrl-C', async context => {
    const { start } = begin(context)
    const demo = start('--json')
    await demo.says('stdout', lines => lines[0])
    demo.leave()
    await eventually(() => !demo.isRunning(), 'the demo ends')
    expect(await demo.ended()).toMatchObject({ code: 0, stderr: '' })
  })
})

/** Between two trades, with no order whose end is not known: what a kill left in doubt takes seconds. */
async function untilRest(demo: Lockstep, data: string): Promise<void> {
  await pause(QUIET_MS)
  while (unsettledOrders(data) > 0) {
    const seen = demo.lines.stdout.length
    await demo.says('stdout', lines => (lines.length > seen ? true : undefined))
    await pause(QUIET_MS)
  }
}

async function everyFollower(demo: Lockstep): Promise<void> {
  const told = (rows: readonly Row[], event: string, account: string) =>
    rows.some(row => row['event'] === event && row['account'] === account)
  await demo.says('stdout', lines => {
    const rows = rowsOf(lines)
    const all = COPYING.every(account => told(rows, 'copy', account)) && told(rows, 'skip', 'flo')
    return all ? true : undefined
  })
}
