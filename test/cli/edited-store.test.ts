import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rowsOf, World } from './lockstep.ts'

const COPIES = 10

let world: World
beforeAll(async () => {
  world = new World()
  const demo = world.start(['demo', '--json', '--data', 'whole'])
  await demo.says('stdout', lines => {
    const copies = rowsOf(lines).filter(({ event }) => event === 'copy')
    return copies.length >= COPIES ? true : undefined
  })
  await demo.end('SIGINT')
})
afterAll(() => world.end())

test.each([
  [
    'an order without its intent',
    `UPDATE decisions SET status = 'working', outcome = NULL, intent_id = 'nothing' WHERE rowid = 1`,
    /is carried out by order nothing, and there is none/,
  ],
  [
    'a fill of the leader twice',
    `INSERT INTO fills SELECT account_id, instrument_id, position_index, 'again', venue_order_id, client_order_id, side,
       quantity, fill_price, order_quantity, fee, liquidity, cause, venue_sequence, at, intent_id, link_id, attributed,
       source_id, (SELECT MAX(source_sequence) + 1 FROM fills), received_at, pair_id, pair_sequence, exposure
     FROM fills WHERE source_id IS NOT NULL LIMIT 1`,
    /The leader \S+ holds \S+ by its trades, \S+ by its position/,
  ],
  [
    'more filled than ordered',
    `UPDATE intents SET settled = 0, filled = '999999' WHERE rowid = 1`,
    /has 999999 filled/,
  ],
  [
    'an amount that is none',
    `UPDATE link_states SET desired = 'much' WHERE rowid = 1`,
    /link_states\.desired holds what Lockstep never wrote/,
  ],
  ['a unit that cannot be read', `INSERT INTO journal (unit, body) VALUES (1, x'00')`, /journal/],
])(
  '[CL22] a store that was changed by hand is refused, and nothing is sent: %s',
  async (name, change, what) => {
    const data = name.replaceAll(' ', '-')
    cpSync(join(world.folder, 'whole'), join(world.folder, data), { recursive: true })
    const database = new DatabaseSync(join(world.folder, data, 'lockstep.db'))
    database.exec(change)
    database.close()
    const ended = await world.run(['demo', '--json', '--data', data])
    expect(ended).toMatchObject({ code: 3, stderr: expect.stringMatching(what) })
    expect(ended.stderr).toMatch(/Restore a backup|restore a backup/)
    expect(rowsOf(ended.stdout.split('\n')).filter(({ event }) => event === 'copy')).toEqual([])
  },
)
