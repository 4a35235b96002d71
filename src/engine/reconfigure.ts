import type { Account } from '../domain/account.ts'
import type { Capability } from '../domain/capability.ts'
import { formatDecimal, ZERO } from '../domain/decimal.ts'
import { type AccountId, symbolOf } from '../domain/ids.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { standingOf } from '../logic/hedge/standing.ts'
import type { Write } from '../ports/store.ts'
import { applyChanges, type Change, type ChangeProblem } from './change.ts'
import type { EngineContext } from './context.ts'
import { ordersOf } from './pairs/pair-view.ts'
import { isRateLimited, restoreOpeningTimes } from './restore.ts'
import { type Roster, rosterOf, rosterWrites } from './roster.ts'
import type { AccountState } from './state.ts'
import { placesHeldBy, takeRoster } from './take-roster.ts'

/** Ids of removed rows that are remembered: whoever read the list before a removal may still want to change one. */
const MAXIMUM_REMOVED = 10_000
/** Changes that wait for the one before them; more are told to come again. */
const MAXIMUM_WAITING = 100

export interface ReconfigurationParts {
  readonly context: EngineContext
  readonly capabilityOf: (account: Account) => Capability
  /** Sessions of accounts that must not have one any more end at once. */
  readonly onDecided: () => void
  /** The others begin when the rows are durable. @param traded accounts that links or pairs were added to */
  readonly onDurable: (traded: ReadonlySet<AccountId>) => void
}

/** Changes what is in force while everything runs: one change after the other, each whole or not at all. */
export class Reconfiguration {
  readonly #parts: ReconfigurationParts
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0
  /** Oldest first. */
  readonly #removed = new Set<string>()

  constructor(parts: ReconfigurationParts) {
    this.#parts = parts
  }

  /**
   * @param alongside rows that become durable in the same unit, or not at all. They must not be refused: a refusal
   *   halts the engine, because what it has decided since would rest on a unit that is not there.
   * @returns what is in force now, when it is durable
   */
  change(changes: readonly Change[], alongside: readonly Write[]): Promise<Result<Roster, ChangeProblem>> {
    if (this.#waiting >= MAXIMUM_WAITING)
      return Promise.resolve(unavailable('Too many changes wait. Try again in a moment.'))
    this.#waiting += 1
    const change = this.#last.then(() => this.#change(changes, alongside))
    this.#last = change.then(
      () => this.#ended(),
      () => this.#ended(),
    )
    return change
  }

  #ended(): void {
    this.#waiting -= 1
  }

  async #change(
    changes: readonly Change[],
    alongside: readonly Write[],
  ): Promise<Result<Roster, ChangeProblem>> {
    const { context } = this.#parts
    const before = rosterOf(context.state)
    // A link that was changed and removed at the same time would come back as one that has nothing.
    if (changes.some(change => 'row' in change && this.#removed.has(change.row.id)))
      return err({
        kind: 'unknown',
        messages: ['It was removed meanwhile. Look at the list of what is set up.'],
      })
    const applied = applyChanges(before, changes)
    if (!applied.ok) return applied
    const leases = await this.#takeLeases(applied.value)
    if (!leases.ok) return leases
    await this.#rememberOpenings(applied.value)
    // From here on nothing else happens in between: what is checked is what is stored.
    const held = [...heldProblems(context, changes, applied.value), ...heldPairProblems(context, changes)]
    if (held.length > 0) return err({ kind: 'conflict', messages: held })
    const after = withStarts(context, applied.value)
    for (const change of changes) if (change.kind === 'remove') this.#remember(change.id)
    return this.#take({ before, after, leases: leases.value }, alongside)
  }

  #take(
    rosters: {
      readonly before: Roster
      readonly after: Roster
      readonly leases: ReadonlyMap<string, number>
    },
    alongside: readonly Write[],
  ): Promise<Result<Roster, ChangeProblem>> {
    const { context, capabilityOf, onDecided, onDurable } = this.#parts
    return new Promise(resolve => {
      const refuse = (): void =>
        resolve(unavailable('The store takes nothing any more. Start the server again.'))
      if (context.halted) refuse()
      context.run(turn => {
        turn.rows([...rosterWrites(rosters.before, rosters.after), ...alongside])
        takeRoster(context, turn, { ...rosters, capabilityOf })
        onDecided()
        turn.afterCommit(() => {
          onDurable(newlyTraded(rosters.before, rosters.after))
          resolve(ok(rosters.after))
        })
        turn.afterFailure(refuse)
      })
    })
  }

  #remember(id: string): void {
    this.#removed.add(id)
    if (this.#removed.size <= MAXIMUM_REMOVED) return
    for (const oldest of this.#removed) {
      this.#removed.delete(oldest)
      return
    }
  }

  async #takeLeases({ accounts }: Roster): Promise<Result<ReadonlyMap<string, number>, ChangeProblem>> {
    const { state, ports } = this.#parts.context
    const leases = new Map<string, number>()
    for (const { id } of accounts) {
      if (state.accounts.has(id)) continue
      const lease = await ports.store.acquireLease(id)
      if (!lease.ok) return unavailable(lease.error.message)
      leases.set(id, lease.value)
    }
    return ok(leases)
  }

  /** A limit per minute that is new counts what was sent before this start too. */
  async #rememberOpenings({ strategies, links }: Roster): Promise<void> {
    const { context } = this.#parts
    const limited = new Set(strategies.filter(row => isRateLimited(context, row)).map(({ id }) => id))
    const accounts = new Set<AccountState>()
    for (const { strategyId, accountId } of links) {
      const account = limited.has(strategyId) ? context.state.accounts.get(accountId) : undefined
      if (account !== undefined) accounts.add(account)
    }
    await restoreOpeningTimes(context, context.ports.store, accounts)
  }
}

