import type { Balance } from '../domain/account.ts'
import { type Capability, isOwnClientOrderId } from '../domain/capability.ts'
import { add, type Decimal, ZERO } from '../domain/decimal.ts'
import type { InstrumentId, VenueOrderId } from '../domain/ids.ts'
import { dayOf, unrealizedPnl } from '../domain/position.ts'
import type { StoredPosition } from '../ports/store.ts'
import type { AccountSnapshot, PositionReport } from '../ports/venue.ts'
import type { AccountView, BalanceView, OrderView, PnlView, PositionView } from '../ports/watch.ts'
import {
  closedRow,
  type Held,
  isSameBalance,
  isSamePosition,
  orderRow,
  type PositionSide,
  positionRow,
  sideOfPosition,
} from './account-rows.ts'
import type { EngineContext } from './context.ts'
import { SeenOrders } from './seen-orders.ts'
import { type AccountState, bookKey, type MarketView } from './state.ts'
import type { Sight } from './turn.ts'

/** What is different from what was last told. */
export interface Changes {
  readonly balances: Set<string>
  /** By instrument and position index, with the side that was shown before. */
  readonly positions: Map<string, PositionSide | null>
  readonly orders: Set<VenueOrderId>
  isReplaced: boolean
}

export function noChanges(): Changes {
  return { balances: new Set(), positions: new Map(), orders: new Set(), isReplaced: false }
}

interface Reported {
  readonly report: PositionReport
  /** Our clock, ms. */
  readonly at: number
}

export interface ViewParts {
  readonly context: EngineContext
  /** As it is when the view begins. */
  readonly account: AccountState
  /** As it is now: it may have been removed, and set up again. */
  readonly wallet: () => AccountState['wallet']
  /** Null: no prices are to be had. */
  readonly market: () => MarketView | null
}

/**
 * What one account looks like by what is durable. It is kept whether somebody watches or not, so that the first
 * look is answered at once; what can be computed is computed only for those who look.
 */
export class KeptView {
  /** Null: nobody wants to know what changes. */
  changes: Changes | null = null
  /** The next snapshot begins anew: nobody has seen what happened since the last one. */
  isStale = true
  readonly #parts: Omit<ViewParts, 'account'>
  readonly #clientOrderIds: Capability['clientOrderId']
  readonly #balances = new Map<string, Balance>()
  readonly #counted = new Map<string, StoredPosition>()
  readonly #reported = new Map<string, Reported>()
  readonly #orders = new SeenOrders()
  /** Keys of the positions that are open. */
  readonly #open = new Set<string>()
  #isTwoWay = false
  #isRead: boolean
  /** Computed when asked for, until a trade is counted. */
  #realized: { readonly day: number; readonly sum: Decimal } | null = null

  constructor(parts: ViewParts) {
    const { account, capability, holdings } = parts.account
    this.#parts = parts
    this.#clientOrderIds = capability.clientOrderId
    // Nothing is read of an account that only signals move: it is what was counted.
    this.#isRead = account.kind === 'virtual'
    for (const { position } of holdings.values()) this.count(position)
  }

