import type { AccountId } from '../domain/ids.ts'
import type { Notice } from '../domain/notice.ts'
import type { AccountListener, AccountWatch, Watching, WatchState } from '../ports/watch.ts'
import { KeptView } from './account-view.ts'
import type { Durable, EngineContext, SessionMove } from './context.ts'
import { Listeners } from './listeners.ts'
import type { SessionRegistry } from './registry.ts'
import { WatchedAccount } from './watched-account.ts'

interface Kept {
  readonly view: KeptView
  state: WatchState
  /** Null: nobody watches. */
  watched: WatchedAccount | null
}

/**
 * Those who look on, and what they are shown: it is read off the units that have become durable, behind whatever
 * had to be sent.
 */
export class Watchers implements AccountWatch {
  readonly notices: Listeners<Notice>
  readonly #context: EngineContext
  readonly #registry: SessionRegistry
  readonly #kept = new Map<AccountId, Kept>()
  readonly #endings: readonly (() => void)[]

  constructor(context: EngineContext, registry: SessionRegistry) {
    this.#context = context
    this.#registry = registry
    this.notices = new Listeners(context.ports.log)
    for (const id of context.state.accounts.keys()) this.#keptOf(id)
    this.#endings = [
      context.durable.add(unit => this.#take(unit)),
      context.sessionMoves.add(move => this.#moved(move)),
    ]
  }

  watch(accountId: AccountId, user: string, listener: AccountListener): Watching | null {
    const account = this.#context.state.accounts.get(accountId)
    const kept = this.#keptOf(accountId)
    if (account === undefined || kept === null || account.account.status === 'inactive') return null
    this.#registry.acquire(account, user)
    kept.watched ??= new WatchedAccount(this.#context, kept.view)
    const leave = kept.watched.add(user, listener)
    let isOver = false
    const end = (): void => {
      if (isOver) return
      isOver = true
      leave()
      this.#left(accountId, kept, user)
    }
    return {
      get state() {
        return kept.state
      },
      view: () => kept.view.view(),
      end,
    }
  }

  /** Those who watch an account that had no session share the one that can be had now. */
  rejoin(accountId: AccountId): void {
    const account = this.#context.state.accounts.get(accountId)
    const users = this.#kept.get(accountId)?.watched?.users ?? []
    if (account !== undefined) for (const user of users) this.#registry.acquire(account, user)
  }

  /** Nothing more is told. Whoever still watches sees what was last true, and that it is over. */
  close(): void {
    for (const end of this.#endings) end()
    for (const { watched } of this.#kept.values()) watched?.end()
  }

  #left(accountId: AccountId, kept: Kept, user: string): void {
    const users = kept.watched?.users ?? []
    if (!users.includes(user)) this.#registry.release(accountId, user)
    if (users.length > 0) return
    kept.watched?.end()
    kept.watched = null
  }

  #take({ writes, sights }: Durable): void {
    const watched = new Set<WatchedAccount>()
    const keptOf = (id: AccountId): Kept | null => {
      const kept = this.#keptOf(id)
      if (kept !== null && kept.watched !== null) watched.add(kept.watched)
      return kept
    }
    for (const { accountId, seen } of sights) keptOf(accountId)?.view.take(seen)
    for (const write of writes) {
      if (write.kind === 'position') keptOf(write.row.accountId)?.view.count(write.row)
      else if (write.kind === 'notice') this.notices.tell(write.row)
    }
    for (const account of watched) account.tellChanges()
  }

  #moved({ accountId, state, message }: SessionMove): void {
    const kept = this.#keptOf(accountId)
    if (kept === null) return
    kept.state = state
    if (state === 'syncing') {
      kept.view.isStale = true
      this.rejoin(accountId)
    }
    kept.watched?.tellState(state, message)
  }

  /** Null: no such account. */
  #keptOf(id: AccountId): Kept | null {
    const known = this.#kept.get(id)
    if (known !== undefined) return known
    const account = this.#context.state.accounts.get(id)
    if (account === undefined) return null
    const isVirtual = account.account.kind === 'virtual'
    const now = () => this.#context.state.accounts.get(id)
    const market = () =>
      isVirtual ? this.#registry.marketOf(account.account) : (now()?.session?.market ?? null)
    const wallet = () => now()?.wallet ?? null
    const view = new KeptView({ context: this.#context, account, wallet, market })
    // What only signals move is always as it was last counted.
    const kept: Kept = { view, state: isVirtual ? 'live' : 'closed', watched: null }
    this.#kept.set(id, kept)
    return kept
  }
}
