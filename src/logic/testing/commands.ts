import fc from 'fast-check'
import {
  type Decimal,
  decimal,
  fromUnits,
  maximum,
  multiplyDivide,
  truncateToStep,
} from '../../domain/decimal.ts'
import type { EntryStyle } from '../../domain/strategy.ts'
import { anInstrument, marketAt, settings } from './builders.ts'
import { Follower, type OrderNews } from './follower.ts'

/** What can happen to a leader, a link and its venue. */
export type Command =
  | { readonly kind: 'leader'; readonly tenths: readonly number[] }
  | { readonly kind: 'wait'; readonly ms: number }
  /** Null: no price is known. */
  | { readonly kind: 'market'; readonly mark: string | null }
  | { readonly kind: 'connection'; readonly up: boolean }
  | { readonly kind: 'foreign'; readonly lots: number }
  | { readonly kind: 'order'; readonly pick: number; readonly news: OrderNews; readonly quarters: number }

export interface World {
  readonly inverse: boolean
  readonly ratio: string
  readonly entry: EntryStyle
  readonly minimums: { readonly minimumQuantity?: Decimal; readonly minimumNotional?: Decimal }
}

export const MAX_AGE_MS = 1_000
export const MAX_DRIFT_BPS = 100
const MAXIMUM_COMMANDS = 40

const leader: fc.Arbitrary<Command> = fc.record({
  kind: fc.constant('leader' as const),
  tenths: fc.array(
    fc.integer({ min: -60, max: 60 }).filter(tenths => tenths !== 0),
    { minLength: 1, maxLength: 3 },
  ),
})
const order: fc.Arbitrary<Command> = fc.record({
  kind: fc.constant('order' as const),
  pick: fc.nat(5),
  news: fc.constantFrom<OrderNews>('acked', 'doubt', 'reported', 'traded', 'traded', 'ended', 'undone'),
  quarters: fc.integer({ min: 1, max: 4 }),
})
const disturbance: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 700 }) }),
  fc.record({ kind: fc.constant('market' as const), mark: fc.constantFrom(null, '98', '100', '100', '102') }),
  fc.record({ kind: fc.constant('connection' as const), up: fc.constantFrom(false, true, true) }),
)
const foreign: fc.Arbitrary<Command> = fc.record({
  kind: fc.constant('foreign' as const),
  lots: fc.integer({ min: -4, max: 4 }),
})

function listOf(...kinds: readonly (readonly [weight: number, of: fc.Arbitrary<Command>])[]) {
  const kind = fc.oneof(...kinds.map(([weight, arbitrary]) => ({ weight, arbitrary })))
  return fc.array(kind, { maxLength: MAXIMUM_COMMANDS, size: 'max' })
}

/** Whatever leader, venue, network and clock can do. */
export const anything = listOf([4, leader], [9, order], [2, disturbance])
/** The same on an account that others trade on too. */
export const anythingShared = listOf([4, leader], [9, order], [2, disturbance], [1, foreign])

export const world: fc.Arbitrary<World> = fc.record({
  inverse: fc.boolean(),
  ratio: fc.constantFrom('0.37', '1', '2.5'),
  entry: fc.constantFrom<EntryStyle>(
    { kind: 'market' },
    { kind: 'limit' },
    { kind: 'limit_follow', discountBps: 50, maximumOpenOrders: 3 },
    { kind: 'marketable_limit', slippageBps: 300 },
  ),
  minimums: fc.constantFrom({}, { minimumQuantity: decimal('3') }, { minimumNotional: decimal('250') }),
})

export function aFollower({ inverse, ratio, entry, minimums }: World): Follower {
  const sizing = { kind: 'ratio', inverse, ratio: decimal(ratio) } as const
  const view = { entry, maxDriftBps: MAX_DRIFT_BPS, instrument: anInstrument(minimums) }
  return new Follower(settings({ sizing, maxAgeMs: MAX_AGE_MS }), view)
}

export function obey(follower: Follower, command: Command): void {
  switch (command.kind) {
    case 'leader':
      follower.leaderTrades(command.tenths.map(tenths), decimal('100'))
      return
    case 'foreign':
      follower.foreignTrade(decimal(`${command.lots}`))
      return
    case 'order': {
      const picked = follower.orders[command.pick % follower.orders.length]
      if (picked !== undefined)
        follower.tell(picked, command.news, quarters(picked.quantity, command.quarters))
      return
    }
    case 'wait':
      follower.now += command.ms
      break
    case 'market':
      follower.market = command.mark === null ? null : marketAt(command.mark)
      break
    case 'connection':
      follower.canSend = command.up
  }
  follower.drive()
}

function tenths(count: number): Decimal {
  return multiplyDivide(decimal('1'), fromUnits(BigInt(count)), fromUnits(10n))
}

/** Of an order, in whole lots. */
function quarters(quantity: Decimal, count: number): Decimal {
  const part = multiplyDivide(quantity, fromUnits(BigInt(count)), fromUnits(4n))
  return maximum(truncateToStep(part, decimal('1')), decimal('1'))
}
