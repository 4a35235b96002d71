import { expect, test } from 'vitest'
import { leaderFill } from '../../test/contract/store-rows.ts'
import { decimal, formatDecimal } from '../domain/decimal.ts'
import type { Decision } from '../domain/decision.ts'
import type { AccountId } from '../domain/ids.ts'
import { NO_LIMITS } from '../domain/strategy.ts'
import { SILENT } from '../ports/observe.ts'
import type { StoredFill, Write } from '../ports/store.ts'
import { createMemoryStore } from '../store/memory/store.ts'
import { BYBIT_CAPABILITY } from '../venues/bybit/capability.ts'
import { fixedRandom, ManualClock } from '../venues/shared/testing/manual-clock.ts'
import { DEFAULT_ENGINE_OPTIONS } from './context.ts'
import { createEngine, type Engine } from './engine.ts'
import { takeFetchedFills } from './intake.ts'
import type { Setup } from './setup.ts'

const MOST = 10_000
const SETUP: Setup = {
  accounts: ['ada', 'ben'].map(name => ({
    name,
    venue: 'bybit',
    environment: 'paper',
    status: 'active',
    maximumLeverage: decimal('1'),
  })),
  sources: [{ name: 'source', account: 'ada' }],
  strategies: [
    {
      name: 'strategy',
      source: 'source',
      mode: 'on',
      sizing: { kind: 'ratio', ratio: decimal('1'), inverse: false },
      entry: { kind: 'market' },
      leverage: { kind: 'follow' },
      limits: NO_LIMITS,
      symbolMap: new Map(),
      maxAgeMs: 1_000,
      maxDriftBps: null,
    },
  ],
  links: [{ account: 'ben', strategy: 'strategy', mode: 'on', sizing: null }],
  pairs: [],
}

/** An engine that is never started: nobody but the store says anything to it. */
function world() {
  const clock = new ManualClock()
  const random = fixedRandom(0.5)
  const units: (readonly Write[])[] = []
  const onDurable = (unit: readonly Write[]): void => void units.push(unit)
  const store = createMemoryStore({ clock, installationTag: 'testing', onDurable })
  const start = async (): Promise<Engine> => {
    const creating = createEngine({
      ports: { clock, random, log: SILENT, store, observer: {}, onFatal: () => {} },
      options: { ...DEFAULT_ENGINE_OPTIONS, systemLimits: NO_LIMITS },
      setup: SETUP,
      vault: { credential: () => ({ ok: false, error: { message: 'no key' } }) },
      venueOf: () => null,
      capabilityOf: () => BYBIT_CAPABILITY,
    })
    await clock.advance(100)
    const created = await creating
    if (!created.ok) throw new Error(created.error.join())
    return created.value
  }
  return { clock, store, units, start }
}

interface Trades {
  /** Signed, base units: of each trade, the first first. */
  readonly quantities: readonly string[]
  /** What the follower's link had seen and made of it. */
  readonly link: { readonly cursor: number; readonly leaderQuantity: string }
}

/** A store in which the leader has traded and its link is behind, and the engine that is started on it. */
async function restarted({ quantities, link }: Trades) {
  const { clock, store, units, start } = world()
  const { state } = (await start()).context
  const [source] = state.sources.values()
  const [runtime] = state.links.values()
  if (source === undefined || runtime === undefined) throw new Error('there is one of each')
  const { accountId, id: sourceId } = source.source
  const signed = quantities.map(decimal)
  const fills = signed.map((quantity, index): StoredFill => {
    const row = leaderFill(index + 1)
    const side = quantity < 0n ? 'sell' : 'buy'
    const size = decimal((quantities[index] ?? '').replace('-', ''))
    return { ...row, sourceId, fill: { ...row.fill, accountId, side, quantity: size } }
  })
  const quantity = decimal(formatDecimal(signed.reduce((sum, each) => (sum + each) as typeof each)))
  const { instrumentId, positionIndex } = leaderFill(1).fill
  const place = { instrumentId, positionIndex }
  const book = {
    ...place,
    sourceId,
    quantity,
    averagePrice: decimal('60000'),
    venueSequence: 1,
    leverage: null,
  }
  const { leaderQuantity, cursor } = link
  const desired = decimal(leaderQuantity)
  const stored: Write[] = [
    { kind: 'book', row: book },
    {
      kind: 'position',
      row: {
        ...place,
        accountId,
        openingQuantity: decimal('0'),
        quantity,
        averagePrice: decimal('60000'),
        baselineSequence: 0,
        venueSequence: 1,
        realizedDay: 0,
        realizedPnl: decimal('0'),
      },
    },
    {
      kind: 'link_state',
      row: {
        ...place,
        linkId: runtime.link.id,
        cursor,
        leaderQuantity: desired,
        desired,
        attributed: desired,
        stopped: false,
      },
    },
    ...fills.map(row => ({ kind: 'fill', row }) as const),
  ]
  const committing = store.commit(stored)
  await clock.advance(10)
  expect(await committing).toMatchObject({ ok: true })
  units.splice(0)
  const engine = await start()
  await clock.advance(100)
  const [again] = engine.context.state.links.values()
  const held = [...(again?.holdings.values() ?? [])][0]?.link?.state
  const decisions = units.flat().flatMap(write => (write.kind === 'decision' ? [write.row] : []))
  return { held, decisions }
}

const told = ({ part, status, outcome, reason, firstFill, lastFill }: Decision): string =>
  `${part} ${firstFill}-${lastFill} ${outcome ?? status} ${reason ?? ''}`.trim()

test('[LM10] trades that are fetched together are counted ten thousand at a time', async () => {
  const { clock, units, start } = world()
  const { context } = await start()
  const [leader] = context.state.accounts.values()
  if (leader === undefined) throw new Error('the leader is the first account')
  const accountId: AccountId = leader.account.id
  const fills = Array.from({ length: MOST + 1 }, (_, index) => ({ ...leaderFill(index + 1).fill, accountId }))
  units.splice(0)
  const taking = takeFetchedFills(context, leader, fills)
  await clock.advance(100)
  await taking
  await clock.advance(100)
  expect(units.map(unit => unit.filter(({ kind }) => kind === 'fill').length)).toEqual([MOST, 1])
})

test('[LM10] a link that a crash left behind by that many is taken past all of them', async () => {
  const quantities = Array.from({ length: MOST }, () => '0.001')
  const { held, decisions } = await restarted({ quantities, link: { cursor: 0, leaderQuantity: '0' } })
  expect(held).toMatchObject({ cursor: MOST, leaderQuantity: decimal('10') })
  expect(decisions.map(told)).toEqual([`increase 1-${MOST} pending`])
})

test('[LM11] of what a link missed before the last ten thousand trades it follows the sum down', async () => {
  // It was not set up for a long time. Meanwhile its leader has sold half, and then bought in ten thousand trades.
  const quantities = ['10', '-5', ...Array.from({ length: MOST }, () => '0.001')]
  const { held, decisions } = await restarted({ quantities, link: { cursor: 1, leaderQuantity: '10' } })
  expect(held).toMatchObject({ cursor: MOST + 2, leaderQuantity: decimal('15') })
  // Half of the ten that it had, and the increase that waits.
  expect(held?.desired).toBe(decimal('15'))
  expect(decisions.map(told)).toEqual(['rebase 1-1 forgone gap', `increase 3-${MOST + 2} pending`])
})
