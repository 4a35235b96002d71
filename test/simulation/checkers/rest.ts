import { symbolOf } from '../../../src/domain/ids.ts'
import type { LinkState } from '../../../src/domain/link-state.ts'
import type { Strategy } from '../../../src/domain/strategy.ts'
import type { Write } from '../../../src/ports/store.ts'
import { larger, signed, signOf, size, smaller, textOf, times, UNIT } from './amounts.ts'
import type { Checker, Evidence } from './checker.ts'
import { isOver } from './ledger.ts'

const SETTLED: ReadonlySet<string> = new Set(['open'])

/** I15, and what following means: at rest each follower holds what is desired, to what can be traded. */
export class RestChecker implements Checker {
  readonly #evidence: Evidence
  /** The sizings that a link ever had: what an older one desired stays desired. */
  readonly #sizings = new Map<string, Set<Strategy['sizing']>>()
  /** Links that were off once: what they held then they go on holding, whatever their leader did meanwhile. */
  readonly #wereOff = new Set<string>()

  constructor(evidence: Evidence) {
    this.#evidence = evidence
  }

  applied(unit: readonly Write[]): void {
    if (!unit.some(({ kind }) => kind === 'link' || kind === 'strategy')) return
    const { links, strategies } = this.#evidence.ledger
    for (const { id, strategyId, mode, sizing } of links.values()) {
      const strategy = strategies.get(strategyId)
      if (strategy === undefined) continue
      if (mode === 'off' || strategy.mode === 'off') this.#wereOff.add(id)
      this.#sizings.set(id, (this.#sizings.get(id) ?? new Set()).add(sizing ?? strategy.sizing))
    }
  }

  atRest(): void {
    this.#ordersAgree()
    for (const state of this.#evidence.ledger.linkStates.values()) this.#linkFollows(state)
  }

  #ordersAgree(): void {
    const { ledger, truth, exchange, violate } = this.#evidence
    for (const intent of ledger.intents.values()) {
      if (isOver(intent)) {
        if (intent.filled !== truth.order(intent.clientOrderId).filled)
          violate('I3', `${intent.clientOrderId} is ${intent.status} with ${textOf(intent.filled)} filled`)
        continue
      }
      if (!SETTLED.has(intent.status)) violate('I15', `${intent.clientOrderId} is still ${intent.status}`)
      if (truth.order(intent.clientOrderId).ended !== null)
        violate('I15', `${intent.clientOrderId} is ${intent.status} here and over on the exchange`)
    }
    for (const { name, kind } of ledger.accounts.values()) {
      if (kind === 'virtual') continue
      for (const { clientOrderId, timeInForce } of exchange.openOrders(name)) {
        const intent = ledger.intentOf(clientOrderId)
        if (intent !== undefined && (isOver(intent) || timeInForce !== 'gtc'))
          violate('I15', `${clientOrderId} rests on the exchange and is ${intent.status} here`)
      }
    }
  }

  #linkFollows(state: LinkState): void {
    const { ledger, truth, violate } = this.#evidence
    const link = ledger.links.get(state.linkId)
    const strategy = ledger.strategies.get(link?.strategyId ?? '')
    if (link === undefined || link.origin === 'removed' || strategy === undefined) return
    const symbol = symbolOf(state.instrumentId)
    const leaderId = ledger.sources.get(strategy.sourceId)?.accountId ?? ''
    const leader = truth.position(ledger.accounts.get(leaderId)?.name ?? '', symbol)
    if (state.leaderQuantity !== leader)
      violate('I15', `link ${link.id} sees ${textOf(state.leaderQuantity)} of ${textOf(leader)} ${symbol}`)
    if (link.mode === 'off' || strategy.mode === 'off') return
    const name = `${ledger.accounts.get(link.accountId)?.name} ${symbol}`
    if (!this.#wereOff.has(link.id)) this.#desiredIsBounded(state, leader, name)
    const follower = ledger.accounts.get(link.accountId)?.name ?? ''
    this.#attributedFollows(state, name, truth.position(follower, symbol))
  }

  /** Nothing of a flat leader, and by ratio never more than the largest ratio of what the leader holds. */
  #desiredIsBounded({ linkId, desired }: LinkState, leader: bigint, name: string): void {
    if (leader === 0n && desired !== 0n)
      this.#evidence.violate('I15', `${name} desires something of a flat leader`)
    const sizings = [...(this.#sizings.get(linkId) ?? [])]
    const ratios = sizings.flatMap(sizing => (sizing.kind === 'ratio' ? [sizing.ratio as bigint] : []))
    const [first] = sizings
    if (first === undefined || ratios.length < sizings.length) return
    const most = times(size(leader), ratios.reduce(larger, 0n))
    const isSteady = sizings.every(({ inverse }) => inverse === first.inverse)
    const direction = signOf(leader) * (first.inverse ? -1n : 1n)
    if (isSteady && desired !== 0n && signOf(desired) !== direction)
      this.#evidence.violate('I15', `${name} desires the other side`)
    if (size(desired) > most)
      this.#evidence.violate('I15', `${name} desires ${textOf(desired)} of ${textOf(most)}`)
  }

  #attributedFollows(state: LinkState, name: string, held: bigint): void {
    const { linkId, instrumentId, desired, attributed } = state
    const { ledger, exchange, violate } = this.#evidence
    const listed = exchange.instruments.get(symbolOf(instrumentId))
    if (listed === undefined) return
    let resting = 0n
    for (const intent of ledger.liveIntents.values()) {
      if (intent.linkId === linkId && intent.instrumentId === instrumentId)
        resting += signed(intent.side, intent.quantity - intent.filled)
    }
    const { lotSize, minimumNotional } = listed
    const { mark } = exchange.ticker(listed.symbol)
    // The other side is still held (see below): nothing is opened before that is closed.
    const blocked = signOf(attributed) === -signOf(desired) && attributed !== 0n
    const missing = blocked
      ? 0n
      : (desired - attributed - resting) * signOf(desired === 0n ? attributed : desired)
    // What opens must be worth the venue's minimum, and prices move while it is carried.
    const tradable = larger(lotSize, ((minimumNotional * UNIT) / mark / lotSize + 2n) * lotSize)
    if (missing >= tradable) violate('I15', `${name} misses ${textOf(missing)} of ${textOf(desired)}`)
    // Reduce-only closes no more than there is: what an owner's own trades net away cannot be closed.
    const closable = signOf(held) === signOf(attributed) ? size(held) : 0n
    const beyond = size(attributed) - (signOf(desired) === signOf(attributed) ? size(desired) : 0n)
    const excess = smaller(beyond, closable)
    if (excess >= lotSize)
      violate('I15', `${name} holds ${textOf(attributed)} and desires ${textOf(desired)}`)
    if (
      resting !== 0n &&
      signOf(resting) === signOf(desired) &&
      size(attributed + resting) >= size(desired) + lotSize
    )
      violate('I15', `${name} has orders for more than the ${textOf(desired)} it desires`)
  }
}
