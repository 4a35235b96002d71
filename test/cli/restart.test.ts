import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventually, type Lockstep, rowsOf, World } from './lockstep.ts'
import { judge, unsettledOrders } from './truth.ts'
import { PaperVenue } from './venue.ts'

const FOLLOWERS = Array.from({ length: 20 }, (_, index) => `follower${index + 1}`)
const INTENTS = 1_000
/** What the project promises. */
const LIVE_WITHIN_MS = 5_000

let world: World
beforeEach(() => {
  world = new World()
})
afterEach(() => world.end())

const CONFIG = `
http: { port: none }
exchange: { limits: off }
accounts:
  - { name: leader, venue: bybit, key: leader-key, secretFile: secret }
${FOLLOWERS.map(name => `  - { name: ${name}, venue: bybit, key: ${name}-key, secretFile: secret }`).join('\n')}
sources: [{ name: desk, account: leader }]
strategies: [{ name: copy-desk, source: desk }]
links:
${FOLLOWERS.map(name => `  - { strategy: copy-desk, account: ${name} }`).join('\n')}
`

test('[CL13] with a thousand stored intents and a kill in the middle, it is live again within five seconds', async () => {
  writeFileSync(join(world.folder, 'config.yaml'), CONFIG)
  writeFileSync(join(world.folder, 'secret'), 'a-secret')
  const data = join(world.folder, 'data')
  const first = world.start(['serve'])
  const venue = await liveVenue(first)
  const leader = venue.client({ key: 'leader-key', secret: 'a-secret' })
  for (let trade = 1; trade <= INTENTS / FOLLOWERS.length; trade += 1) {
    await leader.market('BTCUSDT', trade % 2 === 1 ? 'Buy' : 'Sell', '0.01')
    // The last trade is cut short.
    if (trade < INTENTS / FOLLOWERS.length) await copiesOf(venue, trade * FOLLOWERS.length)
  }
  await first.end('SIGKILL')

  const second = world.start(['serve'])
  const again = await liveVenue(second)
  const liveMs = performance.now() - second.startedAt
  process.stdout.write(
    `restart with ${INTENTS} stored intents, ${FOLLOWERS.length + 1} accounts: live after ${Math.round(liveMs)} ms\n`,
  )
  expect(liveMs).toBeLessThan(LIVE_WITHIN_MS)
  await eventually(() => unsettledOrders(data) === 0, 'what the kill left in doubt is resolved')
  const before = await again.accepted('follower')
  await again.client({ key: 'leader-key', secret: 'a-secret' }).market('BTCUSDT', 'Buy', '0.01')
  await copiesOf(again, before + FOLLOWERS.length)
  await eventually(() => unsettledOrders(data) === 0, 'the last copies are filled')
  expect((await second.end('SIGTERM')).code).toBe(0)
  const { image, notices } = await judge(data)
  expect(image.lastIntentSequence).toBeGreaterThanOrEqual(INTENTS)
  expect(notices).not.toContain('gap')
})

async function copiesOf(venue: PaperVenue, orders: number): Promise<void> {
  await eventually(async () => (await venue.accepted('follower')) >= orders, `${orders} orders of followers`)
}

/** The server's own exchange, once every account of it is live. */
async function liveVenue(server: Lockstep): Promise<PaperVenue> {
  const url = await server.says('stderr', lines => /http:\/\/[\d.:]+/.exec(lines.join('\n'))?.[0])
  await server.says('stderr', lines => {
    const live = rowsOf(lines).filter(({ event, state }) => event === 'session' && state === 'live')
    const names = new Set(live.map(({ account }) => account))
    return names.size === FOLLOWERS.length + 1 ? true : undefined
  })
  return new PaperVenue(url)
}
