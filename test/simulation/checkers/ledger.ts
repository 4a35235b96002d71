import type { Account } from '../../../src/domain/account.ts'
import type { Decision } from '../../../src/domain/decision.ts'
import type { LinkState } from '../../../src/domain/link-state.ts'
import type { Notice } from '../../../src/domain/notice.ts'
import type { Order, Purpose } from '../../../src/domain/order.ts'
import type { Pair, PairState, Round } from '../../../src/domain/pair.ts'
import type { Signal } from '../../../src/domain/signal.ts'
import type { Link, Source, Strategy } from '../../../src/domain/strategy.ts'
import type { StoredFill, StoredPosition, Write } from '../../../src/ports/store.ts'

/** Rows by key, as units bring them: what is durable, or (another ledger) what was ever decided. */
export class Ledger {
  readonly accounts = new Map<string, Account>()
  readonly sources = new Map<string, Source>()
  readonly strategies = new Map<string, Strategy>()
  readonly links = new Map<string, Link>()
  readonly intents = new Map<string, Order>()
  readonly intentsByClientId = new Map<string, string>()
  /** Those that are not over. */
  readonly liveIntents = new Map<string, Order>()
  readonly decisions = new Map<string, Decision>()
  /** Ids of decisions by the intent that carries them out. */
  readonly #carried = new Map<string, Set<string>>()
  readonly linkStates = new Map<string, LinkState>()
  readonly pairs = new Map<string, Pair>()
  readonly pairStates = new Map<string, PairState>()
  readonly rounds = new Map<string, Round>()
  readonly positions = new Map<string, StoredPosition>()
  readonly fills = new Map<string, StoredFill>()
  readonly notices: Notice[] = []
  readonly signals = new Map<string, Signal>()
  /** Accounts whose links open nothing, because somebody flattened them. */
  readonly flattened = new Set<string>()

  apply(unit: readonly Write[]): void {
    for (const write of unit) this.#write(write)
  }

  intentOf(clientOrderId: string): Order | undefined {
    return this.intents.get(this.intentsByClientId.get(clientOrderId) ?? '')
  }

  /** The decisions that an intent carries out, or has carried out. */
  decisionsOf(intentId: string): readonly Decision[] {
    return Array.from(this.#carried.get(intentId) ?? [], id => this.decisions.get(id)).filter(
      decision => decision !== undefined,
    )
  }

  /** A trade of the owner's own: at the venue, or by an order that was made by hand. */
  isOwners({ intentId }: StoredFill): boolean {
    return intentId === null || this.intents.get(intentId)?.linkId === null
  }

  #putSetting({ name, value }: { readonly name: string; readonly value: string }): void {
    const accountId = /^flattened\/(.+)$/.exec(name)?.[1]
    if (accountId === undefined) return
    if (value === 'true') this.flattened.add(accountId)
    else this.flattened.delete(accountId)
  }

  #putIntent(row: Order): void {
    this.intents.set(row.intentId, row)
    this.intentsByClientId.set(row.clientOrderId, row.intentId)
    if (isOver(row)) this.liveIntents.delete(row.intentId)
    else this.liveIntents.set(row.intentId, row)
  }

  #putDecision(row: Decision): void {
    const { intentId } = row
    const before = this.decisions.get(row.id)?.intentId ?? null
    if (before !== intentId && before !== null) this.#carried.get(before)?.delete(row.id)
    this.decisions.set(row.id, row)
    if (intentId === null || before === intentId) return
    const carried = this.#carried.get(intentId)
    if (carried === undefined) this.#carried.set(intentId, new Set([row.id]))
    else carried.add(row.id)
  }

  #write(write: Write): void {
    switch (write.kind) {
      case 'account':
        this.accounts.set(write.row.id, write.row)
        return
      case 'source':
        this.sources.set(write.row.id, write.row)
        return
      case 'strategy':
        this.strategies.set(write.row.id, write.row)
        return
      case 'link':
        this.links.set(write.row.id, write.row)
        return
      case 'pair':
        this.pairs.set(write.row.id, write.row)
        return
      case 'pair_state':
        this.pairStates.set(write.row.pairId, write.row)
        return
      case 'round':
        this.rounds.set(write.row.id, write.row)
        return
      case 'intent_insert':
      case 'intent_update':
        this.#putIntent(write.row)
        return
      case 'decision':
        this.#putDecision(write.row)
        return
      case 'link_state':
        this.linkStates.set(`${write.row.linkId}/${write.row.instrumentId}`, write.row)
        return
      case 'position':
        this.positions.set(`${write.row.accountId}/${write.row.instrumentId}`, write.row)
        return
      case 'fill':
        this.fills.set(
          `${write.row.fill.accountId}/${write.row.fill.instrumentId}/${write.row.fill.tradeId}`,
          write.row,
        )
        return
      case 'signal_insert':
      case 'signal_update':
        this.signals.set(write.row.id, write.row)
        return
      case 'setting':
        this.#putSetting(write.row)
        return
      case 'notice':
        this.notices.push(write.row)
        return
      default:
        return
    }
  }
}

const TERMINAL: ReadonlySet<string> = new Set([
  'filled',
  'canceled',
  'rejected',
  'withdrawn',
  'never_accepted',
])

export function isOver(order: Order): boolean {
  return TERMINAL.has(order.status)
}

/** An exit and a hedge are owed: neither a limit nor a time may keep them back. */
export function opensByChoice(purpose: Purpose): boolean {
  return purpose !== 'exit' && purpose !== 'hedge'
}
