import type { Balance } from '../domain/account.ts'
import { isOwnClientOrderId } from '../domain/capability.ts'
import { add, type Decimal, subtract, ZERO } from '../domain/decimal.ts'
import type { Fill } from '../domain/fill.ts'
import { positionKey } from '../domain/ids.ts'
import type { AccountSnapshot, ExecutionReport, PositionReport, VenueReport } from '../ports/venue.ts'
import type { EngineContext } from './context.ts'
import { copyToLinks } from './copier.ts'
import { isForgotten, MAXIMUM_FILLS_PER_TURN, takeFill, tradeKey } from './fills.ts'
import { takeReport } from './order-events.ts'
import { tellFills } from './pairs/pair-notices.ts'
import { type AccountState, bookKey, holdingOf, newEntry } from './state.ts'
import type { Turn } from './turn.ts'

/** Trades older than this are looked up in the store before they count: memory only knows recent ones. */
const RECENT_TRADE_MS = 10 * 60_000
/** Frames of one account whose trades wait for the store; a store this far behind is not waited for any more. */
const MAXIMUM_LOOKUPS = 1_000
/** The venue's clock may be this far from ours when a trade is called old. */
const CLOCK_MARGIN_MS = 5_000
/** A position that still differs after this long is looked at again by reading the account. */
const DIFFERENCE_GRACE_MS = 2_000

/** What came together on one account's stream: one turn, so that fifty executions make one decision run. */
export function takeFrame(
  context: EngineContext,
  account: AccountState,
  reports: readonly VenueReport[],
  receivedAt: number,
): void {
  const fills = reports.flatMap(report => (report.kind === 'fill' ? [report.fill] : []))
  const known = !needLookup(context, account, fills, receivedAt)
  context.run(turn => {
    if (known) takeFills(context, turn, { account, fills, receivedAt })
    for (const report of reports) takeOther(context, turn, account, report)
  })
  if (!known) lookUp(context, account, fills)
}

/** Memory only knows recent trades. And a trade must not overtake those that are looked up: they count in order. */
function needLookup(
  context: EngineContext,
  account: AccountState,
  fills: readonly Fill[],
  receivedAt: number,
): boolean {
  if (fills.length === 0) return false
  const offsetMs = account.session?.market.offsetMs() ?? 0
  const since = Math.max(receivedAt - RECENT_TRADE_MS, context.state.restoredAt + CLOCK_MARGIN_MS) + offsetMs
  return (
    account.lookups.waiting > 0 || fills.some(fill => fill.at < since || isForgotten(context, account, fill))
  )
}

function lookUp(context: EngineContext, account: AccountState, fills: readonly Fill[]): void {
  const { lookups } = account
  if (lookups.waiting >= MAXIMUM_LOOKUPS) {
    // What is dropped here is fetched then, in its order, before anything younger counts.
    account.session?.beginAnew('too many trades wait to be looked up')
    return
  }
  lookups.waiting += 1
  lookups.last = lookups.last.then(async () => {
    await takeFetchedFills(context, account, fills)
    lookups.waiting -= 1
  })
  context.detach(lookups.last)
}

interface FillRun {
  readonly account: AccountState
  readonly fills: readonly Fill[]
  readonly receivedAt: number
}

/** Counts trades that are new and in order, and takes the account's links past them. */
export function takeFills(context: EngineContext, turn: Turn, { account, fills, receivedAt }: FillRun): void {
  if (fills.length === 0) return
  const counted = inOrder(fills).flatMap(fill => takeFill(context, turn, { account, fill, receivedAt }) ?? [])
  tellFills(context, turn, counted)
  const steps = counted.flatMap(({ step }) => step ?? [])
  if (account.source !== null && steps.length > 0)
    copyToLinks(context, turn, { source: account.source, steps, receivedAt })
}

/** A frame may be out of order within itself; the venue's sequence per symbol is what counts. */
function inOrder(fills: readonly Fill[]): readonly Fill[] {
  if (fills.length < 2) return fills
  return [...fills].sort((a, b) =>
    a.instrumentId === b.instrumentId ? a.venueSequence - b.venueSequence : a.at - b.at,
  )
}

/**
 * Counts trades that were asked for: after a gap, for an order whose trades are missing, or too old for memory.
 *
 * The store is asked which are known, because memory only remembers recent ones.
 */
export async function takeFetchedFills(
  context: EngineContext,
  account: AccountState,
  fetched: readonly Fill[],
): Promise<void> {
  const fills: Fill[] = []
  for (const [instrument, group] of Map.groupBy(fetched, fill => fill.instrumentId)) {
    const unseen = group.filter(fill => !account.recentTrades.has(tradeKey(fill)))
    if (unseen.length === 0) continue
    const known = await context.ports.store.knownTrades(
      account.account.id,
      instrument,
      unseen.map(fill => fill.tradeId),
    )
    for (const fill of unseen) {
      if (known.has(fill.tradeId)) account.recentTrades.add(tradeKey(fill), context.now())
      else fills.push(fill)
    }
  }
  for (const fill of fills) if (isForgotten(context, account, fill)) await recall(context, account, fill)
  const ordered = inOrder(fills)
  for (let from = 0; from < ordered.length; from += MAXIMUM_FILLS_PER_TURN) {
    const some = ordered.slice(from, from + MAXIMUM_FILLS_PER_TURN)
    context.run(turn => takeFills(context, turn, { account, fills: some, receivedAt: context.now() }))
  }
}

