import type { Decision } from '../../../src/domain/decision.ts'
import type { Link } from '../../../src/domain/strategy.ts'
import type { StoredFill, Write } from '../../../src/ports/store.ts'
import { signed, signOf, size } from './amounts.ts'
import type { Checker, Evidence } from './checker.ts'
import { isOver, type Ledger } from './ledger.ts'

interface Part {
  readonly sequence: number
  readonly instrumentId: string
  readonly part: 'reduce' | 'increase'
}

interface Range {
  readonly after: number
  readonly to: number
}

/** I5: every leader fill has its decision at every link that was not off, with an outcome and a reason. */
export class DecisionsChecker implements Checker {
  readonly #evidence: Evidence
  /** By link and instrument: fills that the link went past while it was off. */
  readonly #off = new Map<string, Range[]>()
  /** By link that is gone: the last fill that was its business. */
  readonly #removed = new Map<string, number>()

  constructor(evidence: Evidence) {
    this.#evidence = evidence
  }

  durable(unit: readonly Write[]): void {
    const { ledger } = this.#evidence
    for (const write of unit) {
      if (write.kind === 'link' && write.row.origin === 'removed')
        this.#removed.set(write.row.id, this.#lastFillOf(write.row))
      if (write.kind !== 'link_state') continue
      const { linkId, instrumentId, cursor } = write.row
      const link = ledger.links.get(linkId)
      if (link === undefined || !this.#isOff(link)) continue
      const key = `${linkId}/${instrumentId}`
      const after = ledger.linkStates.get(key)?.cursor ?? link.startSequence
      if (cursor > after) this.#off.set(key, [...(this.#off.get(key) ?? []), { after, to: cursor }])
    }
  }

  atRest(): void {
    const { ledger, violate } = this.#evidence
    for (const source of ledger.sources.values()) {
      const fills = [...ledger.fills.values()].filter(({ sourceId }) => sourceId === source.id)
      fills.sort((a, b) => (a.sourceSequence ?? 0) - (b.sourceSequence ?? 0))
      fills.forEach((row, index) => {
        if (row.sourceSequence !== index + 1) violate('I5', `fill ${index + 1} of a source is missing`)
      })
      const unnumbered = [...ledger.fills.values()].some(
        ({ fill, sourceId }) => fill.accountId === source.accountId && sourceId === null,
      )
      if (unnumbered) violate('I5', 'a leader fill was not counted as one')
      const parts = partsOf(fills, ledger)
      const decisions = Map.groupBy(ledger.decisions.values(), ({ linkId }) => linkId)
      for (const link of ledger.links.values()) {
        if (ledger.strategies.get(link.strategyId)?.sourceId === source.id)
          this.#compare(link, parts, decisions.get(link.id) ?? [])
      }
    }
  }

  #lastFillOf({ strategyId }: Link): number {
    const { ledger } = this.#evidence
    const sourceId = ledger.strategies.get(strategyId)?.sourceId
    let last = 0
    for (const row of ledger.fills.values())
      if (row.sourceId === sourceId) last = Math.max(last, row.sourceSequence ?? 0)
    return last
  }

  #isOff({ mode, strategyId }: Link): boolean {
    return mode === 'off' || this.#evidence.ledger.strategies.get(strategyId)?.mode === 'off'
  }

  #compare(link: Link, parts: readonly Part[], decisions: readonly Decision[]): void {
    const { violate } = this.#evidence
    const covering = new Map<string, Map<number, Decision[]>>()
    for (const decision of decisions) {
      const key = `${decision.instrumentId}/${decision.part}`
      const byFill = covering.get(key) ?? new Map<number, Decision[]>()
      covering.set(key, byFill)
      for (let at = decision.firstFill; at <= decision.lastFill; at += 1) {
        const found = byFill.get(at)
        if (found === undefined) byFill.set(at, [decision])
        else found.push(decision)
      }
    }
    for (const { sequence, instrumentId, part } of parts) {
      const off = this.#off.get(`${link.id}/${instrumentId}`) ?? []
      const isExcused = off.some(({ after, to }) => sequence > after && sequence <= to)
      const isGone = sequence > (this.#removed.get(link.id) ?? Number.POSITIVE_INFINITY)
      if (sequence <= link.startSequence || isExcused || isGone) continue
      const found = covering.get(`${instrumentId}/${part}`)?.get(sequence) ?? []
      const [decision] = found
      if (found.length !== 1 || decision === undefined)
        violate('I5', `fill ${sequence} has ${found.length} decisions to ${part} at link ${link.id}`)
      else if (!this.#isSettled(decision))
        violate('I5', `the decision on fill ${sequence} at link ${link.id} is ${decision.status}`)
    }
  }

  /** At rest only an order that rests on the book may still be waited for. */
  #isSettled({ status, outcome, reason, intentId }: Decision): boolean {
    if (status === 'done') return outcome !== null && reason !== null
    const intent = this.#evidence.ledger.intents.get(intentId ?? '')
    return status === 'working' && intent?.timeInForce === 'gtc' && !isOver(intent)
  }
}

/** What each fill did to the leader's own position: a flip reduces, then increases. */
function partsOf(fills: readonly StoredFill[], { positions: stored }: Ledger): readonly Part[] {
  const positions = new Map<string, bigint>()
  return fills.flatMap(({ fill, sourceSequence }) => {
    const { accountId, instrumentId } = fill
    const opening = stored.get(`${accountId}/${instrumentId}`)?.openingQuantity ?? 0n
    const before = positions.get(instrumentId) ?? opening
    const traded = signed(fill.side, fill.quantity)
    positions.set(instrumentId, before + traded)
    const against = signOf(before) === -signOf(traded)
    const of = (part: Part['part']): Part => ({ sequence: sourceSequence ?? 0, instrumentId, part })
    const parts: Part[] = []
    if (against) parts.push(of('reduce'))
    if (!against || size(traded) > size(before)) parts.push(of('increase'))
    return parts
  })
}
