import type { Store, Write } from '../../src/ports/store.ts'
import type { AccountListener, Venue, VenueAccount } from '../../src/ports/venue.ts'

/** Calls at the edges of the engine: before one is made, while it is under way, and before its answer is used. */
const CALLS = [
  'load',
  'lease',
  'replay',
  'commit_setup',
  'commit_fills',
  'commit_decision',
  'commit_hedge',
  'commit_update',
  'submit',
  'submit_hedge',
  'cancel',
  'find',
  'snapshot',
  'executions',
  'permissions',
  'leverage',
] as const
const EDGES = ['before', 'during', 'after'] as const

type Call = (typeof CALLS)[number]
type CallPoint = `${Call}.${(typeof EDGES)[number]}`
export type Failpoint = CallPoint | 'live' | 'fills_received' | 'fills_taken'

export const FAILPOINTS: readonly Failpoint[] = [
  ...CALLS.flatMap(call => EDGES.map((edge): CallPoint => `${call}.${edge}`)),
  /** A stream is authenticated, and nothing of what came before it has been read. */
  'live',
  /** Fills have arrived and nothing is written of them; then: handed to the engine, and not durable yet. */
  'fills_received',
  'fills_taken',
]

/** Only pairs come past it. */
export function isOfHedges(point: Failpoint): boolean {
  return point.includes('_hedge.')
}

export interface Trap {
  readonly point: Failpoint
  /** At the n-th time that the point is passed, from 1: the middle of a chunk is the n-th order of it. */
  readonly pass: number
  /** How far into the call `during` is, ms. */
  readonly delayMs: number
}

export function trapText({ point, pass, delayMs }: Trap): string {
  return `${point}@${pass}+${delayMs}`
}

/** @returns null where the text is not one of `trapText`'s */
export function parseTrap(text: string): Trap | null {
  const [, name, pass, delayMs] = /^([a-z_.]+)@(\d+)\+(\d+)$/.exec(text) ?? []
  const point = FAILPOINTS.find(each => each === name)
  return point === undefined ? null : { point, pass: Number(pass), delayMs: Number(delayMs) }
}

/** Stands around the engine's ports and springs once, at its point. It changes nothing else. */
export class FailpointPorts {
  readonly #trap: Trap
  readonly #spring: () => void
  #passes = 0

  constructor(trap: Trap, spring: () => void) {
    this.#trap = trap
    this.#spring = spring
  }

  store(inner: Store): Store {
    return {
      load: () => this.#around('load', () => inner.load()),
      commit: unit => this.#around(commitOf(unit), () => inner.commit(unit)),
      acquireLease: id => this.#around('lease', () => inner.acquireLease(id)),
      sourceFills: (...args) => this.#around('replay', () => inner.sourceFills(...args)),
      lastSourceSequence: id => inner.lastSourceSequence(id),
      intent: id => inner.intent(id),
      intents: ids => inner.intents(ids),
      intentByClientOrderId: (...args) => inner.intentByClientOrderId(...args),
      knownTrades: (...args) => inner.knownTrades(...args),
      decisions: filter => inner.decisions(filter),
      fills: id => inner.fills(id),
      pairFills: filter => inner.pairFills(filter),
      notices: limit => inner.notices(limit),
      directory: () => inner.directory(),
      orderPage: filter => inner.orderPage(filter),
      outcomePage: filter => inner.outcomePage(filter),
      noticePage: filter => inner.noticePage(filter),
      roundPage: filter => inner.roundPage(filter),
      signalPage: filter => inner.signalPage(filter),
      auditPage: filter => inner.auditPage(filter),
      auditAfter: (sequence, limit) => inner.auditAfter(sequence, limit),
      pendingSignals: () => inner.pendingSignals(),
      signal: (sourceId, externalId) => inner.signal(sourceId, externalId),
      notice: id => inner.notice(id),
      idempotentAnswer: (actor, key) => inner.idempotentAnswer(actor, key),
      forgetAnswers: (before, limit) => inner.forgetAnswers(before, limit),
      close: () => inner.close(),
    }
  }

  venue(inner: Venue): Venue {
    const { capability, environment, market } = inner
    const account: Venue['account'] = (...args) => this.#account(inner.account(...args))
    return { capability, environment, market, account, close: () => inner.close() }
  }

  #account(inner: VenueAccount): VenueAccount {
    return {
      accountId: inner.accountId,
      open: listener => inner.open(this.#listener(listener)),
      close: () => inner.close(),
      isAlive: () => inner.isAlive(),
      stamp: epoch => inner.stamp(epoch),
      budgetWaitMs: purpose => inner.budgetWaitMs(purpose),
      submit: order =>
        this.#around(order.purpose === 'hedge' ? 'submit_hedge' : 'submit', () => inner.submit(order)),
      cancel: (...args) => this.#around('cancel', () => inner.cancel(...args)),
      find: order => this.#around('find', () => inner.find(order)),
      snapshot: () => this.#around('snapshot', () => inner.snapshot()),
      executions: query => this.#around('executions', () => inner.executions(query)),
      setLeverage: (...args) => this.#around('leverage', () => inner.setLeverage(...args)),
      permissions: () => this.#around('permissions', () => inner.permissions()),
    }
  }

  #listener(inner: AccountListener): AccountListener {
    return {
      reports: (reports, receivedAt) => {
        const hasFill = reports.some(({ kind }) => kind === 'fill')
        if (hasFill) this.#pass('fills_received')
        inner.reports(reports, receivedAt)
        if (hasFill) this.#pass('fills_taken')
      },
      stream: state => {
        if (state.kind === 'live') this.#pass('live')
        inner.stream(state)
      },
    }
  }

  async #around<T>(call: Call, make: () => Promise<T>): Promise<T> {
    this.#pass(`${call}.before`)
    const answer = make()
    if (this.#counts(`${call}.during`)) setTimeout(this.#spring, this.#trap.delayMs)
    const value = await answer
    this.#pass(`${call}.after`)
    return value
  }

  #pass(point: Failpoint): void {
    if (this.#counts(point)) this.#spring()
  }

  #counts(point: Failpoint): boolean {
    if (point !== this.#trap.point) return false
    this.#passes += 1
    return this.#passes === this.#trap.pass
  }
}

/** What a unit is about, by the row in it that matters most. */
function commitOf(unit: readonly Write[]): Call {
  const kinds = new Set(unit.map(({ kind }) => kind))
  if (unit.some(({ kind, row }) => kind === 'intent_insert' && row.purpose === 'hedge')) return 'commit_hedge'
  if (kinds.has('intent_insert')) return 'commit_decision'
  if (kinds.has('fill')) return 'commit_fills'
  if (kinds.has('account') || kinds.has('link')) return 'commit_setup'
  return 'commit_update'
}
