import { type InstrumentId, symbolOf } from '../../../src/domain/ids.ts'
import type { AccountSync, StoredFill, StoredPosition, Write } from '../../../src/ports/store.ts'
import { larger, signed, signOf, size, smaller, textOf } from './amounts.ts'
import type { Checker, Evidence } from './checker.ts'

/** I3 and I4: every trade once, and what is held is what the trades make. */
export class FillsChecker implements Checker {
  readonly #evidence: Evidence
  /** Sums of durable fills: by account and instrument, and what they moved of each link. */
  readonly #traded = new Map<string, bigint>()
  readonly #attributed = new Map<string, bigint>()
  /** The venue's clock, ms, by account: what was traded before is not its story here. */
  readonly #countedFrom = new Map<string, number>()
  /** By account and symbol: its count began with what the venue misread, and goes on when a later reading shows it. */
  readonly #misread = new Set<string>()

  constructor(evidence: Evidence) {
    this.#evidence = evidence
  }

  durable(unit: readonly Write[]): void {
    for (const write of unit) {
      if (write.kind === 'account_sync') this.#begin(write.row, unit)
      if (write.kind !== 'fill') continue
      const { fill, linkId, attributed } = write.row
      this.#compareForeign(write.row)
      const place = `${fill.accountId}/${fill.instrumentId}`
      if (this.#evidence.ledger.fills.has(`${place}/${fill.tradeId}`))
        this.#evidence.violate('I3', `trade ${fill.tradeId} became durable twice`)
      add(this.#traded, place, signed(fill.side, fill.quantity))
      if (linkId !== null) add(this.#attributed, `${linkId}/${fill.instrumentId}`, attributed)
    }
  }

  applied(unit: readonly Write[]): void {
    const { violate } = this.#evidence
    for (const write of unit) {
      if (write.kind === 'position') {
        const { accountId, instrumentId, openingQuantity, quantity } = write.row
        const traded = this.#traded.get(`${accountId}/${instrumentId}`) ?? 0n
        if (openingQuantity + traded !== quantity)
          violate(
            'I4',
            `${this.#name(accountId)} counts ${textOf(quantity)}, its trades make ${textOf(traded)}`,
          )
      } else if (write.kind === 'link_state') {
        const { linkId, instrumentId, attributed } = write.row
        const moved = this.#attributed.get(`${linkId}/${instrumentId}`) ?? 0n
        const accountId = this.#evidence.ledger.links.get(linkId)?.accountId
        if (moved !== attributed && !this.#isMisread(accountId, instrumentId))
          violate(
            'I4',
            `link ${linkId} has ${textOf(attributed)} attributed, its trades make ${textOf(moved)}`,
          )
      } else if (write.kind === 'notice' && write.row.code === 'gap') {
        // This venue can always show what happened, so nothing may ever be given up as lost.
        if (!this.#isMisread(write.row.accountId, write.row.instrumentId))
          violate('I3', `trades were given up as lost: ${write.row.text}`)
      }
    }
  }

  #begin({ accountId, baselineAt }: AccountSync, unit: readonly Write[]): void {
    if (this.#countedFrom.has(accountId)) return
    this.#countedFrom.set(accountId, baselineAt)
    const { exchange, truth } = this.#evidence
    const name = this.#name(accountId)
    const told = new Map<string, StoredPosition>()
    for (const { kind, row } of unit)
      if (kind === 'position' && row.accountId === accountId) told.set(symbolOf(row.instrumentId), row)
    for (const { symbol } of exchange.positions(name)) {
      // What was read, against what there was when it was read: by the time it is durable it may be right by chance.
      const row = told.get(symbol)
      const held = truth.heldBefore(name, symbol, ({ at, sequence }) =>
        row === undefined ? at < baselineAt : sequence <= row.baselineSequence,
      )
      if (held !== (row?.openingQuantity ?? 0n)) this.#misread.add(`${accountId}/${symbol}`)
    }
  }

  #isMisread(accountId: string | null | undefined, instrumentId: InstrumentId | null): boolean {
    return instrumentId !== null && this.#misread.has(`${accountId}/${symbolOf(instrumentId)}`)
  }

  atRest(): void {
    const { ledger, truth, exchange, violate } = this.#evidence
    for (const { id, name, kind } of ledger.accounts.values()) {
      if (kind === 'virtual') continue
      for (const { symbol, sequence } of exchange.positions(name)) {
        const held = [...ledger.positions.values()].find(
          position => position.accountId === id && symbolOf(position.instrumentId) === symbol,
        )
        const counted = held?.quantity ?? 0n
        if (counted !== truth.position(name, symbol) && sequence > 0)
          violate(
            'I4',
            `${name} holds ${textOf(truth.position(name, symbol))} ${symbol}, we count ${textOf(counted)}`,
          )
      }
    }
    this.#compareTrades()
  }

  /**
   * What others close, or their owner by hand, takes what is the owner's own first, and then what is attributed; what
   * they open, and what an order of a link trades, is no foreign reduction.
   */
  #compareForeign(stored: StoredFill): void {
    const { ledger, violate } = this.#evidence
    const { fill, attributed } = stored
    const place = `${fill.accountId}/${fill.instrumentId}`
    const link = [...ledger.links.values()].find(
      ({ accountId, origin }) => accountId === fill.accountId && origin !== 'removed',
    )
    if (!ledger.isOwners(stored) || link === undefined) return
    if (this.#isMisread(fill.accountId, fill.instrumentId)) return
    const own = this.#attributed.get(`${link.id}/${fill.instrumentId}`) ?? 0n
    const opening = ledger.positions.get(place)?.openingQuantity ?? 0n
    const held = opening + (this.#traded.get(place) ?? 0n)
    const traded = signed(fill.side, fill.quantity)
    const cover = signOf(held - own) === signOf(own) ? size(held - own) : 0n
    const closes = own !== 0n && signOf(held) === signOf(own) && signOf(traded) === -signOf(own)
    const moved = closes ? larger(smaller(size(traded), size(held)) - cover, 0n) : 0n
    if (size(attributed) !== moved)
      violate('I4', `a foreign trade of ${textOf(traded)} moved ${textOf(attributed)}, not ${textOf(moved)}`)
  }

  #compareTrades(): void {
    const { ledger, truth, exchange, violate } = this.#evidence
    const stored = new Set<string>()
    for (const { fill } of ledger.fills.values()) {
      // What signals move is no venue's: signals.ts looks at it.
      if (ledger.accounts.get(fill.accountId)?.kind === 'virtual') continue
      const key = `${this.#name(fill.accountId)}/${symbolOf(fill.instrumentId)}/${fill.tradeId}`
      stored.add(key)
      if (!truth.fills.has(key)) violate('I3', `we count ${key}, which the exchange never traded`)
    }
    for (const [key, { sequence, account, symbol, at }] of truth.fills) {
      const id = [...ledger.accounts.values()].find(({ name }) => name === account)?.id
      if (id === undefined || at < (this.#countedFrom.get(id) ?? 0)) continue
      const baseline = ledger.positions.get(`${id}/${exchange.rules.name}:${symbol}`)?.baselineSequence ?? 0
      if (sequence > baseline && !stored.has(key))
        violate('I3', `the exchange traded ${key}, which we do not count`)
    }
  }

  #name(accountId: string): string {
    return this.#evidence.ledger.accounts.get(accountId)?.name ?? accountId
  }
}

function add(sums: Map<string, bigint>, key: string, amount: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + amount)
}
