import type { AuditEntry } from '../../../exchange/core/types.ts'
import { symbolOf } from '../../../src/domain/ids.ts'
import type { Order } from '../../../src/domain/order.ts'
import { NO_LIMITS, type RiskLimits } from '../../../src/domain/strategy.ts'
import type { Write } from '../../../src/ports/store.ts'
import { larger, size, textOf, times } from './amounts.ts'
import type { Checker, Evidence, KnownPrices } from './checker.ts'
import { Ledger, opensByChoice } from './ledger.ts'

const MINUTE_MS = 60_000
/** Money moves a little between the report that the engine knows and the exchange's own figure. */
const EQUITY_TOLERANCE_PERCENT = 105n
/** A report of the wallet can be lost; at the latest a comparison, or an age at which it is no longer used, mends it. */
const EQUITY_NEWS_MS = 75_000

/** I12: when exposure is decided, every limit holds with every open order filled at its collar price. */
export class RiskChecker implements Checker {
  readonly #evidence: Evidence
  /** What the engine has decided: ahead of what is durable by what is on its way to the disk. */
  #decided = new Ledger()
  #isFresh = true
  /** Our clock, ms, by account: when the openings that the venue took were made. */
  readonly #openings = new Map<string, number[]>()

  constructor(evidence: Evidence) {
    this.#evidence = evidence
  }

  killed(): void {
    this.#isFresh = false
  }

  asked(unit: readonly Write[], known: ReadonlyMap<string, KnownPrices>): void {
    if (!this.#isFresh) this.#refresh()
    this.#decided.apply(unit)
    for (const write of unit) {
      if (write.kind === 'intent_insert' && opensByChoice(write.row.purpose)) this.#assess(write.row, known)
    }
  }

  audit(entry: AuditEntry): void {
    if (entry.kind !== 'accepted') return
    const intent = this.#evidence.ledger.intentOf(entry.clientOrderId)
    if (intent === undefined || !opensByChoice(intent.purpose)) return
    const { accountId, createdAt } = intent
    this.#openings.set(accountId, [...(this.#openings.get(accountId) ?? []), createdAt])
  }

  #refresh(): void {
    this.#isFresh = true
    this.#decided = new Ledger()
    const { accounts, strategies, links, liveIntents, positions } = this.#evidence.ledger
    for (const row of accounts.values()) this.#decided.apply([{ kind: 'account', row }])
    for (const row of strategies.values()) this.#decided.apply([{ kind: 'strategy', row }])
    for (const row of links.values()) this.#decided.apply([{ kind: 'link', row }])
    for (const row of liveIntents.values()) this.#decided.apply([{ kind: 'intent_update', row }])
    for (const row of positions.values()) this.#decided.apply([{ kind: 'position', row }])
  }

  #assess(order: Order, known: ReadonlyMap<string, KnownPrices>): void {
    const link = this.#decided.links.get(order.linkId ?? '')
    // A person's own order has no strategy, and no limits but the account's.
    const isByHand = order.linkId === null
    const limits = isByHand ? NO_LIMITS : this.#decided.strategies.get(link?.strategyId ?? '')?.limits
    const account = this.#decided.accounts.get(order.accountId)
    if (limits === undefined || account === undefined) return
    const symbolNotionals = this.#notionals(order.accountId, known)
    const total = [...symbolNotionals.values()].reduce((a, b) => a + b, 0n)
    const own = times(order.quantity, order.collarPrice ?? 0n)
    // Minutes are counted by our clock: where it was set, nobody can say how long one was.
    const recent = (this.#openings.get(order.accountId) ?? []).filter(
      at => at > order.createdAt - MINUTE_MS,
    ).length
    const say = (limit: string, text: string): void =>
      this.#evidence.violate('I12', `${order.clientOrderId} passes ${limit}: ${text}`)
    this.#compare(limits.maximumOrderNotional, own, text => say('maximumOrderNotional', text))
    this.#compare(limits.maximumSymbolNotional, symbolNotionals.get(order.instrumentId) ?? 0n, text =>
      say('maximumSymbolNotional', text),
    )
    this.#compare(limits.maximumTotalNotional, total, text => say('maximumTotalNotional', text))
    const isMinuteKnown = this.#evidence.steadyForMs() > 2 * MINUTE_MS
    if (isMinuteKnown && limits.maximumOrdersPerMinute !== null && recent >= limits.maximumOrdersPerMinute)
      say('maximumOrdersPerMinute', `${recent + 1} in a minute`)
    if (isForbidden(limits, order)) say('a filter', `${order.side} ${order.instrumentId}`)
    const equity = this.#evidence.exchange.wallet(account.name).equity
    const leverage = smaller(account.maximumLeverage, limits.maximumLeverage)
    const capOf = (money: bigint): bigint =>
      (times(larger(money, 0n), leverage) * EQUITY_TOLERANCE_PERCENT) / 100n
    if (total <= capOf(equity) || total <= capOf(equity + this.#lostLately(account.name))) return
    say('the leverage cap', `${textOf(total)} against ${textOf(capOf(equity))}`)
  }

  /** What was withdrawn or lost so shortly ago that the report of it may not have come. */
  #lostLately(account: string): bigint {
    const { exchange, venueNow } = this.#evidence
    const since = venueNow.call(this.#evidence) - EQUITY_NEWS_MS
    const { balance } = exchange.wallet(account)
    let highest: bigint = balance
    for (const { at, balanceAfter, change } of exchange.transactions(account)) {
      if (at < since) break
      highest = larger(highest, larger(balanceAfter, balanceAfter - change))
    }
    return highest - balance
  }

  #compare(limit: bigint | null, value: bigint, say: (text: string) => void): void {
    if (limit !== null && value > limit) say(`${textOf(value)} against ${textOf(limit)}`)
  }

  /** By instrument: the worse of "all buys fill" and "all sells fill". */
  #notionals(accountId: string, known: ReadonlyMap<string, KnownPrices>): ReadonlyMap<string, bigint> {
    const longs = new Map<string, bigint>()
    const shorts = new Map<string, bigint>()
    const add = (sums: Map<string, bigint>, key: string, amount: bigint): void => {
      sums.set(key, (sums.get(key) ?? 0n) + amount)
    }
    for (const position of this.#decided.positions.values()) {
      if (position.accountId !== accountId) continue
      const held = times(position.quantity, known.get(symbolOf(position.instrumentId))?.mark ?? 0n)
      add(longs, position.instrumentId, held)
      add(shorts, position.instrumentId, held)
    }
    for (const order of this.#decided.liveIntents.values()) {
      if (order.accountId !== accountId || order.purpose === 'exit') continue
      const leaves = order.quantity - larger(order.filled, order.reportedFilled)
      const cost = times(leaves, order.collarPrice ?? 0n)
      add(order.side === 'buy' ? longs : shorts, order.instrumentId, order.side === 'buy' ? cost : -cost)
    }
    const worst = new Map<string, bigint>()
    for (const key of new Set([...longs.keys(), ...shorts.keys()]))
      worst.set(key, larger(size(longs.get(key) ?? 0n), size(shorts.get(key) ?? 0n)))
    return worst
  }
}

function smaller(a: bigint, b: bigint | null): bigint {
  return b === null || a < b ? a : b
}

function isForbidden(limits: RiskLimits, { instrumentId, side }: Order): boolean {
  const symbol = symbolOf(instrumentId)
  return (
    limits.killSwitch ||
    limits.deniedSymbols.includes(symbol) ||
    limits.allowedSymbols?.includes(symbol) === false ||
    limits.allowedSides?.includes(side) === false
  )
}
