import type { Account } from '../domain/account.ts'
import { type Decimal, ZERO } from '../domain/decimal.ts'
import type { Book } from '../domain/link-state.ts'
import { assert, err, ok, type Result } from '../domain/result.ts'
import type { Signal, SignalSize } from '../domain/signal.ts'
import { fillOfSignal, isMove, isReduction } from '../logic/signal.ts'
import type { EngineContext } from './context.ts'
import { takeFills } from './intake.ts'
import { type AccountState, bookKey, type MarketView, type SourceState } from './state.ts'
import type { Turn } from './turn.ts'

/** Signals that are durable and wait to be applied; more are told to come again. */
const MAXIMUM_PENDING = 1_000
/** A signal without a price of its own waits this long for the venue's. */
const PRICE_WAIT_MS = 10_000
/** One that only reduces waits no longer than this, and goes at what the book paid: it must not be lost for a price. */
const EXIT_PRICE_WAIT_MS = 2_000
const LOOK_EVERY_MS = 50

/** unknown: no such source, or not one for signals. invalid: it cannot be done. conflict: the id has another body. */
export interface SignalProblem {
  readonly kind: 'unknown' | 'invalid' | 'conflict' | 'unavailable'
  /** A sentence with what to do. */
  readonly message: string
}

export interface SignalParts {
  readonly context: EngineContext
  /** Null: this server does not speak the venue. */
  readonly marketOf: (account: Account) => MarketView | null
}

/** Takes signals in: durable first, then a trade of their virtual leader, in the order in which they came. */
export class Signals {
  readonly #parts: SignalParts
  /** By source and instrument: the last one that waits for its turn. */
  readonly #last = new Map<string, Promise<void>>()
  #pending = 0

  constructor(parts: SignalParts) {
    this.#parts = parts
  }

  /**
   * The caller has judged its age: what is stale by its strategies' `maxAgeMs` opens nothing, and always closes.
   *
   * @param signal `pending`, with an id of its own
   * @returns the signal when it is durable, whatever then becomes of it; the first one when it came before
   */
  async take(signal: Signal): Promise<Result<Signal, SignalProblem>> {
    const problem = this.#problemOf(signal)
    if (problem !== null) return err(problem)
    this.#pending += 1
    const stored = await this.#parts.context.ports.store.commit([{ kind: 'signal_insert', row: signal }])
    if (stored.ok) {
      this.#tell('pending')
      this.#enqueue(signal)
      return ok(signal)
    }
    this.#pending -= 1
    if (stored.error.kind === 'conflict') return this.#known(signal)
    this.#parts.context.fail(stored.error.message)
    return err({ kind: 'unavailable', message: `${stored.error.message} Send it again with the same id.` })
  }

  /** What a former process had taken and not applied. @param pending oldest first */
  resume(pending: readonly Signal[]): void {
    for (const signal of pending) {
      this.#pending += 1
      this.#enqueue(signal)
    }
  }

  #problemOf({ sourceId, instrumentId, action, signalPrice, status }: Signal): SignalProblem | null {
    const { context, marketOf } = this.#parts
    const account = this.#leaderOf(sourceId)?.account
    const invalid = (message: string): SignalProblem => ({ kind: 'invalid', message })
    if (context.halted || this.#pending >= MAXIMUM_PENDING)
      return { kind: 'unavailable', message: 'Signals cannot be taken now. Send it again with the same id.' }
    if (account === undefined)
      return { kind: 'unknown', message: 'There is no such source for signals. Look at the list of sources.' }
    if (account.status === 'inactive') return invalid('The source is inactive. Set its account active.')
    const market = marketOf(account)
    if (market === null) return invalid('This server does not speak the venue of the source.')
    const isListed = market.instrument(instrumentId) !== null || !market.hasInstruments()
    if (!instrumentId.startsWith(`${account.venue}:`) || !isListed)
      return invalid(`${account.venue} does not list ${instrumentId}. Name a symbol of that venue.`)
    const size = action.kind === 'trade' ? sizeOf(action.size) : null
    if ([size, signalPrice].some(amount => amount !== null && amount <= ZERO))
      return invalid('A quantity, a notional and a price are above zero.')
    assert(status === 'pending', 'a signal is pending when it comes')
    return null
  }

