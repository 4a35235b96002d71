import type { PositionIndex } from '../../src/domain/ids.ts'
import { emptyHolding, emptyPosition, findOrder, holdingsOf } from './account.ts'
import { walletOf } from './margin.ts'
import { positionModeOf } from './position-mode.ts'
import type { ClosedPnl, MarginMode, PositionRisk, Transaction } from './records.ts'
import { riskOf } from './risk.ts'
import type { PositionMode } from './stop.ts'
import { transactionsOf } from './transactions.ts'
import type {
  ExchangeExecution,
  ExchangeOrder,
  ExchangePosition,
  ExchangeRecords,
  ExchangeWallet,
  OrderSelector,
} from './types.ts'
import { accountOf, marketOf, type World } from './world.ts'

/** The questions that an account can ask. Answers are copies where the world's own would change. */
export class ExchangeQueries implements ExchangeRecords {
  protected readonly world: World

  constructor(world: World) {
    this.world = world
  }

  wallet(account: string): ExchangeWallet {
    return walletOf(accountOf(this.world, account), this.world.markets)
  }

  marginMode(account: string): MarginMode {
    return accountOf(this.world, account).marginMode
  }

  positionMode(account: string, symbol: string): PositionMode {
    return positionModeOf(accountOf(this.world, account), symbol)
  }

  position(account: string, symbol: string, positionIndex: PositionIndex = 0): ExchangePosition {
    const holding = accountOf(this.world, account).holdings[positionIndex].get(symbol)
    return holding === undefined
      ? emptyPosition(marketOf(this.world, symbol).instrument.symbol, positionIndex)
      : { ...holding.position }
  }

  /** Of the mode that each symbol is in. */
  positions(account: string): readonly ExchangePosition[] {
    const known = accountOf(this.world, account)
    const isShown = ({ symbol, positionIndex }: ExchangePosition) =>
      (positionModeOf(known, symbol) === 'hedge') === positionIndex > 0
    return [...holdingsOf(known)].flatMap(({ position }) => (isShown(position) ? [{ ...position }] : []))
  }

  risk(account: string, symbol: string, positionIndex: PositionIndex = 0): PositionRisk {
    const known = accountOf(this.world, account)
    const market = marketOf(this.world, symbol)
    // A question must leave nothing behind: a holding made here would not be there when commands are replayed.
    const holding =
      known.holdings[positionIndex].get(symbol) ?? emptyHolding(market.instrument, positionIndex)
    return riskOf(this.world, known, holding, market)
  }

  order(account: string, selector: OrderSelector): ExchangeOrder | null {
    const order = findOrder(accountOf(this.world, account), selector)
    return order === null ? null : { ...order }
  }

  openOrders(account: string): readonly ExchangeOrder[] {
    const holdings = [...holdingsOf(accountOf(this.world, account))]
    return holdings.flatMap(({ openOrders, waiting }) =>
      [...openOrders.values(), ...waiting.values()].map(order => ({ ...order })),
    )
  }

  closedOrders(account: string): readonly ExchangeOrder[] {
    return accountOf(this.world, account).closed.newestFirst()
  }

  executions(account: string): readonly ExchangeExecution[] {
    return accountOf(this.world, account).executions.newestFirst()
  }

  closedPnl(account: string): readonly ClosedPnl[] {
    const rows = accountOf(this.world, account).closedPnl.newestFirst()
    return rows.map(row => ({ ...row }))
  }

  transactions(account: string): readonly Transaction[] {
    return transactionsOf(accountOf(this.world, account))
  }
}
