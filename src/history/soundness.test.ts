import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decimal } from '../domain/decimal.ts'
import { err } from '../domain/result.ts'
import { isCovered } from '../logic/coverage/intervals.ts'
import type { History } from './history.ts'
import { LIST_OPEN_ORDERS_EVERY_MS } from './limits.ts'
import { closing, type FakePast, LAG_MS, pastOrder } from './testing/fake-past.ts'
import { ALICE, world } from './testing/world.ts'

type World = ReturnType<typeof world>

const ANSWER_MS = 50
const OPEN = { status: 'open', venueStatus: 'New', filled: decimal('0'), averagePrice: null } as const
const steps = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('closes', 'trades', 'rests', 'ends', 'syncs', 'killed', 'backfills' as const),
    }),
  },
  { weight: 2, arbitrary: waits(1, 4_000) },
  { weight: 1, arbitrary: waits(4_000, 40_000) },
  { weight: 1, arbitrary: waits(40_000, 900_000) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('fails' as const), pages: fc.integer({ min: 1, max: 4 }) }),
  },
)
type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never

/** One venue and one disk, with process after process on it. */
class Story {
  readonly #world: World
  readonly #venue: FakePast
  #history: History | null = null
  #failing = 0
  #names = 0
  #lives = 0

  constructor(made: World) {
    this.#world = made
    this.#venue = made.past()
    this.#venue.lateMs = LAG_MS - 1
    this.#venue.pageSize = 2
  }

  async start(): Promise<void> {
    const { clock, started } = this.#world
    const former = this.#history
    this.#lives += 1
    const life = this.#lives
    this.#venue.meddle = (_, answer) => {
      this.#failing -= 1
      const said = this.#failing < 0 ? answer : err({ kind: 'unavailable', message: 'HTTP 503' } as const)
      // Who was killed meanwhile never hears of it.
      return new Promise(resolve => {
        clock.after(ANSWER_MS, () => life === this.#lives && resolve(said))
      })
    }
    // Its timers end with it; what it had asked is never answered.
    void former?.stop()
    this.#history = await started({ alice: this.#venue })
    this.#history.start()
  }

  async play(step: Step): Promise<void> {
    const { clock } = this.#world
    this.#names += 1
    const name = `n-${this.#names}`
    const { orders, closings } = this.#venue
    switch (step.kind) {
      case 'closes':
        closings.push(closing(name, clock.now()))
        break
      case 'trades':
        orders.push(pastOrder(name, clock.now()))
        break
      case 'rests':
        orders.push(pastOrder(name, clock.now(), OPEN))
        break
      case 'ends': {
        const index = orders.findIndex(({ status }) => status === 'open')
        const order = orders[index]
        if (order !== undefined)
          orders.splice(index, 1, pastOrder(order.venueOrderId, order.createdAt, { at: clock.now() }))
        break
      }
      case 'fails':
        this.#failing = step.pages
        break
      case 'backfills':
        void this.#history?.backfill({ accountId: ALICE, since: clock.now() - 20 * 24 * 3_600_000 })
        break
      case 'syncs':
        void this.#history?.sync(ALICE, null)
        break
      case 'killed':
        await this.start()
        break
      case 'waits':
        await clock.advance(step.ms)
    }
    await clock.advance(1)
  }

  /** What is called complete is here. */
  async check(): Promise<void> {
    const { store, rows, settled } = this.#world
    const coverage = await settled(store.coverage(), 0)
    const of = (kind: string) => coverage.find(each => each.kind === kind)?.intervals ?? []
    const covers = (kind: string, at: number) => isCovered(of(kind), { from: at, to: at + 1 })
    const closings = new Set((await rows(ALICE, 'closed_pnl')).map(row => JSON.stringify(idOf(row))))
    for (const row of this.#venue.closings)
      if (covers('closed_pnl', row.at)) expect(closings).toContain(JSON.stringify(idOf(row)))
    const orders = new Set((await rows(ALICE, 'orders')).map(row => JSON.stringify(idOf(row))))
    for (const row of this.#venue.orders)
      if (covers('orders', row.createdAt)) expect(orders).toContain(JSON.stringify(idOf(row)))
  }

  /** And when everything is well for a while, everything is complete, with its last status. */
  async rest(): Promise<void> {
    this.#failing = 0
    const { clock, rows, settled } = this.#world
    const until = clock.now()
    await clock.advance(3 * LIST_OPEN_ORDERS_EVERY_MS)
    expect(this.#history?.complete(ALICE, ['closed_pnl', 'orders'])?.to).toBeGreaterThanOrEqual(until)
    await this.check()
    const told = (all: readonly object[]) =>
      all.map(row => JSON.stringify(['status' in row ? row.status : '', ...idOf(row)])).toSorted()
    expect(told(await rows(ALICE, 'orders'))).toEqual(told(this.#venue.orders))
    await settled(this.#history?.stop() ?? Promise.resolve(), 60_000)
  }
}

function idOf(row: object): readonly unknown[] {
  return 'venueOrderId' in row ? [row.venueOrderId] : []
}

test('[HS45] whatever fails and whenever it is killed, what is called complete is here, and in the end all of it is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { maxLength: 30 }), async played => {
      const story = new Story(world())
      await story.start()
      for (const step of played) {
        await story.play(step)
        await story.check()
      }
      await story.rest()
    }),
    { numRuns: 200 },
  )
}, 60_000)

function waits(min: number, max: number) {
  return fc.record({ kind: fc.constant('waits' as const), ms: fc.integer({ min, max }) })
}
