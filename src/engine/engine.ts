import type { Account, Environment } from '../domain/account.ts'
import type { Capability } from '../domain/capability.ts'
import type { AccountId, IdKind, SourceId, VenueName } from '../domain/ids.ts'
import { uuidv7 } from '../domain/ids.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { Signal } from '../domain/signal.ts'
import type { PairWatch } from '../ports/pair-watch.ts'
import { NO_MARKS } from '../ports/sent-marks.ts'
import type { Write } from '../ports/store.ts'
import type { Vault } from '../ports/vault.ts'
import type { Venue } from '../ports/venue.ts'
import type { AccountWatch, NoticeWatch, TickerWatch } from '../ports/watch.ts'
import type { Change, ChangeProblem } from './change.ts'
import { EngineContext, type EngineOptions, type EnginePorts } from './context.ts'
import { findDamage } from './damage.ts'
import { type FillSink, SWEEP_EVERY_MS, sweep } from './doubt.ts'
import { drive } from './drive.ts'
import { restoreFlattened } from './flattened.ts'
import { Hands } from './hands.ts'
import { takeFetchedFills } from './intake.ts'
import { beginBooks } from './members.ts'
import { restorePairTrades } from './pair-trades.ts'
import { PairHands } from './pairs/pair-hands.ts'
import { PairWatchers } from './pairs/pair-watchers.ts'
import { Reconfiguration } from './reconfigure.ts'
import { SessionRegistry } from './registry.ts'
import { replayLagging } from './replay.ts'
import { isRateLimited, restoreOpeningTimes, restoreState, restoreWork } from './restore.ts'
import { type Roster, rosterOf } from './roster.ts'
import type { Session } from './session.ts'
import { applySetup, type Setup } from './setup.ts'
import { Signals } from './signals.ts'
import type { AccountState } from './state.ts'
import { tellItIsFollowed } from './take-roster.ts'
import { Watchers } from './watch.ts'

export interface EngineInput {
  readonly ports: EnginePorts
  readonly options: EngineOptions
  readonly setup: Setup
  readonly vault: Vault
  /** Null: not spoken. */
  readonly venueOf: (account: Account) => Venue | null
  readonly capabilityOf: (account: Account) => Capability
}

/** How far back it is looked for what a person was told of and is not over. */
const NOTICES_LOOKED_THROUGH = 1_000

/** The user name that copying has at every session it needs. */
const COPYING = 'copying'

/**
 * Loads what the store remembers, matches it with the set-up, and makes an engine that is not yet started.
 *
 * @returns every problem of the set-up, each with what to do
 */
export async function createEngine(input: EngineInput): Promise<Result<Engine, readonly string[]>> {
  const { ports, setup } = input
  const { store, clock, random } = ports
  const image = await store.load()
  const damage = await findDamage(image, store)
  if (damage.length > 0) return err(damage)
  const lastSequences = new Map<SourceId, number>()
  for (const { id } of image.sources) lastSequences.set(id, await store.lastSourceSequence(id))
  const newId = <T extends IdKind>(): T => uuidv7<T>(clock.now(), random.bytes(10))
  const applied = applySetup({ image, setup, newId, lastSequences })
  if (!applied.ok) return applied
  const stored = await store.commit(applied.value.writes)
  if (!stored.ok) return err([stored.error.message])
  const state = restoreState({
    image,
    roster: applied.value.roster,
    lastSequences,
    capabilityOf: input.capabilityOf,
    now: clock.now(),
  })
  restoreFlattened(state, (await store.directory()).settings)
  await restorePairTrades(state, store)
  const context = new EngineContext(ports, input.options, state, drive)
  const leases = await Promise.all(
    [...state.accounts.values()].map(async account => ({
      account,
      lease: await store.acquireLease(account.account.id),
    })),
  )
  for (const { account, lease } of leases) {
    if (!lease.ok) return err([lease.error.message])
    account.leaseEpoch = lease.value
  }
  const epochs = Array.from(state.accounts, ([id, { leaseEpoch }]) => [id, leaseEpoch] as const)
  context.marks = ports.openMarks?.(new Map(epochs)) ?? NO_MARKS
  context.board.restore(await store.notices(NOTICES_LOOKED_THROUGH))
  context.run(turn => {
    for (const { account } of state.accounts.values())
      if (account.status === 'active') tellItIsFollowed(context, turn, account)
    const known = new Set(image.sources.map(({ id }) => id))
    for (const source of state.sources.values())
      if (!known.has(source.source.id)) for (const book of beginBooks(state, source)) turn.book(book)
  })
  restoreWork(context, image)
  const limited = [...state.links.values()].filter(({ strategy }) => isRateLimited(context, strategy))
  await restoreOpeningTimes(context, store, new Set(limited.map(({ account }) => account)))
  for (const source of state.sources.values()) {
    const problems = await replayLagging(context, store, source)
    if (problems.length > 0) return err(problems)
  }
  return ok(new Engine(context, { ...input, pendingSignals: await store.pendingSignals() }))
}

interface EngineParts extends Pick<EngineInput, 'vault' | 'venueOf' | 'capabilityOf'> {
  /** Oldest first. */
  readonly pendingSignals: readonly Signal[]
}

/** The running whole: sessions that feed it, timers that look for what is overdue. */
export class Engine {
  readonly context: EngineContext
  readonly sessions: SessionRegistry
  readonly watch: AccountWatch
  readonly pairs: PairWatch
  readonly tickers: TickerWatch
  readonly notices: NoticeWatch
  readonly #watchers: Watchers
  readonly #pairWatchers: PairWatchers
  readonly signals: Signals
  readonly hands: Hands
  readonly pairHands: PairHands
  readonly #reconfiguration: Reconfiguration
  readonly #pendingSignals: readonly Signal[]
  #timers: (() => void)[] = []
  #stopped = false