  /** The virtual leader that a source's signals move. */
  #leaderOf(sourceId: Signal['sourceId']): AccountState | undefined {
    const { sources, accounts } = this.#parts.context.state
    const source = sources.get(sourceId)
    const leader = source === undefined ? undefined : accounts.get(source.source.accountId)
    return leader?.account.kind === 'virtual' ? leader : undefined
  }

  async #known(signal: Signal): Promise<Result<Signal, SignalProblem>> {
    const first = await this.#parts.context.ports.store.signal(signal.sourceId, signal.externalId)
    if (first !== null && first.digest === signal.digest) return ok(first)
    const message = `The id ${signal.externalId} was used for another signal. Give each signal an id of its own.`
    return err({ kind: 'conflict', message })
  }

  /** Behind those of the same book: what a target comes to depends on what is held when its turn has come. */
  #enqueue(signal: Signal): void {
    const key = `${signal.sourceId}/${signal.instrumentId}`
    const turn = (this.#last.get(key) ?? Promise.resolve()).then(() => this.#apply(signal))
    this.#last.set(key, turn)
    const end = async (): Promise<void> => {
      await turn
      this.#pending -= 1
      if (this.#last.get(key) === turn) this.#last.delete(key)
    }
    this.#parts.context.detach(end())
  }

  async #apply(signal: Signal): Promise<void> {
    const { context } = this.#parts
    const fillPrice = await this.#priceOf(signal)
    const leader = this.#leaderOf(signal.sourceId)
    const source = leader?.source ?? null
    context.run(turn => {
      if (leader === undefined || source === null) this.#refuse(turn, signal, REFUSALS.source_removed)
      else if (fillPrice === null) this.#refuse(turn, signal, REFUSALS.market_stale, leader)
      else this.#move(turn, signal, { leader, source, fillPrice })
    })
  }

  /** What became of it and the trade that it makes are one unit: after any crash it is done, or still to do. */
  #move(turn: Turn, signal: Signal, { leader, source, fillPrice }: Move): void {
    turn.rows([{ kind: 'signal_update', row: { ...signal, status: 'applied' } }])
    turn.afterCommit(() => this.#tell('applied'))
    const fill = fillOfSignal({
      signal,
      accountId: leader.account.id,
      held: source.books.get(bookKey(signal.instrumentId, 0))?.quantity ?? ZERO,
      fillPrice,
      sequence: source.lastSequence + 1,
    })
    if (fill === null) return
    const { receivedAt } = signal
    takeFills(this.#parts.context, turn, { account: leader, fills: [fill], receivedAt })
  }

  /** It was answered as taken: whoever sent it does not hear of this, so a person must. */
  #refuse(turn: Turn, signal: Signal, { reason, why, action }: Refusal, leader?: AccountState): void {
    const { context } = this.#parts
    const { externalId, sourceId, instrumentId } = signal
    turn.rows([{ kind: 'signal_update', row: { ...signal, status: 'refused', reason } }])
    turn.afterCommit(() => this.#tell('refused'))
    context.notice(turn, {
      code: 'signal_refused',
      level: 'warning',
      ...(leader !== undefined && { accountId: leader.account.id }),
      text: `The signal ${externalId} for ${instrumentId} was taken and then not done: ${why}.`,
      action,
      details: { signal: externalId, source: sourceId, instrument: instrumentId, reason },
    })
  }

  #tell(status: Signal['status']): void {
    this.#parts.context.ports.observer.signalled?.(status)
  }

  #bookOf({ sourceId, instrumentId }: Signal): Book | undefined {
    return this.#parts.context.state.sources.get(sourceId)?.books.get(bookKey(instrumentId, 0))
  }

  /** Without meaning where nothing moves. @returns null: it opens something, and there is no price for that */
  async #priceOf(signal: Signal): Promise<Decimal | null> {
    const { signalPrice } = signal
    const book = this.#bookOf(signal)
    const held = book?.quantity ?? ZERO
    if (signalPrice !== null || !isMove(signal, held)) return signalPrice ?? ZERO
    const paid = book?.averagePrice ?? ZERO
    const isExit = paid > ZERO && isReduction({ signal, held, fillPrice: paid })
    const mark = await this.#mark(signal, isExit ? EXIT_PRICE_WAIT_MS : PRICE_WAIT_MS)
    return mark ?? (isExit ? paid : null)
  }

  /** @returns null: the venue told no price in time */
  async #mark({ sourceId, instrumentId }: Signal, waitMs: number): Promise<Decimal | null> {
    const { context, marketOf } = this.#parts
    const { clock } = context.ports
    const until = clock.monotonic() + waitMs
    for (;;) {
      const account = this.#leaderOf(sourceId)?.account
      const prices = account === undefined ? null : (marketOf(account)?.prices(instrumentId) ?? null)
      if (prices !== null) return prices.mark
      if (account === undefined || context.halted || clock.monotonic() >= until) return null
      await new Promise<void>(resolve => clock.after(LOOK_EVERY_MS, resolve))
    }
  }
}

interface Refusal {
  readonly reason: 'source_removed' | 'market_stale'
  /** The end of a sentence. */
  readonly why: string
  readonly action: string
}

const REFUSALS: Readonly<Record<Refusal['reason'], Refusal>> = {
  source_removed: {
    reason: 'source_removed',
    why: 'its source was removed',
    action: 'Nothing, unless the source was removed by mistake.',
  },
  market_stale: {
    reason: 'market_stale',
    why: 'the venue told no price for it',
    action:
      "See whether the venue's market data is live. What the signal meant is to be sent anew, or done by hand.",
  },
}

interface Move {
  readonly leader: AccountState
  readonly source: SourceState
  /** Quote per base; without meaning where nothing moves. */
  readonly fillPrice: Decimal
}

function sizeOf(size: SignalSize): Decimal {
  return size.kind === 'quantity' ? size.quantity : size.notional
}