  take(seen: Sight['seen']): void {
    switch (seen.kind) {
      case 'order':
        if (this.#orders.take(seen.report)) this.changes?.orders.add(seen.report.venueOrderId)
        return
      case 'position':
        this.#takePosition(seen.position)
        return
      case 'balance':
        for (const balance of seen.balances) this.#takeBalance(balance)
        return
      case 'snapshot':
        this.#takeSnapshot(seen.snapshot)
        return
    }
  }

  /** A position after its last trade, or after the venue's word was taken for it. */
  count(row: StoredPosition): void {
    const key = bookKey(row.instrumentId, row.positionIndex)
    const before = this.#shown(key)
    this.#counted.set(key, row)
    this.#realized = null
    this.#noteChange(key, before)
  }

  /** Null until the account has been read once. */
  view(): AccountView | null {
    if (!this.#isRead) return null
    const { context } = this.#parts
    return {
      balances: [...this.#balances.values()],
      positions: this.openPositions(),
      orders: this.#orders.list(context.now()).map(report => this.#orderRow(report)),
      pnl: this.pnl(),
    }
  }

  get hasOpenPositions(): boolean {
    return this.#open.size > 0
  }

  openPositions(): readonly PositionView[] {
    return [...this.#open].flatMap(key => this.#positionRow(key) ?? [])
  }

  pnl(): PnlView {
    const { context } = this.#parts
    let unrealized: Decimal | null = ZERO
    for (const key of this.#open) {
      const held = this.#held(key)
      const mark = held === null ? null : this.#markOf(held.instrumentId, key)
      if (unrealized === null || held === null || mark === null) unrealized = null
      else unrealized = add(unrealized, unrealizedPnl(held, mark))
    }
    const wallet = this.#parts.wallet()
    return {
      realizedToday: this.#realizedToday(),
      unrealized,
      equity: wallet === null || unrealized === null ? null : add(wallet.total, unrealized),
      at: context.now(),
    }
  }

  changedBalances({ balances }: Changes): readonly BalanceView[] {
    return [...balances].flatMap(currency => this.#balances.get(currency) ?? [])
  }

  changedOrders({ orders }: Changes): readonly OrderView[] {
    return [...orders].flatMap(id => {
      const report = this.#orders.get(id)
      return report === undefined ? [] : [this.#orderRow(report)]
    })
  }

  changedPositions({ positions }: Changes): readonly PositionView[] {
    return [...positions].flatMap(([key, before]) => {
      const held = this.#held(key)
      const row = this.#positionRow(key)
      const hasEnded = held !== null && before !== null && before !== row?.side
      return [...(hasEnded ? [closedRow(held, before)] : []), ...(row === null ? [] : [row])]
    })
  }

  #takeBalance(balance: Balance): void {
    const known = this.#balances.get(balance.currency)
    this.#balances.set(balance.currency, balance)
    if (known === undefined || !isSameBalance(known, balance)) this.changes?.balances.add(balance.currency)
  }

  #takePosition(report: PositionReport): void {
    const key = bookKey(report.instrumentId, report.positionIndex)
    const known = this.#reported.get(key)?.report
    if (known !== undefined && known.venueSequence > report.venueSequence) return
    const before = this.#shown(key)
    this.#reported.set(key, { report, at: this.#parts.context.now() })
    // The topic fires without a change, and what the trades say is told when they are counted.
    if (known === undefined || !isSamePosition(known, report)) this.#noteChange(key, before)
  }

  #takeSnapshot(snapshot: AccountSnapshot): void {
    const isTwoWay = snapshot.positionMode === 'hedge'
    const { changed, isSomeGone } = this.#orders.takeOpen(snapshot.openOrders, snapshot.at)
    const currencies = new Set(snapshot.balances.map(({ currency }) => currency))
    const gone = [...this.#balances.keys()].filter(currency => !currencies.has(currency))
    for (const currency of gone) this.#balances.delete(currency)
    for (const balance of snapshot.balances) this.#takeBalance(balance)
    const isOtherMode = isTwoWay !== this.#isTwoWay
    this.#isTwoWay = isTwoWay
    this.#dropUnlisted(snapshot)
    for (const position of snapshot.positions) this.#takePosition(position)
    if (isOtherMode) this.#reopen()
    const isAnew = this.isStale || isSomeGone || isOtherMode || gone.length > 0
    this.isStale = false
    this.#isRead = true
    for (const id of changed) this.changes?.orders.add(id)
    if (this.changes !== null && isAnew) this.changes.isReplaced = true
  }

  /** What a list leaves out is flat; what was told after the list was made is not in it. */
  #dropUnlisted({ positions, at }: AccountSnapshot): void {
    const listed = new Set(
      positions.map(({ instrumentId, positionIndex }) => bookKey(instrumentId, positionIndex)),
    )
    for (const [key, { report }] of this.#reported) {
      if (listed.has(key) || report.at >= at || report.quantity === ZERO) continue
      this.#takePosition({ ...report, quantity: ZERO, markPrice: null })
    }
  }

  #reopen(): void {
    this.#open.clear()
    for (const key of [...this.#counted.keys(), ...this.#reported.keys()])
      if (this.#shown(key) !== null) this.#open.add(key)
  }

  #noteChange(key: string, before: PositionSide | null): void {
    if (this.#shown(key) === null) this.#open.delete(key)
    else this.#open.add(key)
    if (this.changes !== null && !this.changes.positions.has(key)) this.changes.positions.set(key, before)
  }

  #shown(key: string): PositionSide | null {
    const { positionIndex = 0, quantity = ZERO } = this.#source(key) ?? {}
    return (positionIndex !== 0) === this.#isTwoWay ? sideOfPosition(quantity) : null
  }

  /** Executions carry no position index: in two-way mode only the venue knows which position they moved. */
  #source(key: string): PositionReport | StoredPosition | undefined {
    return this.#isTwoWay ? this.#reported.get(key)?.report : this.#counted.get(key)
  }

  #held(key: string): Held | null {
    const source = this.#source(key)
    if (source === undefined) return null
    const { instrumentId, quantity, averagePrice } = source
    return { instrumentId, quantity, averagePrice, report: this.#reported.get(key)?.report ?? null }
  }

  #positionRow(key: string): PositionView | null {
    const held = this.#held(key)
    const side = this.#shown(key)
    if (held === null || side === null) return null
    return positionRow(held, side, this.#markOf(held.instrumentId, key))
  }

  /** The market's; until its first ticker, the one that came with the position. */
  #markOf(instrumentId: InstrumentId, key: string): Decimal | null {
    const { context, market } = this.#parts
    const prices = market()?.prices(instrumentId) ?? null
    if (prices !== null) return prices.mark
    const reported = this.#reported.get(key)
    const isFresh = reported !== undefined && context.now() - reported.at <= context.options.marketMaxAgeMs
    return isFresh ? reported.report.markPrice : null
  }

  #orderRow(report: Parameters<typeof orderRow>[0]): OrderView {
    const { installationTag } = this.#parts.context.state
    const isOwn = isOwnClientOrderId(this.#clientOrderIds, installationTag, report.clientOrderId)
    return orderRow(report, isOwn ? 'lockstep' : 'venue')
  }

  #realizedToday(): Decimal {
    const day = dayOf(this.#parts.context.now())
    if (this.#realized?.day === day) return this.#realized.sum
    let sum: Decimal = ZERO
    // The venue's clock may be in tomorrow already.
    for (const { realizedDay, realizedPnl } of this.#counted.values())
      if (realizedDay >= day) sum = add(sum, realizedPnl)
    this.#realized = { day, sum }
    return sum
  }
}
