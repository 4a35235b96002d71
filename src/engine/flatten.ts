import { add, type Decimal, sign, ZERO } from '../domain/decimal.ts'
import type { ClientOrderId, InstrumentId } from '../domain/ids.ts'
import { isTerminal, type Order } from '../domain/order.ts'
import { REASONS } from '../domain/reason.ts'
import { draftClose } from '../logic/by-hand.ts'
import { exitsInFlight } from '../logic/shortfall.ts'
import type { EngineContext } from './context.ts'
import { cancelOrder, sendOrder } from './executor.ts'
import type { AccountState, Holding, OrderEntry } from './state.ts'
import type { Turn } from './turn.ts'

/** What could not be closed, or is not certain to be. */
export interface Left {
  /** Null: the account as a whole. */
  readonly instrumentId: InstrumentId | null
  /** Signed, base units: what is held by our count; 0: something may still trade. */
  readonly quantity: Decimal
  /** A sentence with what to do. */
  readonly message: string
}

export interface Flattened {
  /** How many orders that close were made. */
  readonly orders: number
  readonly left: readonly Left[]
}

/** How long whoever asked waits for the venue. What is on its way then is told as left. */
const WAIT_MS = 10_000
const LOOK_EVERY_MS = 100
/** Orders in a row that closed nothing of a position. */
const MAXIMUM_TRIES = 3

const MAY_COME = 'An order may still trade. Flatten again in a moment.'

/** Where one position's closing stands; `waits`: it may get further by itself. */
interface Progress {
  readonly kind: 'flat' | 'waits' | 'stuck'
  readonly message: string
}

const FLAT: Progress = { kind: 'flat', message: '' }

/**
 * Looks again and again what is held and what rests, because copies may be on their way while it begins, and closes it
 * reduce-only. No price is asked for: what closes may always go.
 *
 * @param offline why nothing can be sent at all; null: it can
 */
export async function closeEverything(
  context: EngineContext,
  account: AccountState,
  offline: string | null,
): Promise<Flattened> {
  const closing = new Closing(context, account)
  const { clock } = context.ports
  const until = clock.monotonic() + WAIT_MS
  const foreign = offline === null ? cancelForeign(account) : Promise.resolve(offline)
  if (offline === null) {
    while (closing.round() && clock.monotonic() < until && !context.halted)
      await new Promise<void>(resolve => clock.after(LOOK_EVERY_MS, resolve))
  }
  const unseen = await foreign
  const left = closing.left(offline)
  if (unseen !== null) left.push({ instrumentId: null, quantity: ZERO, message: unseen })
  tell(context, account, left)
  return { orders: closing.orders, left }
}

class Closing {
  readonly #context: EngineContext
  readonly #account: AccountState
  readonly #tries = new Map<Holding, { last: OrderEntry; inVain: number }>()
  orders = 0

  constructor(context: EngineContext, account: AccountState) {
    this.#context = context
    this.#account = account
  }

  /** @returns whether another one may get further */
  round(): boolean {
    let mayGetFurther = false
    this.#context.run(turn => {
      for (const holding of this.#account.holdings.values()) {
        for (const { order } of holding.orders)
          if (isInTheWay(order)) cancelOrder(this.#context, turn, holding, order)
        if (this.#close(turn, holding).kind === 'waits') mayGetFurther = true
      }
    })
    return mayGetFurther
  }

