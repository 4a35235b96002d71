import { formatDecimal } from '../domain/decimal.ts'
import type { ClientOrderId, PositionKey } from '../domain/ids.ts'
import { positionKey, symbolOf } from '../domain/ids.ts'
import { isUnacknowledged, type OrderStatus, unseenQuantity } from '../domain/order.ts'
import { ok, type Result } from '../domain/result.ts'
import { comparePositions, ordersToAsk, type PositionDifference } from '../logic/reconcile.ts'
import type { AccountSnapshot, VenueAccount, VenueError } from '../ports/venue.ts'
import { accountBaseline, rebaseHolding } from './baseline.ts'
import type { EngineContext } from './context.ts'
import { noteLeverage, takeFetchedFills, takeOrderReport, takeWallet } from './intake.ts'
import { moveOrder, takeReport } from './order-events.ts'
import { type AccountState, holdingOf, type OrderEntry } from './state.ts'
import type { Turn } from './turn.ts'

/** Executions are asked for again from this long before the covered end: venues file them late. */
const OVERLAP_MS = 60_000
/** An order that was heard of this shortly before a snapshot is known better than the snapshot knows it. */
const SNAPSHOT_MARGIN_MS = 1_000
/** Beyond the venue's own lag: a difference that outlasts both is believed. */
const CONFIRM_MARGIN_MS = 500

export interface SyncInput {
  readonly context: EngineContext
  readonly account: AccountState
  readonly venueAccount: VenueAccount
}

/**
 * Brings one account and its venue to one story: what happened since we last knew, then what is open, then
 * what is held. Safe to run at any time and as often as one likes.
 */
export async function syncAccount(input: SyncInput): Promise<Result<void, VenueError>> {
  const { context, account } = input
  if (account.sync === null) {
    const first = await input.venueAccount.snapshot()
    if (!first.ok) return first
    // A session that took this one's place may have been quicker: its count is not begun anew.
    if (account.sync === null) {
      context.run(turn => {
        accountBaseline(context, turn, account, first.value)
        turn.saw(account.account.id, { kind: 'snapshot', snapshot: first.value })
      })
      takeAccount(context, account, first.value)
      return ok()
    }
  }
  const first = await readOnce(input)
  if (!first.ok) return first
  if (differencesOf(context, account, first.value).length === 0) return ok()
  // A venue may file the trades of a position later than the position: only what is still missing after its
  // lag is lost. A second look makes sure that the first one was not itself behind.
  const lagMs = account.capability.queryLagMs + CONFIRM_MARGIN_MS
  await new Promise<void>(resolve => context.ports.clock.after(lagMs, resolve))
  const second = await readOnce(input)
  if (!second.ok) return second
  const still = new Set(differencesOf(context, account, second.value).map(({ key }) => key))
  context.run(turn => {
    for (const difference of differencesOf(context, account, first.value))
      if (still.has(difference.key)) believe(context, turn, account, difference)
  })
  return ok()
}

/** Counts everything that the venue tells. @returns what the account looked like before that */
async function readOnce(input: SyncInput): Promise<Result<AccountSnapshot, VenueError>> {
  const { context, account, venueAccount } = input
  const snapshot = await venueAccount.snapshot()
  if (!snapshot.ok) return snapshot
  const fills = await venueAccount.executions({ since: (account.sync?.syncedAt ?? 0) - OVERLAP_MS })
  if (!fills.ok) return fills
  // Money first: what a leader's trades are sized by.
  takeAccount(context, account, snapshot.value)
  context.run(turn => turn.saw(account.account.id, { kind: 'snapshot', snapshot: snapshot.value }))
  await takeFetchedFills(context, account, fills.value)
  const asked = await askForOrders(input, snapshot.value)
  if (!asked.ok) return asked
  const { sync } = account
  if (sync !== null) {
    account.sync = { ...sync, syncedAt: Math.max(sync.syncedAt, snapshot.value.at) }
    const covered = account.sync
    context.run(turn => turn.sync(covered))
  }
  return snapshot
}

/** Mode, money and leverage, which a snapshot tells whole. */
function takeAccount(context: EngineContext, account: AccountState, snapshot: AccountSnapshot): void {
  takeWallet(context, account, snapshot)
  const hedge = snapshot.positionMode === 'hedge'
  if (hedge && account.refusal !== 'position_mode') {
    context.run(turn => {
      context.notice(turn, {
        code: 'position_mode',
        level: 'critical',
        accountId: account.account.id,
        text: `Account ${account.account.name} is in hedge (two-way) position mode, which links cannot use.`,
        action: 'Switch it to one-way mode on the venue.',
      })
    })
  }
  if (!hedge)
    context.run(turn =>
      context.over(turn, {
        code: 'position_mode',
        accountId: account.account.id,
        text: `Account ${account.account.name} is in one-way position mode again.`,
      }),
    )
  account.refusal = hedge ? 'position_mode' : account.refusal === 'position_mode' ? null : account.refusal
  context.run(turn => {
    for (const position of snapshot.positions) noteLeverage(turn, account, position)
  })
}

