import {
  absolute,
  add,
  type Decimal,
  maximum,
  minimum,
  negate,
  subtract,
  ZERO,
} from '../../domain/decimal.ts'
import type { Decision } from '../../domain/decision.ts'
import type { DecisionId } from '../../domain/ids.ts'
import type { Book, LinkState } from '../../domain/link-state.ts'
import {
  isTerminal,
  isUnacknowledged,
  knownFilled,
  type Order,
  signedQuantity,
  unseenQuantity,
} from '../../domain/order.ts'
import { must } from '../../domain/result.ts'
import { applyLeaderFill } from '../book.ts'
import { type CopySettings, copyFills, type DecisionDraft, reduced } from '../copy.ts'
import type { MarketPrices } from '../entry.ts'
import type { HoldingView, OrderDraft } from '../holding-view.ts'
import { plan, type Settlement } from '../plan.ts'
import { applyForeignTrade, forgoWaiting, unownedQuantity } from '../shortfall.ts'
import { aBook, aFill, anIncrease, anOrder, aState, aView, NOW } from './builders.ts'

/** What a plan was asked, and the order that it wanted. */
export interface Sent {
  readonly view: HoldingView
  readonly draft: OrderDraft
}

/** What the venue does with an order next. */
export type OrderNews = 'acked' | 'doubt' | 'reported' | 'traded' | 'ended' | 'undone'

/**
 * A leader, one link and a venue that does with its orders what a test says: as small as plan() allows.
 * Its own rules are those of the engine: forgone in the same step, undone orders give their increases back.
 */
export class Follower {
  now = NOW
  leader: Book = aBook()
  state: LinkState = aState()
  /** What is held, by trades seen; foreign ones too. */
  position: Decimal = ZERO
  market: MarketPrices | null
  canSend = true
  orders: Order[] = []
  readonly decisions = new Map<DecisionId, Decision>()
  readonly sent: Sent[] = []
  /** Sizes, base units: of increases that wanted an order, of those that plans refused or forwent, of trades. */
  readonly opened = { accepted: ZERO, refused: ZERO, traded: ZERO }
  readonly #settings: CopySettings
  readonly #view: Partial<HoldingView>
  readonly #wholes = new Map<DecisionId, Decimal>()
  readonly #carries = new Map<number, readonly DecisionId[]>()

  constructor(settings: CopySettings, view: Partial<HoldingView> = {}) {
    this.#settings = settings
    this.#view = view
    this.market = aView(view).market
  }

  /** The leader's trades, all in one event. @param signed base units */
  leaderTrades(signed: readonly Decimal[], fillPrice: Decimal): void {
    let sequence = this.state.cursor
    const steps = signed.map(quantity => {
      const fill = aFill(quantity, { fillPrice, at: this.now })
      const step = applyLeaderFill(this.leader, fill)
      this.leader = step.book
      sequence += 1
      return { sequence, fill, changes: step.changes }
    })
    const { state, drafts, reductions } = copyFills(this.state, steps, this.#settings)
    this.state = state
    for (const decision of this.decisions.values()) {
      if (decision.part === 'increase')
        this.#replace({ ...decision, wanted: reductions.reduce(reduced, decision.wanted) })
    }
    for (const draft of drafts) this.#decide(draft)
    this.drive()
  }

  foreignTrade(signed: Decimal): void {
    this.state = applyForeignTrade(this.state, this.position, signed).state
    this.position = add(this.position, signed)
    this.drive()
  }

  /** @param size of a trade or a report of one, base units; the venue trims it to what is possible */
  tell(order: Order, news: OrderNews, size: Decimal = order.quantity): void {
    if (isTerminal(order.status) && news !== 'traded') return
    const possible = minimum(size, this.#tradable(order))
    if (news === 'acked') this.#update({ ...order, status: 'open' })
    else if (news === 'doubt') this.#update({ ...order, status: 'in_doubt' })
    else if (news === 'reported')
      this.#update({ ...order, status: 'open', reportedFilled: add(knownFilled(order), possible) })
    else if (news === 'traded') this.#trade(order, maximum(possible, unseenQuantity(order)))
    else if (news === 'ended') this.#end({ ...order, status: 'canceled' })
    else if (isUnacknowledged(order.status) && knownFilled(order) === ZERO) this.#undo(order)
    this.drive()
  }

  /** Compares once, as every event does. */
  drive(): void {
    const view = aView({
      ...this.#view,
      state: this.state,
      position: this.position,
      orders: this.orders,
      pending: [...this.decisions.values()].filter(decision => decision.status === 'pending'),
      market: this.market,
      canSend: this.canSend,
      canOpen: true,
      now: this.now,
    })
    const planned = plan(view)
    this.state = planned.state
    for (const settlement of planned.settlements) this.#settle(settlement)
    if (planned.order !== null) this.#send(view, planned.order)
  }

  /** The venue is well again: exits trade, openings end, until there is nothing to do. @param limit rounds */
  recover(limit: number): void {
    this.canSend = true
    this.market ??= aView(this.#view).market
    this.drive()
    for (let round = 0; round < limit && this.orders.length > 0; round += 1) {
      for (const order of [...this.orders]) {
        const live = this.orders.find(each => each.sequence === order.sequence)
        if (live === undefined) continue
        if (isTerminal(live.status)) this.tell(live, 'traded', ZERO)
        else if (live.purpose === 'exit') this.tell(live, 'traded')
        else this.tell(live, 'ended')
        const left = this.orders.find(each => each.sequence === order.sequence)
        if (left !== undefined && left.purpose === 'exit') this.tell(left, 'ended')
      }
    }
  }

  #decide(draft: DecisionDraft): void {
    if (draft.final !== null) return
    const id = `${draft.part} ${draft.firstFill}` as DecisionId
    const { part, quantity, leaderPrice, validUntil, firstFill, lastFill } = draft
    const terms = { id, part, quantity, wanted: quantity, leaderPrice, validUntil, firstFill, lastFill }
    this.#replace(anIncrease('0', terms))
    if (part === 'reduce') return
    // As it is when its event is over: a reduction in the same event has shrunk it already.
    this.#wholes.set(id, absolute(quantity))
    this.opened.accepted = add(this.opened.accepted, absolute(quantity))
  }

  #settle({ decision: id, outcome }: Settlement): void {
    const decision = this.decisions.get(id)
    const refused = outcome === 'forgone' || outcome === 'skipped' || outcome === 'failed'
    if (decision?.part === 'increase' && refused)
      this.opened.refused = add(this.opened.refused, must(this.#wholes.get(id), 'was decided'))
    this.decisions.delete(id)
  }

  #replace(decision: Decision): void {
    this.decisions.set(decision.id, decision)
  }

  #send(view: HoldingView, draft: OrderDraft): void {
    this.sent.push({ view, draft })
    const { decisions, ...terms } = draft
    const order = anOrder('1', { ...terms, sequence: this.sent.length, status: 'submitted' })
    this.orders = [...this.orders, order]
    this.#carries.set(order.sequence, decisions)
    for (const id of decisions) this.#setStatus(id, 'working')
  }

  #setStatus(id: DecisionId, status: 'working' | 'pending'): void {
    const decision = this.decisions.get(id)
    if (decision !== undefined) this.#replace({ ...decision, status })
  }

