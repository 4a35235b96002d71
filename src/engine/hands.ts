import type { AccountId, InstrumentId, IntentId } from '../domain/ids.ts'
import type { Order } from '../domain/order.ts'
import { REASONS } from '../domain/reason.ts'
import { ok, type Result } from '../domain/result.ts'
import { draftByHand, type HandRefusal, type HandView, type HandWish } from '../logic/by-hand.ts'
import type { OrderDraft } from '../logic/holding-view.ts'
import { assess, type Proposal, type RiskVerdict } from '../logic/risk.ts'
import type { Write } from '../ports/store.ts'
import { cancellable } from './cancel-by-hand.ts'
import type { EngineContext } from './context.ts'
import { cancelOrder, sendOrder } from './executor.ts'
import { closeEverything, type Flattened } from './flatten.ts'
import { setFlattened } from './flattened.ts'
import { type HandProblem, problem } from './hand-problem.ts'
import { equityOf, exposuresOf, openingsInLastMinute } from './holdings.ts'
import type { SessionRegistry } from './registry.ts'
import { restoreOpeningTimes } from './restore.ts'
import { type AccountSession, type AccountState, holdingOf } from './state.ts'

/** An order that a person makes. Positions in hedge mode have no trade of their own: index 0 alone. */
export interface HandOrder extends HandWish {
  /** Made by whoever asks, so that the same wish is known again after any crash: one id makes one order (I1). */
  readonly intentId: IntentId
  readonly accountId: AccountId
  readonly instrumentId: InstrumentId
}

export interface HandsParts {
  readonly context: EngineContext
  readonly sessions: SessionRegistry
  /** A live order needs its account's session. */
  readonly onOrdered: () => void
}

/** Its user name at the sessions that it needs. */
const BY_HAND = 'by hand'
/** How long an account may take to have a session, and its instrument a price. */
const READY_WAIT_MS = 10_000
const LOOK_EVERY_MS = 50
/** Orders by hand that are being made at the same time; more are told to come again. */
const MAXIMUM_MAKING = 100

/** Trading by hand: durable before it is sent, like everything else, and the account owner's own. */
export class Hands {
  readonly #parts: HandsParts
  readonly #making = new Set<IntentId>()

  constructor(parts: HandsParts) {
    this.#parts = parts
  }

  /** @returns the order that was made for this id before, whatever became of it; `repeated` when it is another one */
  async made(wish: HandOrder): Promise<Result<Order | null, HandProblem>> {
    const order = await this.#parts.context.ports.store.intent(wish.intentId)
    if (order === null || isSame(order, wish)) return ok(order)
    return problem('repeated', 'This was used for another order. Take a new key for each.')
  }

