import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  absolute,
  add,
  basisPoints,
  type Decimal,
  decimal,
  fromUnits,
  maximum,
  multiplyDivide,
  subtract,
  ZERO,
} from '../domain/decimal.ts'
import type { Decision } from '../domain/decision.ts'
import type { Instrument } from '../domain/instrument.ts'
import { isUnacknowledged } from '../domain/order.ts'
import type { EntryStyle } from '../domain/strategy.ts'
import type { MarketPrices } from './entry.ts'
import { anInstrument, marketAt, settings } from './testing/builders.ts'
import { Follower, type OrderNews, type Sent } from './testing/follower.ts'

type Command =
  | { readonly kind: 'leader'; readonly tenths: readonly number[] }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'market'; readonly mark: number | null }
  | { readonly kind: 'connection'; readonly up: boolean }
  | { readonly kind: 'foreign'; readonly lots: number }
  | { readonly kind: 'order'; readonly pick: number; readonly news: OrderNews; readonly quarters: number }

const MAX_AGE_MS = 1_000
const MAX_DRIFT_BPS = 100

const tenths = fc.integer({ min: -60, max: 60 }).filter(value => value !== 0)
const leader = fc.record({
  kind: fc.constant('leader' as const),
  tenths: fc.array(tenths, { minLength: 1, maxLength: 3 }),
})
const orderNews = fc.record({
  kind: fc.constant('order' as const),
  pick: fc.nat(5),
  news: fc.constantFrom<OrderNews>('acked', 'doubt', 'reported', 'traded', 'traded', 'ended', 'undone'),
  quarters: fc.integer({ min: 1, max: 4 }),
})
const disturbance: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 700 }) }),
  fc.record({ kind: fc.constant('market' as const), mark: fc.constantFrom(null, 98, 100, 100, 100, 102) }),
  fc.record({ kind: fc.constant('connection' as const), up: fc.constantFrom(false, true, true) }),
)
const foreign = fc.record({ kind: fc.constant('foreign' as const), lots: fc.integer({ min: -4, max: 4 }) })
const commands = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: leader },
    { weight: 9, arbitrary: orderNews },
    { weight: 2, arbitrary: disturbance },
    { weight: 1, arbitrary: foreign },
  ),
  { maxLength: 40, size: 'max' },
)
const entry = fc.constantFrom<EntryStyle>(
  { kind: 'market' },
  { kind: 'limit' },
  { kind: 'limit_follow', discountBps: 50, maximumOpenOrders: 3 },
  { kind: 'marketable_limit', slippageBps: 300 },
)
const minimums = fc.constantFrom({}, { minimumQuantity: decimal('3') }, { minimumNotional: decimal('250') })
const world = fc.record({
  inverse: fc.boolean(),
  ratio: fc.constantFrom('0.37', '1', '2.5'),
  entry,
  minimums,
})

function followerOf({
  inverse,
  ratio,
  entry: style,
  minimums: over,
}: typeof world extends fc.Arbitrary<infer T> ? T : never) {
  const sizing = { kind: 'ratio', inverse, ratio: decimal(ratio) } as const
  const view = { entry: style, maxDriftBps: MAX_DRIFT_BPS, instrument: anInstrument(over) }
  return new Follower(settings({ sizing, maxAgeMs: MAX_AGE_MS }), view)
}

function obey(follower: Follower, command: Command): void {
  const order = command.kind === 'order' ? follower.orders[command.pick % follower.orders.length] : undefined
  if (command.kind === 'leader') {
    const signed = command.tenths.map(value =>
      multiplyDivide(decimal('0.1'), fromUnits(BigInt(value)), fromUnits(1n)),
    )
    follower.leaderTrades(signed, decimal('100'))
  } else if (command.kind === 'wait') {
    follower.now += command.ms
    follower.drive()
  } else if (command.kind === 'market') {
    follower.market = command.mark === null ? null : marketAt(`${command.mark}`)
    follower.drive()
  } else if (command.kind === 'connection') {
    follower.canSend = command.up
    follower.drive()
  } else if (command.kind === 'foreign') {
    follower.foreignTrade(decimal(`${command.lots}`))
  } else if (order !== undefined) {
    follower.tell(
      order,
      command.news,
      multiplyDivide(order.quantity, fromUnits(BigInt(command.quarters)), fromUnits(4n)),
    )
  }
}

/** The smallest order that the venue takes: what is below it may be carried. */
function tradableUnit(
  { lotSize, minimumQuantity, minimumNotional }: Instrument,
  market: MarketPrices,
): Decimal {
  const byNotional = multiplyDivide(minimumNotional, decimal('1'), market.bid)
  return add(maximum(maximum(lotSize, minimumQuantity), byNotional), lotSize)
}

function carriedOut({ view, draft }: Sent): readonly Decision[] {
  return view.pending.filter(decision => draft.decisions.includes(decision.id))
}

test('[CP20] what was forgone is never sent: an order opens what its waiting increases add, and a carried rest', () => {
  fc.assert(
    fc.property(world, commands, (of, list) => {
      const follower = followerOf(of)
      for (const command of list) obey(follower, command)
      for (const sent of follower.sent) {
        if (sent.draft.purpose === 'exit' || sent.view.market === null) continue
        const wanted = carriedOut(sent).reduce((sum, { quantity }) => add(sum, absolute(quantity)), ZERO)
        const unit = tradableUnit(sent.view.instrument, sent.view.market)
        expect(subtract(sent.draft.quantity, wanted) < unit).toBe(true)
      }
    }),
    { numRuns: Number(process.env['RUNS'] ?? 3000) },
  )
})
