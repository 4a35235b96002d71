import type { Decision } from '../../../src/domain/decision.ts'
import type { Order } from '../../../src/domain/order.ts'
import type { EntryStyle, Strategy } from '../../../src/domain/strategy.ts'
import type { Write } from '../../../src/ports/store.ts'
import type { OrderRequest } from '../../../src/ports/venue.ts'
import { signOf, size, smaller, textOf } from './amounts.ts'
import type { Checker, Evidence } from './checker.ts'
import { opensByChoice } from './ledger.ts'

/** What one link may still buy of one instrument, since its leader was last flat. */
interface Entitlement {
  /** Of increases that were neither refused nor forgone. */
  allowed: bigint
  /** Of orders that took them. */
  used: bigint
  readonly cycle: number
}

/** Every division loses less than one unit in the 18th place, and a run makes some hundreds of them. */
const LAST_PLACES = 1_000n
/** An order that came to nothing leaves its increases to the next one, while they are valid. */
const UNDONE: ReadonlySet<string> = new Set(['withdrawn', 'never_accepted'])
const REFUSED: ReadonlySet<string> = new Set(['forgone', 'skipped', 'failed'])

/** I17: nothing is opened late, beyond its price, or for an increase that was refused or forgone. */
export class LatenessChecker implements Checker {
  readonly #evidence: Evidence
  readonly #entitlements = new Map<string, Entitlement>()
  /** By intent: what its strategy said when it was made. */
  readonly #strategies = new Map<string, Strategy | undefined>()
  readonly #counted = new Map<string, { readonly cycle: number; amount: bigint }>()

  constructor(evidence: Evidence) {
    this.#evidence = evidence
  }

  sent(_account: string, { clientOrderId }: OrderRequest): void {
    const { ledger, violate, now } = this.#evidence
    const intent = ledger.intentOf(clientOrderId)
    if (intent === undefined || !opensByChoice(intent.purpose)) return
    if (intent.validUntil === null || now.call(this.#evidence) > intent.validUntil)
      violate('I17', `${clientOrderId} left after its increase was valid`)
    const strategy = this.#strategies.get(intent.intentId)
    for (const decision of ledger.decisionsOf(intent.intentId)) {
      if (strategy !== undefined && isBeyond(intent, decision, strategy))
        violate('I17', `${clientOrderId} may cost more than its increase allows`)
    }
  }

  /** What a late trade of another opening netted away was neither refused nor forgone: it may be bought again. */
  durable(unit: readonly Write[]): void {
    const { ledger } = this.#evidence
    const held = new Map<string, bigint>()
    for (const { kind, row } of unit) {
      if (kind !== 'fill' || row.linkId === null) continue
      const key = `${row.linkId}/${row.fill.instrumentId}`
      const before = held.get(key) ?? ledger.linkStates.get(key)?.attributed ?? 0n
      held.set(key, before + row.attributed)
      const isOpening = ledger.intents.get(row.intentId ?? '')?.purpose === 'entry'
      if (isOpening && signOf(before) === -signOf(row.attributed))
        this.#of(row.linkId, row.fill.instrumentId).allowed += smaller(size(before), size(row.attributed))
    }
  }

  applied(unit: readonly Write[]): void {
    for (const write of unit) if (write.kind === 'decision') this.#countDecision(write.row)
    for (const write of unit) {
      if (write.kind === 'intent_insert' || write.kind === 'intent_update') this.#countOrder(write.row)
    }
    for (const write of unit) if (write.kind === 'intent_insert') this.#compare(write.row)
    for (const write of unit) {
      if (write.kind === 'intent_insert')
        this.#strategies.set(write.row.intentId, this.#strategyOf(write.row))
    }
    for (const write of unit) {
      if (write.kind !== 'link_state') continue
      const { linkId, instrumentId, leaderQuantity, attributed, desired } = write.row
      // What a link desires when it is switched off outlasts its leader.
      if (leaderQuantity === 0n && attributed === 0n && desired === 0n) this.#begin(linkId, instrumentId)
    }
  }

  #countDecision(decision: Decision): void {
    const { id, linkId, instrumentId, part, outcome, intentId } = decision
    if (part !== 'increase') return
    const isRefused = outcome !== null && REFUSED.has(outcome) && intentId === null
    this.#count(id, this.#of(linkId, instrumentId), 'allowed', isRefused ? 0n : size(decision.quantity))
  }

  #countOrder(order: Order): void {
    const { ledger } = this.#evidence
    const { linkId, instrumentId, intentId, purpose, status } = order
    if (linkId === null || purpose === 'exit') return
    const entitlement = this.#of(linkId, instrumentId)
    // A refusal that may pass gives the increases back as well.
    const keepsNone = ledger.decisionsOf(intentId).length === 0
    const isUndone = UNDONE.has(status) || (status === 'rejected' && keepsNone)
    this.#count(intentId, entitlement, 'used', isUndone ? 0n : order.quantity)
  }

  #compare({ linkId, instrumentId, clientOrderId, purpose }: Order): void {
    const { allowed, used } = this.#of(linkId ?? '', instrumentId)
    if (purpose !== 'exit' && used > allowed + LAST_PLACES)
      this.#evidence.violate(
        'I17',
        `${clientOrderId} buys ${textOf(used - allowed)} that was refused or forgone`,
      )
  }

  #count(id: string, entitlement: Entitlement, of: 'allowed' | 'used', amount: bigint): void {
    const counted = this.#counted.get(id)
    if (counted === undefined) this.#counted.set(id, { cycle: entitlement.cycle, amount })
    else if (counted.cycle === entitlement.cycle) {
      entitlement[of] -= counted.amount
      counted.amount = amount
    } else return
    entitlement[of] += amount
  }

  #of(linkId: string, instrumentId: string): Entitlement {
    const key = `${linkId}/${instrumentId}`
    const known = this.#entitlements.get(key)
    if (known !== undefined) return known
    const entitlement = { allowed: 0n, used: 0n, cycle: 0 }
    this.#entitlements.set(key, entitlement)
    return entitlement
  }

  /** Both are flat and nothing is on its way: what was left over is left behind. */
  #begin(linkId: string, instrumentId: string): void {
    for (const intent of this.#evidence.ledger.liveIntents.values()) {
      if (intent.linkId === linkId && intent.instrumentId === instrumentId) return
    }
    const cycle = this.#of(linkId, instrumentId).cycle + 1
    this.#entitlements.set(`${linkId}/${instrumentId}`, { allowed: 0n, used: 0n, cycle })
  }

  #strategyOf({ linkId }: Order): Strategy | undefined {
    const { ledger } = this.#evidence
    return ledger.strategies.get(ledger.links.get(linkId ?? '')?.strategyId ?? '')
  }
}

/** Whether an order's own limit lets it pay more than its increase's price and the strategy's width allow. */
function isBeyond(order: Order, { leaderPrice }: Decision, { entry, maxDriftBps }: Strategy): boolean {
  const bps = widthBps(entry, maxDriftBps)
  if (bps === null) return false
  if (order.limitPrice === null) return true
  const paid = order.limitPrice * 10_000n
  return order.side === 'buy'
    ? paid > leaderPrice * BigInt(10_000 + bps)
    : paid < leaderPrice * BigInt(10_000 - bps)
}

function widthBps(entry: EntryStyle, maxDriftBps: number | null): number | null {
  switch (entry.kind) {
    case 'market':
      return maxDriftBps
    case 'limit':
      return 0
    case 'limit_follow':
      return -entry.discountBps
    case 'marketable_limit':
      return entry.slippageBps
  }
}
