import type { Decimal } from '../../domain/decimal.ts'
import type { InstrumentId } from '../../domain/ids.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { Clock } from '../../ports/clock.ts'
import type { AccountSnapshot, ExecutionReport, PositionReport, VenueError } from '../../ports/venue.ts'
import { attempt } from '../shared/fields.ts'
import type { VenueClock } from '../shared/venue-clock.ts'
import { CLOCK_ERROR_MS, SNAPSHOT_TRIES } from './limits.ts'
import type { MarketList } from './market-list.ts'
import { type AccountRow, parsePosition } from './parse/account.ts'
import type { TradeRow } from './parse/trade.ts'
import type { LighterQueries } from './queries.ts'

export interface SnapshotOptions {
  readonly queries: LighterQueries
  readonly markets: MarketList
  readonly clock: Clock
  readonly venueClock: VenueClock
}

/** The account's newest trades, newest first: a page tells which trade the positions stand at. */
type Newest = readonly TradeRow[]

/**
 * Positions, open orders and money at one trade.
 *
 * Positions carry no number that ties them to trades. So the newest trade is asked for before and after: if it is the
 * same, and leaves each position as the account shows it, the positions include exactly the trades up to it. What
 * trades on meanwhile, or is shown later on one side than on the other, is read again.
 */
export async function readSnapshot(options: SnapshotOptions): Promise<Result<AccountSnapshot, VenueError>> {
  const { queries, venueClock } = options
  let before = await newestTrades(queries)
  for (let tries = 0; tries < SNAPSHOT_TRIES; tries += 1) {
    if (!before.ok) return before
    const now = await venueClock.known()
    if (now === null) return unavailable("the venue's time is not known yet")
    // Dated early rather than late: what trades after it must never look as if it had been before it.
    const at = Math.trunc(now) - CLOCK_ERROR_MS
    const account = await queries.account()
    if (!account.ok) return account
    const after = await newestTrades(queries)
    if (!after.ok) return after
    const sequence = sequenceOf(before.value)
    const recent = recentlyTraded(after.value, at)
    const positions = attempt(() =>
      positionsOf(account.value, options.markets, { venueSequence: sequence, at }).filter(
        ({ quantity, instrumentId }) => quantity !== 0n || recent.has(instrumentId),
      ),
    )
    if (!positions.ok) return err({ kind: 'malformed', message: `account: ${positions.error}` })
    if (sequence === sequenceOf(after.value) && agree(positions.value, after.value))
      return withOrders(options, account.value, { positions: positions.value, at })
    before = after
  }
  return unavailable(`the account traded on while it was read, ${SNAPSHOT_TRIES} times; ask again`)
}

function newestTrades(queries: LighterQueries): Promise<Result<Newest, VenueError>> {
  return queries.trades({}, { enough: () => true })
}

/** 0: it never traded. */
function sequenceOf(trades: Newest): number {
  return trades.reduce((highest, { fill }) => Math.max(highest, fill.venueSequence), 0)
}

function positionsOf(
  account: AccountRow,
  markets: MarketList,
  moment: { readonly venueSequence: number; readonly at: number },
): readonly PositionReport[] {
  return account.positions.map(row => parsePosition(row, markets, moment))
}

/** Flat by now, perhaps: that its last trades are in the position must be said, because by their times they are not. */
function recentlyTraded(trades: Newest, since: number): ReadonlySet<InstrumentId> {
  return new Set(trades.filter(({ fill }) => fill.at >= since).map(({ fill }) => fill.instrumentId))
}

/** Whether each market's newest trade leaves what the account shows. */
function agree(positions: readonly PositionReport[], trades: Newest): boolean {
  const held = new Map<InstrumentId, Decimal>(positions.map(each => [each.instrumentId, each.quantity]))
  const newest = new Map<InstrumentId, TradeRow>()
  for (const trade of trades) {
    const known = newest.get(trade.fill.instrumentId)
    if (known === undefined || known.fill.venueSequence < trade.fill.venueSequence)
      newest.set(trade.fill.instrumentId, trade)
  }
  return [...newest].every(
    ([instrument, { positionAfter }]) =>
      positionAfter === null || positionAfter === (held.get(instrument) ?? 0n),
  )
}

async function withOrders(
  { queries, clock }: SnapshotOptions,
  account: AccountRow,
  read: Pick<AccountSnapshot, 'positions' | 'at'>,
): Promise<Result<AccountSnapshot, VenueError>> {
  const openOrders: ExecutionReport[] = []
  const markets = attempt(() => queries.marketsWithOrders(account))
  if (!markets.ok) return err({ kind: 'malformed', message: `account: ${markets.error}` })
  for (const market of markets.value) {
    const orders = await queries.activeOrders(market)
    if (!orders.ok) return orders
    openOrders.push(...orders.value)
  }
  const { balances, equity } = account
  return ok({
    positionMode: 'one_way',
    ...read,
    openOrders,
    balances,
    equity: { equity, at: clock.now() },
  })
}

function unavailable(message: string): Result<never, VenueError> {
  return err({ kind: 'unavailable', message })
}
