import type { Decision } from '../domain/decision.ts'
import type { AccountId, IdKind } from '../domain/ids.ts'
import { uuidv7 } from '../domain/ids.ts'
import type { Notice, NoticeDetails, NoticeLevel } from '../domain/notice.ts'
import type { Order } from '../domain/order.ts'
import type { Pair, Round } from '../domain/pair.ts'
import type { Signal } from '../domain/signal.ts'
import type { RiskLimits } from '../domain/strategy.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/observe.ts'
import type { Random } from '../ports/random.ts'
import { NO_MARKS, type OpenSentMarks, type SentMarks } from '../ports/sent-marks.ts'
import type { Store, Write } from '../ports/store.ts'
import { Listeners } from './listeners.ts'
import { NoticeBoard, type NoticePlace } from './notice-board.ts'
import type { EngineState, Holding } from './state.ts'
import { type Sight, Turn } from './turn.ts'
import { Turnstile } from './turnstile.ts'

/** Times of the engine, ms, and its sizes. Each can be set; the defaults are what a venue account needs. */
export interface EngineOptions {
  /** An acknowledged order without a report is asked for after this. */
  readonly reportTimeoutMs: number
  /** Trades that an order report tells of are fetched when they have not come after this. */
  readonly fillLagMs: number
  readonly reconcileEveryMs: number
  /** Prices older than this are unknown: openings wait. */
  readonly marketMaxAgeMs: number
  /** Equity of an account that has not been live for this long is unknown. */
  readonly equityMaxAgeMs: number
  /** A session is kept for this long after its last user. */
  readonly lingerMs: number
  /** An order in doubt for longer than this becomes a notice. */
  readonly doubtNoticeMs: number
  /** Links per transaction: small enough that sending overlaps the disk, large enough to share its cost. */
  readonly linksPerTurn: number
  readonly systemLimits: RiskLimits
}

export const DEFAULT_ENGINE_OPTIONS: Omit<EngineOptions, 'systemLimits'> = {
  reportTimeoutMs: 5_000,
  fillLagMs: 1_000,
  reconcileEveryMs: 60_000,
  marketMaxAgeMs: 10_000,
  equityMaxAgeMs: 60_000,
  lingerMs: 30_000,
  doubtNoticeMs: 30_000,
  linksPerTurn: 100,
}

/** connecting -> syncing -> live -> degraded -> closed. Only live sends. */
export type SessionState = 'connecting' | 'syncing' | 'live' | 'degraded' | 'closed'

/** What those who watch are told, after it is durable. */
export interface EngineObserver {
  decided?(decision: Decision, order: Order | null, accountId: AccountId): void
  session?(accountId: AccountId, state: SessionState, message: string): void
  sessionEvent?(event: SessionEvent): void
  noticed?(notice: Notice): void
  /** A round of a pair is over. */
  hedged?(round: Round, pair: Pair): void
  /** A signal is durable (`pending`), or something became of it. */
  signalled?(status: Signal['status']): void
}

/**
 * What happened to a session as a whole. validated: its stream is authenticated and everything has been read.
 * invalid: somebody wanted to share it, and it had stopped answering.
 */
export interface SessionEvent {
  readonly accountId: AccountId
  readonly kind: 'created' | 'reused' | 'validated' | 'invalid' | 'dropped'
  readonly reason: string
  /** The venue's clock minus ours, ms; 0 until measured. */
  readonly offsetMs: number
}

export interface EnginePorts {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly store: Store
  readonly observer: EngineObserver
  /** Left out: of an order that a killed process had claimed, only the venue can tell. */
  readonly openMarks?: OpenSentMarks
  /** The store failed and nothing may be sent any more: the process should say so and end. */
  readonly onFatal: (message: string) => void
}

/** Rounds of looking at what one event touched; two or three are usual, and a plan that needs so many never ends. */
const MAXIMUM_ROUNDS = 100
/** Accounts that are read whole at the same time. */
const SYNCS_AT_ONCE = 20

/** What one event changed, now that it is durable. */
export interface Durable {
  readonly writes: readonly Write[]
  readonly sights: readonly Sight[]
}

export interface SessionMove {
  readonly accountId: AccountId
  readonly state: SessionState
  readonly message: string
}

/** Compares a holding with what is desired and does what is missing (engine/drive.ts). */
export type Drive = (context: EngineContext, turn: Turn, holding: Holding) => void

/** What the rooms of the engine share. Wired once, in engine.ts. */
export class EngineContext {
  readonly ports: EnginePorts
  readonly options: EngineOptions
  readonly state: EngineState
  /** Reading whole accounts shares the venue's budget: a few at a time get done, all at once get nothing. */
  readonly syncs = new Turnstile(SYNCS_AT_ONCE)
  /** Told of a unit behind its effects: looking on delays no order. */
  readonly durable: Listeners<Durable>
  readonly sessionMoves: Listeners<SessionMove>
  /** What a person was told of and is not over. */
  readonly board = new NoticeBoard()
  /** Our clock, ms: what memory has seen since. */
  readonly startedAt: number
  /** Monotonic, ms. */
  readonly upSince: number
  /** Of pairs' orders: what waits for their doubt is a leg that is alone. */
  marks: SentMarks = NO_MARKS
  /** After a store failure nothing is sent: memory may be ahead of what is durable. */
  halted = false