  /** Waits until the account can trade this: for its session, and for prices where it opens. Writes nothing. */
  async ready(wish: HandOrder): Promise<Result<void, HandProblem>> {
    const { context } = this.#parts
    const account = this.#account(wish.accountId)
    if (!account.ok) return account
    if (context.options.systemLimits.maximumOrdersPerMinute !== null)
      await restoreOpeningTimes(context, context.ports.store, new Set([account.value]))
    return this.#whenLive(account.value, () => {
      const drafted = this.#draft(account.value, wish)
      return drafted.ok || drafted.error.kind !== 'busy' ? ok() : drafted
    })
  }

  /**
   * Makes the order and sends it.
   *
   * @param alongside rows that become durable with it, or not at all; the store must not refuse them
   * @returns the order when it is durable; what the venue makes of it comes by its reports
   */
  async trade(wish: HandOrder, alongside: readonly Write[] = []): Promise<Result<Order, HandProblem>> {
    if (this.#making.has(wish.intentId))
      return problem('repeated', 'This order is being made. Look at the trades.')
    if (this.#making.size >= MAXIMUM_MAKING)
      return problem('busy', 'Too many orders are being made. Try again in a moment.')
    this.#making.add(wish.intentId)
    try {
      const before = await this.made(wish)
      if (!before.ok) return before
      if (before.value !== null) return problem('repeated', 'This order was made before. Look at the trades.')
      return await this.#send(wish, alongside)
    } finally {
      this.#making.delete(wish.intentId)
    }
  }

  /**
   * Asks the venue to cancel an order of ours that rests, whoever made it: what becomes of it comes by report. A cancel
   * that is lost is not sent again by itself; to ask again does no harm.
   */
  cancel(intentId: IntentId, alongside: readonly Write[] = []): Promise<Result<Order, HandProblem>> {
    const { context } = this.#parts
    const found = cancellable(context, intentId)
    if (!found.ok) return Promise.resolve(found)
    return this.#durably<Order>((turn, resolve) => {
      const { order, holding } = found.value
      turn.rows(alongside)
      cancelOrder(context, turn, holding, order)
      turn.afterCommit(() => resolve(ok(found.value.order)))
    })
  }

  /** The links of the account open nothing from now on, until `resume`; what rests of theirs is cancelled. */
  block(accountId: AccountId, alongside: readonly Write[] = []): Promise<Result<void, HandProblem>> {
    return this.#setFlattened(accountId, true, alongside)
  }

  /** Its links open again; what was missed is never caught up with. */
  resume(accountId: AccountId, alongside: readonly Write[] = []): Promise<Result<void, HandProblem>> {
    return this.#setFlattened(accountId, false, alongside)
  }

  /** Cancels what rests and closes what is held. To be blocked before. Safe to do again. */
  async close(accountId: AccountId): Promise<Result<Flattened, HandProblem>> {
    const account = this.#account(accountId)
    if (!account.ok) return account
    const live = await this.#whenLive(account.value, () => ok())
    const closed = await closeEverything(
      this.#parts.context,
      account.value,
      live.ok ? null : live.error.message,
    )
    if (closed.orders > 0) this.#parts.onOrdered()
    return ok(closed)
  }

  #setFlattened(
    accountId: AccountId,
    isFlattened: boolean,
    alongside: readonly Write[],
  ): Promise<Result<void, HandProblem>> {
    const { context } = this.#parts
    const account = this.#account(accountId)
    if (!account.ok) return Promise.resolve(account)
    return this.#durably<void>((turn, resolve) => {
      turn.rows(alongside)
      setFlattened(context, turn, account.value, isFlattened)
      turn.afterCommit(() => resolve(ok()))
    })
  }

  #send(wish: HandOrder, alongside: readonly Write[]): Promise<Result<Order, HandProblem>> {
    const { context, onOrdered } = this.#parts
    const account = this.#account(wish.accountId)
    if (!account.ok) return Promise.resolve(account)
    const drafted = this.#draft(account.value, wish)
    if (!drafted.ok) return Promise.resolve(drafted)
    const { draft, session } = drafted.value
    const claim = session.venueAccount.stamp(account.value.leaseEpoch)
    if (!claim.ok || session.venueAccount.budgetWaitMs(draft.purpose) > 0)
      return Promise.resolve(problem('busy', 'The venue takes no order at this moment. Try again.'))
    return this.#durably<Order>((turn, resolve) => {
      turn.rows(alongside)
      const { order } = sendOrder(context, turn, {
        holding: holdingOf(context.state, account.value, wish.instrumentId, 0),
        account: account.value,
        venueAccount: session.venueAccount,
        linkId: null,
        intentId: wish.intentId,
        draft,
        claim: claim.value,
      })
      turn.afterCommit(() => {
        onOrdered()
        resolve(ok(order))
      })
    })
  }

  #durably<T>(
    change: (turn: Parameters<Parameters<EngineContext['run']>[0]>[0], resolve: Resolve<T>) => void,
  ): Promise<Result<T, HandProblem>> {
    const { context } = this.#parts
    return new Promise(resolve => {
      const refuse = (): void =>
        resolve(problem('unavailable', 'The store takes nothing any more. Start the server again.'))
      if (context.halted) refuse()
      context.run(turn => {
        turn.afterFailure(refuse)
        change(turn, resolve)
      })
    })
  }

  #account(accountId: AccountId): Result<AccountState, HandProblem> {
    const account = this.#parts.context.state.accounts.get(accountId)
    if (account === undefined)
      return problem('unknown', 'There is no such account. See the list of accounts.')
    if (account.account.kind === 'virtual')
      return problem('invalid', 'Only signals move this account. Send its source a signal.')
    if (account.account.status === 'inactive')
      return problem('inactive', 'The account is inactive. Set it active.')
    return ok(account)
  }

  /** Opens the account's session where there is none; it stays for its linger time. */
  async #whenLive(
    account: AccountState,
    check: () => Result<void, HandProblem>,
  ): Promise<Result<void, HandProblem>> {
    const { context, sessions } = this.#parts
    const { clock } = context.ports
    const until = clock.monotonic() + READY_WAIT_MS
    const { name, id } = account.account
    if (sessions.acquire(account, BY_HAND) === null)
      return problem('invalid', `Account ${name} has no key that can be used. Store one.`)
    try {
      for (;;) {
        const isLive = account.session?.isLive() === true
        const checked = isLive ? check() : problem('busy', `Account ${name} is not connected. ${SEE_STATUS}`)
        if (checked.ok || context.halted || clock.monotonic() >= until) return checked
        await new Promise<void>(resolve => clock.after(LOOK_EVERY_MS, resolve))
      }
    } finally {
      sessions.release(id, BY_HAND)
    }
  }

  #draft(account: AccountState, wish: HandOrder): Result<Drafted, HandProblem> {
    const { context } = this.#parts
    const { session, refusal } = account
    if (session === null || !session.isLive())
      return problem('busy', `The account is not connected. ${SEE_STATUS}`)
    if (refusal !== null) return problem('refused', REASONS[refusal])
    const instrument = session.market.instrument(wish.instrumentId)
    if (instrument === null) {
      return session.market.hasInstruments()
        ? problem('invalid', `The venue does not list ${wish.instrumentId}. Name a symbol that it lists.`)
        : problem('busy', 'The venue has not said yet what it lists. Try again.')
    }
    session.market.watch(instrument.id)
    const holding = holdingOf(context.state, account, instrument.id, 0)
    const view: HandView = {
      instrument,
      position: holding.position.quantity,
      market: session.market.prices(instrument.id),
      assess: proposal => this.#assess(account, proposal),
      now: context.now(),
    }
    const drafted = draftByHand(wish, view)
    if (drafted.ok) return ok({ draft: drafted.value, session })
    return problem(KINDS[drafted.error.kind], drafted.error.message)
  }

  /** A strategy's limits are for its links: a person's own orders have the system's and the account's. */
  #assess(account: AccountState, proposal: Proposal): RiskVerdict {
    const { context } = this.#parts
    const exposures = exposuresOf(account)
    if (exposures === null) return { approved: false, reason: 'market_stale', waits: true }
    return assess({
      proposal,
      exposures,
      limits: [context.options.systemLimits],
      equity: equityOf(context, account)?.equity ?? null,
      maximumLeverage: account.account.maximumLeverage,
      ordersInLastMinute: openingsInLastMinute(account, context.now()),
    })
  }
}

type Resolve<T> = (result: Result<T, HandProblem>) => void

interface Drafted {
  readonly draft: OrderDraft
  readonly session: AccountSession
}

const SEE_STATUS = 'See the state of its session, and try again.'
const KINDS = { invalid: 'invalid', refused: 'refused', waits: 'busy' } as const satisfies Record<
  HandRefusal['kind'],
  HandProblem['kind']
>

function isSame(order: Order, wish: HandOrder): boolean {
  return (
    order.accountId === wish.accountId &&
    order.instrumentId === wish.instrumentId &&
    order.side === wish.side &&
    order.quantity === wish.quantity &&
    order.limitPrice === wish.limitPrice &&
    order.reduceOnly === wish.reduceOnly
  )
}
