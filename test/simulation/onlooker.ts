import { formatDecimal, ZERO } from '../../src/domain/decimal.ts'
import { symbolOf } from '../../src/domain/ids.ts'
import type { Notice } from '../../src/domain/notice.ts'
import { must } from '../../src/domain/result.ts'
import type {
  AccountChange,
  AccountListener,
  BalanceView,
  OrderView,
  PnlView,
  PositionView,
  Watching,
  WatchState,
} from '../../src/ports/watch.ts'
import type { Simulation } from './simulation.ts'

/** Somebody with a phone: makes a picture of an account out of nothing but what is told. */
export class Onlooker implements AccountListener {
  readonly watching: Watching
  readonly told: (readonly AccountChange[])[] = []
  readonly states: WatchState[] = []
  readonly #balances = new Map<string, BalanceView>()
  readonly #positions = new Map<string, PositionView>()
  readonly #orders = new Map<string, OrderView>()
  pnl: PnlView | null = null

  /** Watches an account of the process that runs now. */
  constructor(simulation: Simulation, account: string, user = 'a phone') {
    const { engine } = simulation.process ?? {}
    const accounts = [...(engine?.context.state.accounts.values() ?? [])]
    const { id } = must(accounts.find(each => each.account.name === account)?.account, account)
    this.watching = must(engine?.watch.watch(id, user, this) ?? null, `${account} can be watched`)
    this.#read()
  }

  changed(changes: readonly AccountChange[]): void {
    this.told.push(changes)
    for (const change of changes) {
      if (change.kind === 'replaced') this.#read()
      else if (change.kind === 'balances')
        for (const row of change.rows) this.#balances.set(row.currency, row)
      else if (change.kind === 'positions')
        for (const row of change.rows) this.#positions.set(keyOf(row), row)
      else if (change.kind === 'orders') for (const row of change.rows) this.#orders.set(row.id, row)
      else this.pnl = change.row
    }
  }

  state(state: WatchState): void {
    this.states.push(state)
  }

  /** Kinds of what was told, event by event. */
  get kinds(): readonly string[] {
    return this.told.map(changes => changes.map(({ kind }) => kind).join(' '))
  }

  /** The open ones, as in "BTCUSDT long 0.01". */
  get positions(): readonly string[] {
    return [...this.#positions.values()]
      .filter(({ quantity }) => quantity !== ZERO)
      .map(
        ({ instrumentId, side, quantity }) => `${symbolOf(instrumentId)} ${side} ${formatDecimal(quantity)}`,
      )
      .sort()
  }

  /** As in "buy 0.01 filled lockstep", oldest first. */
  get orders(): readonly string[] {
    return [...this.#orders.values()]
      .sort((a, b) => a.at - b.at)
      .map(({ side, quantity, status, origin }) => `${side} ${formatDecimal(quantity)} ${status} ${origin}`)
  }

  get balances(): readonly BalanceView[] {
    return [...this.#balances.values()]
  }

  /** In what the picture differs from what a fresh look shows; marks aside, which move without a word. */
  get differences(): readonly string[] {
    const view = must(this.watching.view(), 'the account has been read')
    const fresh = view.positions.map(
      ({ instrumentId, side, quantity }) => `${symbolOf(instrumentId)} ${side} ${formatDecimal(quantity)}`,
    )
    const lost = view.orders.filter(({ id, status, filled }) => {
      const mine = this.#orders.get(id)
      return mine?.status !== status || mine.filled !== filled
    })
    return [
      ...(fresh.sort().join() === this.positions.join() ? [] : [`positions ${fresh.join()}`]),
      ...lost.map(({ id, status }) => `order ${id} is ${status}`),
      ...view.balances.filter(row => this.#balances.get(row.currency) !== row).map(row => row.currency),
      ...(view.pnl.realizedToday === this.pnl?.realizedToday ? [] : ['realizedToday']),
    ]
  }

  #read(): void {
    const view = this.watching?.view() ?? null
    if (view === null) return
    for (const rows of [this.#balances, this.#positions, this.#orders]) rows.clear()
    this.changed([
      { kind: 'balances', rows: view.balances },
      { kind: 'positions', rows: view.positions },
      { kind: 'orders', rows: view.orders },
      { kind: 'pnl', row: view.pnl },
    ])
    this.told.pop()
  }
}

function keyOf({ instrumentId, side }: PositionView): string {
  return `${instrumentId} ${side}`
}

/** Codes of the notices that are told from now on. */
export function noticesOf(simulation: Simulation): readonly string[] {
  const codes: string[] = []
  simulation.process?.engine?.notices((notice: Notice) => codes.push(notice.code))
  return codes
}
