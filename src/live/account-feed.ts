import { accountStream, TRADING_TYPES, type TradingType } from '../../protocol/live.ts'
import type { AccountId } from '../domain/ids.ts'
import { must, unreachable } from '../domain/result.ts'
import type { Clock } from '../ports/clock.ts'
import type {
  AccountChange,
  AccountView,
  AccountWatch,
  PnlView,
  Watching,
  WatchState,
} from '../ports/watch.ts'
import { Conflation } from './conflation.ts'
import type { Feed } from './feed.ts'
import { LIMITS } from './limits.ts'
import { Room } from './room.ts'
import { balanceRow, orderRow, pnlRow, positionRow } from './rows.ts'

/** How the account's session calls those who look through this feed. */
const USER = 'live'

export interface AccountFeedParts {
  readonly accountId: AccountId
  readonly epoch: string
  readonly clock: Clock
}

/**
 * The four streams of one account. No copy of the account is kept that could be lost or grow old: a snapshot is the
 * account's own view at that moment, and a delta is what the account said has changed.
 */
export class AccountFeed implements Feed {
  readonly origin: AccountId
  readonly rooms: readonly Room[]
  readonly #rooms: Readonly<Record<TradingType, Room>>
  readonly #pnl: Conflation<PnlView>
  #state: WatchState = 'connecting'
  #watching: Watching | null = null
  #isReady = false
  /** The view that rooms share while they are told together. */
  #view: AccountView | null = null

  constructor({ accountId, epoch, clock }: AccountFeedParts) {
    this.origin = accountId
    const room = (type: TradingType, heldFrames: number): Room => {
      const data = (): unknown => dataOf(this.#look(), type)
      return new Room({ name: accountStream(accountId, type), epoch, heldFrames, clock, data })
    }
    this.#rooms = {
      balance: room('balance', LIMITS.heldFrames),
      positions: room('positions', LIMITS.heldFrames),
      pnl: room('pnl', 0),
      orders: room('orders', LIMITS.heldFrames),
    }
    this.rooms = TRADING_TYPES.map(type => this.#rooms[type])
    this.#pnl = new Conflation(clock, row => this.#rooms.pnl.tell(() => pnlRow(row)))
  }

  /** @returns null: the account is unknown or inactive */
  static open(accounts: AccountWatch, parts: AccountFeedParts): AccountFeed | null {
    const feed = new AccountFeed(parts)
    const watching = accounts.watch(parts.accountId, USER, {
      changed: changes => feed.#changed(changes),
      state: state => feed.#become(state),
    })
    if (watching === null) return null
    feed.#watching = watching
    feed.#become(watching.state)
    return feed
  }

  get state(): WatchState {
    return this.#state
  }

  together(work: () => void): void {
    work()
    this.#view = null
  }

  end(): void {
    this.#pnl.end()
    this.#watching?.end()
    this.#watching = null
  }

  #changed(changes: readonly AccountChange[]): void {
    const isReplaced = changes.some(change => change.kind === 'replaced')
    if (isReplaced || !this.#isReady) this.#replace()
    else for (const change of changes) this.#tell(change)
  }

  #become(state: WatchState): void {
    if (!this.#isReady) this.#replace()
    if (state === this.#state) return
    this.#state = state
    for (const room of this.rooms) room.tellState(state)
  }

  /** Nothing is told before the account has been read once. */
  #replace(): void {
    this.#view = this.#watching?.view() ?? null
    if (this.#view === null) return
    this.#isReady = true
    this.#pnl.clear()
    this.together(() => {
      for (const room of this.rooms) room.replace()
    })
  }

  #tell(change: AccountChange): void {
    switch (change.kind) {
      case 'balances':
        this.#rooms.balance.tell(() => change.rows.map(balanceRow))
        break
      case 'positions':
        this.#rooms.positions.tell(() => change.rows.map(positionRow))
        break
      case 'orders':
        this.#rooms.orders.tell(() => change.rows.map(orderRow))
        break
      case 'pnl':
        this.#pnl.offer(change.row)
        break
      case 'replaced':
        this.#replace()
        break
      default:
        unreachable(change)
    }
  }

  #look(): AccountView {
    this.#view ??= this.#watching?.view() ?? null
    return must(this.#view, 'an account that has been read once has a view')
  }
}

function dataOf(view: AccountView, type: TradingType): unknown {
  switch (type) {
    case 'balance':
      return view.balances.map(balanceRow)
    case 'positions':
      return view.positions.map(positionRow)
    case 'pnl':
      return pnlRow(view.pnl)
    case 'orders':
      return view.orders.map(orderRow)
    default:
      return unreachable(type)
  }
}