  constructor(context: EngineContext, input: EngineParts) {
    this.context = context
    this.#pendingSignals = input.pendingSignals
    this.sessions = new SessionRegistry({ context, vault: input.vault, venueOf: input.venueOf })
    this.#watchers = new Watchers(context, this.sessions)
    this.watch = this.#watchers
    this.#pairWatchers = new PairWatchers(context)
    this.pairs = this.#pairWatchers
    this.tickers = { watch: (id, listener) => this.sessions.marketFor(id)?.follow(id, listener) ?? null }
    this.notices = listener => this.#watchers.notices.add(listener)
    this.signals = new Signals({ context, marketOf: account => this.sessions.marketOf(account) })
    this.hands = new Hands({ context, sessions: this.sessions, onOrdered: () => this.#openSessions() })
    this.pairHands = new PairHands(context)
    this.#reconfiguration = new Reconfiguration({
      context,
      capabilityOf: input.capabilityOf,
      onDecided: () => this.#endSessions(),
      onDurable: traded => {
        this.#openSessions()
        for (const session of this.sessions.sessions())
          if (traded.has(session.accountId)) context.detach(session.checkKey())
      },
    })
  }

  /** What is in force now. */
  roster(): Roster {
    return rosterOf(this.context.state)
  }

  /**
   * Changes what is in force, whole or not at all, one change after the other.
   *
   * @param alongside rows that become durable in the same unit. They must not be refused by the store (a sequence that
   *   exists): the engine would halt, because what it has decided since would rest on a unit that is not there.
   */
  reconfigure(
    changes: readonly Change[],
    alongside: readonly Write[] = [],
  ): Promise<Result<Roster, ChangeProblem>> {
    return this.#reconfiguration.change(changes, alongside)
  }

  /**
   * New sessions for these accounts: a key changed, or a person asked.
   *
   * @returns how many there were to replace
   */
  async resetSessions(accountIds: readonly AccountId[], reason: string): Promise<number> {
    const accounts = accountIds.flatMap(id => this.context.state.accounts.get(id) ?? [])
    const reset = accounts.filter(({ session }) => session !== null).length
    await Promise.all(accounts.map(account => this.sessions.reset(account, reason)))
    this.#openSessions()
    // Who watched an account that had no usable key until now shares its session.
    for (const { account } of accounts) this.#watchers.rejoin(account.id)
    return reset
  }

  /** The same for all of a venue's. @param environment null: whatever the environment */
  resetVenue(venue: VenueName, environment: Environment | null, reason: string): Promise<number> {
    const isMeant = ({ account }: AccountState): boolean =>
      account.venue === venue && (environment === null || account.environment === environment)
    const meant = [...this.context.state.accounts.values()].filter(isMeant)
    return this.resetSessions(
      meant.map(({ account }) => account.id),
      reason,
    )
  }

  start(): void {
    const { options } = this.context
    this.#openSessions()
    this.signals.resume(this.#pendingSignals)
    const takeFills: FillSink = (account, fills) => takeFetchedFills(this.context, account, fills)
    this.#every(
      () => SWEEP_EVERY_MS,
      () => sweep(this.context, takeFills),
    )
    // One account after the other: all at once would find no budget at the venue.
    const waiting: Session[] = []
    this.#every(
      () => options.reconcileEveryMs / Math.max(1, this.sessions.sessions().length),
      () => {
        if (waiting.length === 0) waiting.push(...this.sessions.sessions())
        const session = waiting.shift()
        if (session !== undefined) this.context.detach(session.reconcile())
      },
    )
  }

  /** Ends the sessions; orders that rest stay at the venue and are found again at the next start. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const cancel of this.#timers) cancel()
    await this.sessions.close()
    // What was said while the sessions closed may have made others wait anew.
    for (const holding of this.context.state.holdings.values()) holding.wake?.()
    for (const pair of this.context.state.pairs.values()) pair.wake?.()
    this.context.end()
    this.#watchers.close()
    this.#pairWatchers.close()
  }

  /** A session for every active account that a source, a link or a live order needs. */
  #openSessions(): void {
    if (this.#stopped) return
    const { state } = this.context
    const needed = new Set(Array.from(state.links.values(), link => link.account.account.id))
    for (const { order } of state.liveOrders) needed.add(order.accountId)
    for (const { pair } of state.pairs.values()) needed.add(pair.a.accountId).add(pair.b.accountId)
    for (const account of state.accounts.values()) {
      const { id } = account.account
      this.sessions.resume(id, 'it is active')
      // What signals are measured by is there before the first one.
      if (account.account.kind === 'virtual') this.sessions.marketOf(account.account)
      if (account.source !== null || needed.has(id)) this.sessions.acquire(account, COPYING)
      else this.sessions.release(id, COPYING)
    }
  }

  /** At once: an inactive account sends nothing, whatever waits for the disk. */
  #endSessions(): void {
    const { accounts } = this.context.state
    for (const { accountId } of this.sessions.sessions()) {
      const account = accounts.get(accountId)?.account
      if (account === undefined) this.context.detach(this.sessions.drop(accountId, 'the account was removed'))
      else if (account.status === 'inactive') this.sessions.suspend(accountId, 'the account is inactive')
    }
  }

  /** Each round is planned when the one before has begun, so that rounds never pile up. */
  #every(periodMs: () => number, task: () => void): void {
    const index = this.#timers.length
    const round = (): void => {
      if (this.#stopped) return
      this.#timers[index] = this.context.ports.clock.after(periodMs(), round)
      task()
    }
    this.#timers.push(this.context.ports.clock.after(periodMs(), round))
  }
}