  left(offline: string | null): Left[] {
    return [...this.#account.holdings.values()].flatMap(holding => {
      const { kind, message } = this.#progressOf(holding)
      if (kind === 'flat') return []
      const { instrumentId, position } = holding
      return [{ instrumentId, quantity: position.quantity, message: offline ?? message }]
    })
  }

  #close(turn: Turn, holding: Holding): Progress {
    const progress = this.#progressOf(holding)
    const { session, leaseEpoch } = this.#account
    const instrument = session?.market.instrument(holding.instrumentId) ?? null
    const rest = restOf(holding)
    if (progress.kind !== 'waits' || rest === ZERO || session === null || instrument === null) return progress
    const draft = draftClose(instrument, rest)
    const claim = session.venueAccount.stamp(leaseEpoch)
    // No way to the venue, or no budget there, for the moment.
    const canSend = session.isLive() && claim.ok && session.venueAccount.budgetWaitMs('exit') === 0
    const inVain = this.#inVain(holding)
    // Also where they are in doubt: one that comes late closes no more than there is, but many are of no use.
    if (draft === null || !canSend || inVain >= MAXIMUM_TRIES) return progress
    const account = this.#account
    const { venueAccount } = session
    const order = { holding, account, venueAccount, linkId: null, draft, claim: claim.value }
    this.#tries.set(holding, { last: sendOrder(this.#context, turn, order), inVain })
    this.orders += 1
    return progress
  }

  #progressOf(holding: Holding): Progress {
    const { quantity } = holding.position
    const isMoving = [...holding.orders].some(({ order }) => isInTheWay(order))
    if (quantity === ZERO) return isMoving ? { kind: 'waits', message: MAY_COME } : FLAT
    const market = this.#account.session?.market ?? null
    const instrument = market?.instrument(holding.instrumentId) ?? null
    if (market?.hasInstruments() === true && instrument === null)
      return { kind: 'stuck', message: REASONS.symbol_unknown }
    if (instrument !== null && draftClose(instrument, quantity) === null)
      return { kind: isMoving ? 'waits' : 'stuck', message: REASONS.close_refused }
    const last = this.#tries.get(holding)?.last.order
    const isOver = last === undefined || isTerminal(last.status)
    if (isOver && this.#inVain(holding) >= MAXIMUM_TRIES) {
      const words = last?.reason ?? last?.status ?? ''
      return { kind: 'stuck', message: `The venue does not close it (${words}). Close it there.` }
    }
    return {
      kind: 'waits',
      message: 'It was not closed in time. Flatten again, and see that the symbol trades.',
    }
  }

  #inVain(holding: Holding): number {
    const before = this.#tries.get(holding)
    if (before === undefined) return 0
    return before.last.order.filled > ZERO ? 0 : before.inVain + 1
  }
}

/** What may still open: a copy on its way, and whatever rests. */
function isInTheWay({ status, purpose, timeInForce }: Order): boolean {
  return !isTerminal(status) && (purpose !== 'exit' || timeInForce === 'gtc')
}

/**
 * Signed: what is held and no exit is on its way for. One in doubt counts for nothing: reduce-only cannot close more
 * than there is.
 */
function restOf({ orders, position: { quantity } }: Holding): Decimal {
  const certain = Array.from(orders, ({ order }) => order).filter(
    ({ status, timeInForce }) => status !== 'in_doubt' && timeInForce !== 'gtc',
  )
  const rest = add(quantity, exitsInFlight(certain))
  return sign(rest) === sign(quantity) ? rest : ZERO
}

/**
 * Orders of the owner's own that rest at the venue and could open; stops and other closing ones stay.
 *
 * @returns what is not certain to be cancelled, in words; null: nothing
 */
async function cancelForeign(account: AccountState): Promise<string | null> {
  const venueAccount = account.session?.venueAccount
  const snapshot = await venueAccount?.snapshot()
  if (venueAccount === undefined || snapshot === undefined || !snapshot.ok)
    return 'The venue did not say what rests there. Flatten again, or look there.'
  const foreign = snapshot.value.openOrders.filter(
    ({ clientOrderId, reduceOnly }) => !reduceOnly && !isOurs(account, clientOrderId),
  )
  const cancels = foreign.map(({ clientOrderId, venueOrderId, instrumentId }) =>
    venueAccount.cancel({ instrumentId, clientOrderId, venueOrderId }, 'exit'),
  )
  const answers = await Promise.all(cancels)
  const failed = answers.filter(answer => !answer.ok).length
  if (failed === 0) return null
  return `${failed} orders of the owner's own may still rest at the venue. Flatten again, or cancel them there.`
}

function isOurs({ orders }: AccountState, clientOrderId: ClientOrderId | null): boolean {
  return clientOrderId !== null && orders.has(clientOrderId)
}

function tell(context: EngineContext, account: AccountState, left: readonly Left[]): void {
  const { id, name } = account.account
  const code = 'flatten_incomplete'
  context.run(turn => {
    if (left.length === 0) {
      context.over(turn, { code, accountId: id, text: `Account ${name} is flat.` })
      return
    }
    const what = left.map(({ instrumentId, message }) => `${instrumentId ?? name}: ${message}`).join(' ')
    context.notice(turn, {
      code,
      level: 'critical',
      accountId: id,
      text: `Account ${name} could not be flattened whole. ${what}`,
      action: 'Flatten it again, or close the rest on the venue.',
    })
  })
}
