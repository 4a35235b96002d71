import type { AccountChange, AccountListener, PnlView, WatchState } from '../ports/watch.ts'
import { isSamePnl } from './account-rows.ts'
import { type KeptView, noChanges } from './account-view.ts'
import type { EngineContext } from './context.ts'
import { Listeners } from './listeners.ts'

/** Marks move all the time: what follows from them is told at most so often. */
const PNL_EVERY_MS = 100
const POSITIONS_EVERY_MS = 1_000
const DAY_MS = 86_400_000

type News =
  | { readonly kind: 'changed'; readonly changes: readonly AccountChange[] }
  | { readonly kind: 'state'; readonly state: WatchState; readonly message: string }

/** One account while somebody watches it: what changes is told at once, what only marks move a little later. */
export class WatchedAccount {
  readonly #context: EngineContext
  readonly #view: KeptView
  readonly #listeners: Listeners<News>
  /** How many watch under each name. */
  readonly #users = new Map<string, number>()
  #lastPnl: PnlView | null = null
  /** Our monotonic clock, ms. */
  #positionsToldAt: number
  #timer: { readonly cancel: () => void; readonly followsMarks: boolean } | null = null

  constructor(context: EngineContext, view: KeptView) {
    this.#context = context
    this.#view = view
    this.#listeners = new Listeners(context.ports.log)
    this.#positionsToldAt = context.monotonic()
    view.changes = noChanges()
    this.#plan()
  }

  get users(): readonly string[] {
    return [...this.#users.keys()]
  }

  /** @returns what takes the listener away; whether the user watches no more is told by `users` */
  add(user: string, listener: AccountListener): () => void {
    this.#users.set(user, (this.#users.get(user) ?? 0) + 1)
    const end = this.#listeners.add(news => {
      if (news.kind === 'changed') listener.changed(news.changes)
      else listener.state(news.state, news.message)
    })
    return () => {
      end()
      const left = (this.#users.get(user) ?? 1) - 1
      if (left === 0) this.#users.delete(user)
      else this.#users.set(user, left)
    }
  }

  /** Nobody watches any more. */
  end(): void {
    this.#timer?.cancel()
    this.#view.changes = null
  }

  tellState(state: WatchState, message: string): void {
    this.#listeners.tell({ kind: 'state', state, message })
  }

  /** Tells what has changed since the last time, all of it together. */
  tellChanges(): void {
    const noted = this.#view.changes
    if (noted === null) return
    this.#view.changes = noChanges()
    if (noted.isReplaced) {
      this.#lastPnl = null
      this.#tell([{ kind: 'replaced' }])
      return
    }
    const balances = this.#view.changedBalances(noted)
    const positions = this.#view.changedPositions(noted)
    const orders = this.#view.changedOrders(noted)
    const changes: AccountChange[] = []
    if (orders.length > 0) changes.push({ kind: 'orders', rows: orders })
    if (positions.length > 0) changes.push({ kind: 'positions', rows: positions })
    if (balances.length > 0) changes.push({ kind: 'balances', rows: balances })
    if (noted.positions.size > 0 || balances.length > 0) changes.push(...this.#pnlChange())
    this.#tell(changes)
  }

  #tell(changes: readonly AccountChange[]): void {
    this.#plan()
    if (changes.length > 0) this.#listeners.tell({ kind: 'changed', changes })
  }

  #pnlChange(): readonly AccountChange[] {
    const row = this.#view.pnl()
    if (this.#lastPnl !== null && isSamePnl(this.#lastPnl, row)) return []
    this.#lastPnl = row
    return [{ kind: 'pnl', row }]
  }

  /** Looks at the marks soon, or, with nothing open, at the day's gain when the day ends. */
  #plan(): void {
    const followsMarks = this.#view.hasOpenPositions
    if (this.#timer !== null && this.#timer.followsMarks === followsMarks) return
    this.#timer?.cancel()
    const { clock, random } = this.#context.ports
    // Accounts that trade together would otherwise be looked at together, and whoever sends would have to wait.
    const delayMs = followsMarks ? PNL_EVERY_MS * random.next() : DAY_MS - (this.#context.now() % DAY_MS)
    this.#timer = { cancel: clock.after(delayMs, () => this.#look()), followsMarks }
  }

  #look(): void {
    const { clock } = this.#context.ports
    this.#timer = null
    if (this.#view.hasOpenPositions)
      this.#timer = { cancel: clock.after(PNL_EVERY_MS, () => this.#look()), followsMarks: true }
    const changes = [...this.#pnlChange()]
    const now = this.#context.monotonic()
    const isDue = now - this.#positionsToldAt >= POSITIONS_EVERY_MS
    if (changes.length > 0 && isDue) {
      this.#positionsToldAt = now
      const rows = this.#view.openPositions()
      if (rows.length > 0) changes.unshift({ kind: 'positions', rows })
    }
    this.#tell(changes)
  }
}