function newlyTraded(before: Roster, after: Roster): ReadonlySet<AccountId> {
  const known = new Set<string>([...before.links, ...before.pairs].map(({ id }) => id))
  const links = after.links.filter(({ id }) => !known.has(id))
  const legs = after.pairs.filter(({ id }) => !known.has(id)).flatMap(({ a, b }) => [a, b])
  return new Set([...links, ...legs].map(({ accountId }) => accountId))
}

/** A new link begins behind what its source has counted: the same turn puts it among those who are told of the next. */
function withStarts({ state }: EngineContext, roster: Roster): Roster {
  const links = roster.links.map(link => {
    const strategy = roster.strategies.find(({ id }) => id === link.strategyId)
    if (state.links.has(link.id) || strategy === undefined) return link
    return { ...link, startSequence: state.sources.get(strategy.sourceId)?.lastSequence ?? 0 }
  })
  return { ...roster, links }
}

function heldProblems(
  { state }: EngineContext,
  changes: readonly Change[],
  after: Roster,
): readonly string[] {
  const abandoned = new Set<string>()
  for (const change of changes)
    if (change.kind === 'remove' && change.abandon === true) abandoned.add(change.id)
  const kept = new Set<string>(after.links.map(({ id }) => id))
  const problems: string[] = []
  for (const [id, link] of state.links) {
    const places = kept.has(id) || abandoned.has(id) ? [] : placesHeldBy(link)
    if (places.length === 0) continue
    const symbols = places.map(({ instrumentId }) => symbolOf(instrumentId)).join(', ')
    problems.push(
      `Account "${link.account.account.name}" still holds or trades ${symbols} by "${link.strategy.name}". Set the link to close_only until it is flat, or abandon what it holds.`,
    )
  }
  const accounts = new Set(after.accounts.map(({ id }) => id))
  for (const { order } of state.liveOrders) {
    const account = state.accounts.get(order.accountId)?.account
    if (account !== undefined && !accounts.has(account.id))
      problems.push(
        `Account "${account.name}" still has the order ${order.clientOrderId}. Remove it when that is over.`,
      )
  }
  return problems
}

function heldPairProblems({ state }: EngineContext, changes: readonly Change[]): readonly string[] {
  return changes.flatMap(change => {
    if (change.kind !== 'remove' || change.abandon === true) return []
    const runtime = [...state.pairs.values()].find(({ pair }) => pair.id === change.id)
    if (runtime === undefined) return []
    const { pair, a, b } = runtime
    const held = standingOf(pair, runtime.state, { a: a.position.quantity, b: b.position.quantity })
    const isHeld = (held.a ?? ZERO) !== ZERO || (held.b ?? ZERO) !== ZERO
    if (!isHeld && ordersOf(a).length === 0 && ordersOf(b).length === 0) return []
    const what = `A holds ${formatDecimal(held.a ?? ZERO)}, B ${formatDecimal(held.b ?? ZERO)}`
    return [`Pair "${pair.name}" still trades or holds: ${what}. Flatten it first, or abandon what it holds.`]
  })
}

function unavailable(message: string): Result<never, ChangeProblem> {
  return err({ kind: 'unavailable', messages: [message] })
}