  #update(order: Order): void {
    this.orders = this.orders.map(each => (each.sequence === order.sequence ? order : each))
    if (isTerminal(order.status) && unseenQuantity(order) === ZERO)
      this.orders = this.orders.filter(each => each.sequence !== order.sequence)
  }

  /** What is left of it, and for an exit at most what the venue holds: trades that we have not seen count. */
  #tradable(order: Order): Decimal {
    if (isTerminal(order.status)) return ZERO
    const leaves = subtract(order.quantity, knownFilled(order))
    if (!order.reduceOnly) return leaves
    let held = this.position
    for (const each of this.orders) held = add(held, signedQuantity(each.side, unseenQuantity(each)))
    const closable = order.side === 'sell' ? held : negate(held)
    return closable > 0n ? minimum(leaves, closable) : ZERO
  }

  #trade(order: Order, size: Decimal): void {
    if (size === ZERO) return
    const signed = signedQuantity(order.side, size)
    if (order.purpose === 'entry') this.opened.traded = add(this.opened.traded, size)
    this.state = { ...this.state, attributed: add(this.state.attributed, signed) }
    this.position = add(this.position, signed)
    const filled = add(order.filled, size)
    if (isTerminal(order.status)) this.#update({ ...order, filled })
    else if (filled < order.quantity) this.#update({ ...order, status: 'open', filled })
    else this.#end({ ...order, status: 'filled', filled })
  }

  #end(order: Order): void {
    this.#update(order)
    const forgone = subtract(order.quantity, knownFilled(order))
    const decisions = this.#carries.get(order.sequence) ?? []
    if (order.purpose === 'exit' && forgone > 0n) {
      for (const id of decisions) this.#setStatus(id, 'pending')
      return
    }
    const unclaimed = unownedQuantity(this.state, this.orders, other => this.#wantedOf(other))
    const unowned = subtract(unclaimed, this.#waitingQuantity())
    if (unowned > 0n) this.state = forgoWaiting(this.state, minimum(forgone, unowned))
    for (const id of decisions) this.decisions.delete(id)
  }

  #wantedOf(order: Order): Decimal {
    const ids = this.#carries.get(order.sequence) ?? []
    const increases = ids
      .flatMap(id => this.decisions.get(id) ?? [])
      .filter(({ part }) => part === 'increase')
    const wanted = increases.reduce((sum, each) => add(sum, absolute(each.wanted)), ZERO)
    const left = subtract(wanted, knownFilled(order))
    return left > 0n ? left : ZERO
  }

  #waitingQuantity(): Decimal {
    const waiting = [...this.decisions.values()].filter(
      each => each.part === 'increase' && each.status === 'pending',
    )
    return waiting.reduce((sum, { wanted }) => add(sum, absolute(wanted)), ZERO)
  }

  /** Withdrawn before it was sent, or proven never accepted: its decisions wait again. */
  #undo(order: Order): void {
    this.#update({ ...order, status: order.status === 'submitted' ? 'withdrawn' : 'never_accepted' })
    for (const id of must(this.#carries.get(order.sequence), 'was sent')) this.#setStatus(id, 'pending')
  }
}