/** Brings an order back that memory has let go of, so that its late trade finds its owner. */
async function recall(context: EngineContext, account: AccountState, fill: Fill): Promise<void> {
  const { clientOrderId } = fill
  if (clientOrderId === null) return
  const order = await context.ports.store.intentByClientOrderId(account.account.id, clientOrderId)
  if (order === null) {
    context.ports.log.error('own_order_unknown', {
      order: clientOrderId,
      account: account.account.name,
      action: 'its trade is counted as foreign; was the database replaced by an older one?',
    })
    return
  }
  if (account.orders.has(clientOrderId)) return
  const holding = holdingOf(context.state, account, order.instrumentId, order.positionIndex)
  account.orders.set(clientOrderId, newEntry({ order, holding, decisions: [] }))
}

function takeOther(context: EngineContext, turn: Turn, account: AccountState, report: VenueReport): void {
  if (report.kind !== 'fill') turn.saw(account.account.id, report)
  switch (report.kind) {
    case 'order':
      takeOrderReport(context, turn, account, report.report)
      return
    case 'position':
      takePosition(context, turn, account, report.position)
      return
    case 'balance':
      takeBalances(context, account, report.balances)
      return
    case 'malformed':
      context.ports.log.error('report_malformed', {
        account: account.account.name,
        topic: report.topic,
        message: report.message,
        action: 'the account is compared with the venue',
      })
      account.session?.resync('a report could not be read')
      return
    case 'fill':
      return
  }
}

export function takeOrderReport(
  context: EngineContext,
  turn: Turn,
  account: AccountState,
  report: ExecutionReport,
): void {
  if (report.clientOrderId === null) return
  const entry = account.orders.get(report.clientOrderId)
  if (entry !== undefined) takeReport(context, turn, entry, report)
  else if (isOwn(context, account, report))
    account.session?.resync('an order of ours that memory does not hold')
}

function isOwn(
  context: EngineContext,
  account: AccountState,
  { clientOrderId, status }: ExecutionReport,
): boolean {
  const format = account.capability.clientOrderId
  return (
    (status === 'open' || status === 'created') &&
    isOwnClientOrderId(format, context.state.installationTag, clientOrderId)
  )
}

/** The position topic only checks: what we hold is what the trades say. */
function takePosition(
  context: EngineContext,
  turn: Turn,
  account: AccountState,
  report: PositionReport,
): void {
  if (report.positionIndex !== 0) {
    account.session?.resync('a position in hedge (two-way) mode')
  }
  noteLeverage(turn, account, report)
  const key = positionKey(account.account.id, report.instrumentId, report.positionIndex)
  const differs = (): boolean => {
    const holding = account.holdings.get(key)
    if (holding === undefined) return report.quantity !== 0n
    return (
      holding.position.venueSequence <= report.venueSequence && holding.position.quantity !== report.quantity
    )
  }
  if (!differs()) return
  context.ports.clock.after(DIFFERENCE_GRACE_MS, () => {
    if (differs()) account.session?.resync('the venue reports another position')
  })
}

/** A leader's leverage is what links may follow. */
export function noteLeverage(
  turn: Turn,
  account: AccountState,
  { instrumentId, positionIndex, leverage }: PositionReport,
): void {
  const book = account.source?.books.get(bookKey(instrumentId, positionIndex))
  if (book === undefined || leverage === null || book.leverage === leverage) return
  const next = { ...book, leverage }
  account.source?.books.set(bookKey(instrumentId, positionIndex), next)
  turn.book(next)
}

/** Every collateral counts, as the venue values it: its equity less the open PnL in it. */
export function takeWallet(context: EngineContext, account: AccountState, snapshot: AccountSnapshot): void {
  const quote = quoteOf(account, snapshot.balances) ?? ZERO
  let total = snapshot.equity.equity
  for (const { unrealizedPnl } of snapshot.positions) total = subtract(total, unrealizedPnl ?? ZERO)
  account.wallet = { total, quote, seenAt: context.monotonic() }
}

function takeBalances(context: EngineContext, account: AccountState, balances: readonly Balance[]): void {
  const quote = quoteOf(account, balances)
  const { wallet } = account
  if (quote === undefined || wallet === null) return
  const total = add(wallet.total, subtract(quote, wallet.quote))
  account.wallet = { total, quote, seenAt: context.monotonic() }
}

/** Of what the account's contracts settle in; undefined where the venue does not say. */
function quoteOf({ capability }: AccountState, balances: readonly Balance[]): Decimal | undefined {
  return balances.find(({ currency }) => currency === capability.settlementCurrency)?.total
}