  readonly #drive: (turn: Turn, holding: Holding) => void

  constructor(ports: EnginePorts, options: EngineOptions, state: EngineState, drive: Drive) {
    this.ports = ports
    this.#drive = (turn, holding) => drive(this, turn, holding)
    this.options = options
    this.state = state
    this.durable = new Listeners(ports.log)
    this.sessionMoves = new Listeners(ports.log)
    this.startedAt = ports.clock.now()
    this.upSince = ports.clock.monotonic()
  }

  now(): number {
    return this.ports.clock.now()
  }

  /** For pauses: a wall clock that is set back would make them long. */
  monotonic(): number {
    return this.ports.clock.monotonic()
  }

  newId<T extends IdKind>(): T {
    return uuidv7<T>(this.now(), this.ports.random.bytes(10))
  }

  /** Everything one event changes goes to the store as one unit; its effects follow when it is durable. */
  run(change: (turn: Turn) => void): void {
    if (this.halted) return
    const turn = new Turn()
    change(turn)
    if (!this.#settle(turn)) return
    this.#commit(turn)
    for (const next of turn.following()) this.run(next)
  }

  /** What a plan gives up can leave something to close: it is looked at until nothing changes. */
  #settle(turn: Turn): boolean {
    for (let round = 0; round < MAXIMUM_ROUNDS; round += 1) {
      const holdings = turn.takeRevisits()
      if (holdings.length === 0) return true
      for (const holding of holdings) this.#drive(turn, holding)
    }
    this.fail(`A plan changes its mind without end (${MAXIMUM_ROUNDS} rounds). Tell the makers of Lockstep.`)
    return false
  }

  #commit(turn: Turn): void {
    const writes = turn.writes()
    if (writes.length === 0) {
      this.#release(turn, writes)
      return
    }
    this.detach(
      this.ports.store.commit(writes).then(result => {
        if (this.halted) return turn.abandon()
        if (result.ok) this.#release(turn, writes)
        else this.fail(result.error.message)
        if (!result.ok) turn.abandon()
      }),
    )
  }

  #release(turn: Turn, writes: readonly Write[]): void {
    turn.release(this.now())
    this.durable.tell({ writes, sights: turn.sights() })
  }

  /** Lets work go on by itself. What it throws is a store that cannot be read, or a bug: both end the engine. */
  detach(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.fail(error instanceof Error ? error.message : String(error)))
  }

  /** It was stopped, which is no failure: whatever still comes changes nothing. */
  end(): void {
    this.halted = true
  }

  fail(message: string): void {
    if (this.halted) return
    this.halted = true
    this.ports.log.error('engine_halted', {
      message,
      action: 'nothing more is sent; mend the store and start again',
    })
    this.ports.onFatal(message)
  }

  notice(turn: Turn, input: NoticeInput): void {
    const notice = this.#noticeOf(input, null)
    this.board.begun(notice)
    this.#tell(turn, notice)
  }

  /** What a notice with this code told of is over: said once, where there is such a notice. */
  over(turn: Turn, input: Omit<NoticeInput, 'level' | 'action'>): void {
    const recovers = this.board.isClear ? null : this.board.over(placeOf(input))
    if (recovers === null) return
    this.#tell(
      turn,
      this.#noticeOf({ ...input, level: 'info', action: 'Nothing needs to be done.' }, recovers),
    )
  }

  #noticeOf(input: NoticeInput, recovers: Notice['recovers']): Notice {
    const { level, text, action, details = null } = input
    const at = Math.trunc(this.now())
    const isNew = { acknowledgedAt: null, acknowledgedBy: null }
    return { id: this.newId(), ...placeOf(input), level, text, action, details, recovers, at, ...isNew }
  }

  #tell(turn: Turn, notice: Notice): void {
    const { code, level, accountId: account, instrumentId: instrument, text, action } = notice
    turn.notice(notice)
    turn.afterCommit(() => this.ports.observer.noticed?.(notice))
    this.ports.log[level === 'info' ? 'info' : 'warn']('notice', {
      code,
      level,
      account,
      instrument,
      text,
      action,
    })
  }
}

function placeOf({
  code,
  holding,
  accountId,
}: Pick<NoticeInput, 'code' | 'holding' | 'accountId'>): NoticePlace {
  return {
    code,
    accountId: holding?.accountId ?? accountId ?? null,
    instrumentId: holding?.instrumentId ?? null,
  }
}

export interface NoticeInput {
  readonly code: string
  readonly level: NoticeLevel
  readonly holding?: Holding
  readonly accountId?: AccountId
  readonly text: string
  readonly action: string
  readonly details?: NoticeDetails
}
