import { symbolOf } from '../../../src/domain/ids.ts'
import type { AccountState, EngineState, Holding } from '../../../src/engine/state.ts'
import { larger, signOf, size, smaller, textOf, UNIT } from './amounts.ts'
import type { Checker, Evidence } from './checker.ts'
import { isOver } from './ledger.ts'

/** For how long something may be left alone when nothing keeps it, ms. */
const PATIENCE_MS = 1_000
/** Prices younger than this are fresh by anybody's count, ms. */
const FRESH_MS = 5_000
/** Ages are measured by our clock: for as long as this after it was set, nobody can say what is old. */
const STEADY_MS = 65_000

/** I15, in motion: what could be done is done at once, and does not wait for something else to happen by. */
export class WaitingChecker implements Checker {
  readonly #evidence: Evidence
  /** Since when nothing keeps a holding's work, our monotonic clock, ms. */
  readonly #freeSince = new Map<string, number>()
  readonly #told = new Set<string>()

  constructor(evidence: Evidence) {
    this.#evidence = evidence
  }

  killed(): void {
    this.#freeSince.clear()
  }

  /** @param tickedAt when a price of a symbol last arrived, our monotonic clock, ms */
  looked(state: EngineState, tickedAt: ReadonlyMap<string, number>): void {
    const { monotonic, steadyForMs } = this.#evidence
    const at = monotonic.call(this.#evidence)
    const isSteady = steadyForMs.call(this.#evidence) > STEADY_MS
    for (const account of state.accounts.values()) {
      for (const holding of account.holdings.values()) {
        const work = isSteady ? this.#freeWork(account, holding, { tickedAt, at }) : null
        const since = this.#freeSince.get(holding.key)
        if (work === null) this.#freeSince.delete(holding.key)
        else if (since === undefined) this.#freeSince.set(holding.key, at)
        else if (at - since > PATIENCE_MS && !this.#told.has(holding.key)) {
          this.#told.add(holding.key)
          this.#evidence.violate(
            'I15',
            `${account.account.name} ${holding.instrumentId} ${work}, and nothing keeps it`,
          )
        }
      }
    }
  }

  /** @returns what could be done now, in words; null when there is nothing or something keeps it */
  #freeWork(account: AccountState, holding: Holding, seen: Seen): string | null {
    const listed = this.#evidence.exchange.instruments.get(symbolOf(holding.instrumentId))
    if (holding.link === null || listed === undefined || account.session?.isLive() !== true) return null
    // The list of instruments is read again and again until it is there.
    if (account.session.market.instrument(holding.instrumentId) === null) return null
    const now = this.#evidence.now()
    if (seen.at < holding.exitPause.notBefore) return null
    const { id } = holding.link.runtime.link
    // What its owner has made by hand keeps a link from nothing.
    const orders = [...holding.orders].map(({ order }) => order).filter(({ linkId }) => linkId === id)
    const { attributed, desired } = holding.link.state
    const { quantity: held } = holding.position
    const kept = signOf(desired) === signOf(attributed) ? size(desired) : 0n
    const closable = signOf(held) === signOf(attributed) ? size(held) : 0n
    const excess = smaller(size(attributed) - kept, closable)
    const isExiting = orders.some(({ purpose }) => purpose === 'exit')
    if (excess >= listed.lotSize && !isExiting) return `has ${textOf(excess)} to close`
    if (orders.length > 0 || seen.at < holding.openingPause.notBefore || holding.leverage.kind !== 'set')
      return null
    if (signOf(attributed) === -signOf(desired) && attributed !== 0n) return null
    const isWaiting = [...holding.link.decisions.values()].some(
      ({ status, validUntil, wanted }) =>
        status === 'pending' && validUntil !== null && validUntil > now && signOf(wanted) === signOf(desired),
    )
    const ticked = seen.tickedAt.get(listed.symbol) ?? Number.NEGATIVE_INFINITY
    if (!isWaiting || seen.at - ticked > FRESH_MS || !this.#pricesAreFresh(account, seen)) return null
    const { mark } = this.#evidence.exchange.ticker(listed.symbol)
    const { lotSize, minimumNotional } = listed
    const missing = size(desired) - size(attributed)
    const tradable = larger(lotSize, ((minimumNotional * UNIT) / mark / lotSize + 2n) * lotSize)
    return missing >= tradable ? `has ${textOf(missing)} to open` : null
  }

  /** Risk looks at everything that the account holds or may come to hold. */
  #pricesAreFresh({ holdings }: AccountState, { tickedAt, at }: Seen): boolean {
    return [...holdings.values()].every(({ instrumentId, position, orders }) => {
      const isIdle = position.quantity === 0n && [...orders].every(({ order }) => isOver(order))
      const ticked = tickedAt.get(symbolOf(instrumentId)) ?? Number.NEGATIVE_INFINITY
      return isIdle || at - ticked < FRESH_MS
    })
  }
}

interface Seen {
  readonly tickedAt: ReadonlyMap<string, number>
  /** Our monotonic clock, ms. */
  readonly at: number
}