const DOUBTED_WHEN_ABSENT: ReadonlySet<OrderStatus> = new Set(['acknowledged', 'open'])

async function askForOrders(
  { context, account, venueAccount }: SyncInput,
  snapshot: AccountSnapshot,
): Promise<Result<void, VenueError>> {
  const open = new Set<ClientOrderId>()
  for (const report of snapshot.openOrders) if (report.clientOrderId !== null) open.add(report.clientOrderId)
  context.run(turn => {
    for (const report of snapshot.openOrders) {
      // A snapshot is as old as its request: an order that ended since must not come back to life.
      const entry = report.clientOrderId === null ? undefined : account.orders.get(report.clientOrderId)
      if (
        entry === undefined ||
        entry.heardAt < context.monotonic() - SNAPSHOT_MARGIN_MS ||
        entry.order.status === 'in_doubt'
      ) {
        takeOrderReport(context, turn, account, report)
      }
    }
  })
  const mine = [...context.state.liveOrders].filter(entry => entry.order.accountId === account.account.id)
  const ask = new Set(
    ordersToAsk(
      mine.map(entry => entry.order),
      open,
    ),
  )
  for (const entry of mine) {
    if (!ask.has(entry.order)) continue
    const found = await venueAccount.find(entry.order)
    if (!found.ok) return found
    const { value } = found
    context.run(turn => {
      if (!('absent' in value)) {
        turn.saw(account.account.id, { kind: 'order', report: value })
        takeReport(context, turn, entry, value)
      } else if (DOUBTED_WHEN_ABSENT.has(entry.order.status))
        moveOrder(context, turn, entry, { kind: 'report_overdue' })
    })
  }
  return ok()
}

function differencesOf(
  context: EngineContext,
  account: AccountState,
  snapshot: AccountSnapshot,
): readonly PositionDifference[] {
  const { id } = account.account
  for (const { instrumentId, positionIndex } of snapshot.positions)
    holdingOf(context.state, account, instrumentId, positionIndex)
  const told = new Set(
    snapshot.positions.map(position => positionKey(id, position.instrumentId, position.positionIndex)),
  )
  // The venue's clock: what was traded before this start may have been traded right before it.
  const startedAt = context.state.restoredAt + (account.session?.market.offsetMs() ?? 0)
  const counted = []
  const explained = new Set<PositionKey>()
  for (const { key, position, lastTrade, orders } of account.holdings.values()) {
    // Our own order explains a difference: its trades are on their way, and it asks for them itself.
    if ([...orders].some(isUnsettled)) {
      explained.add(key)
      continue
    }
    // A list that leaves a position out proves it flat only when no lag can hide our last trade there.
    const lastTradeAt = Math.max(lastTrade?.at ?? 0, startedAt)
    const isHidden = lastTradeAt + account.capability.queryLagMs >= snapshot.at
    if (!told.has(key) && isHidden) continue
    counted.push({ key, quantity: position.quantity, venueSequence: position.venueSequence })
  }
  const venue = snapshot.positions.map(position => ({
    key: positionKey(id, position.instrumentId, position.positionIndex),
    quantity: position.quantity,
    averagePrice: position.averagePrice,
    venueSequence: position.venueSequence,
  }))
  return comparePositions(
    counted,
    venue.filter(({ key }) => !explained.has(key)),
  )
}

function isUnsettled({ order }: OrderEntry): boolean {
  return isUnacknowledged(order.status) || unseenQuantity(order) > 0n
}

/** The trades between cannot be had any more: take the venue's word, and say so. */
function believe(
  context: EngineContext,
  turn: Turn,
  account: AccountState,
  difference: PositionDifference,
): void {
  const holding = context.state.holdings.get(difference.key)
  if (holding === undefined) return
  context.notice(turn, {
    code: 'gap',
    level: 'warning',
    holding,
    text: `Account ${account.account.name} holds ${formatDecimal(difference.venue)} ${symbolOf(holding.instrumentId)}, its known trades make ${formatDecimal(difference.counted)}. The venue's figure was taken.`,
    action: 'Look on the venue for trades older than it tells.',
  })
  rebaseHolding(context, turn, {
    account,
    holding,
    venueQuantity: difference.venue,
    averagePrice: difference.averagePrice,
    venueSequence: difference.venueSequence,
  })
}
