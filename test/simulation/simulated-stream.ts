import { type Decimal, subtract, ZERO } from '../../src/domain/decimal.ts'
import type { Fill } from '../../src/domain/fill.ts'
import { type AccountId, symbolOf, type VenueOrderId } from '../../src/domain/ids.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { AccountListener, VenueError, VenueReport } from '../../src/ports/venue.ts'
import type { FaultTarget } from './fault-kinds.ts'
import { ShownOrders } from './shown-orders.ts'
import type { ReportSink, VenueHost } from './venue-host.ts'
import { fillOf } from './venue-rows.ts'

const DELAY_MS = 2_000
/** By how much the last trade of an order comes after its end, at most. */
const OUTRUN_MS = 15_000
/** What a new connection may tell once more: so many trades in a row, from so long before, ms. */
const RETOLD = 5
const RETOLD_MS = 240_000
/** From one try to connect to the next. */
const RETRY_MS = 500

export interface SimulatedStreamOptions {
  readonly accountId: AccountId
  readonly name: string
  readonly host: VenueHost
  readonly clock: Clock
}

/** The private stream: in order and complete, unless a fault says otherwise. */
export class SimulatedStream implements ReportSink {
  readonly account: string
  readonly shown: ShownOrders
  readonly #options: SimulatedStreamOptions
  #listener: AccountListener | null = null
  #live = false
  /** Grows with every connection: what was on its way in an older one is lost. */
  #connection = 0
  #lastDueAt = 0
  /** By the venue's order id: quantities of trades that will be told later than the order's end. */
  readonly #outrun = new Map<VenueOrderId, Decimal>()
  /** The connection looks alive, and nothing comes. */
  deaf = false

  constructor(options: SimulatedStreamOptions) {
    this.account = options.name
    this.shown = new ShownOrders(options.clock)
    this.#options = options
  }

  open(listener: AccountListener): void {
    this.#listener = listener
    this.#options.host.sinks.add(this)
    this.#connect(this.#options.host.faults.latencyMs())
  }

  close(): void {
    this.#connection += 1
    this.#live = false
    this.shown.lost()
    this.#listener = null
    this.#options.host.sinks.delete(this)
  }

  isLive(): boolean {
    return this.#live
  }

  /** The connection breaks; a new one stands after `downMs`. */
  drop(downMs: number): void {
    if (!this.#live) return
    this.#live = false
    this.shown.lost()
    this.#connection += 1
    this.#listener?.stream({ kind: 'lost', message: 'the connection broke' })
    this.#connect(downMs)
  }

  /** Not deaf any more. */
  hear(): void {
    this.deaf = false
  }

  push(frame: readonly VenueReport[]): void {
    const { faults, clock } = this.#options.host
    if (!this.#live) return
    const reports = this.#withoutOutrun(frame)
    if (reports.length === 0) return
    if (this.deaf || faults.draws('reportLost')) {
      faults.note(this.deaf ? 'reportUnheard' : 'reportLost', this.#of(reports))
      return
    }
    const now = clock.monotonic()
    this.#lastDueAt = Math.max(this.#lastDueAt, now + faults.latencyMs())
    if (faults.draws('reportDelayed')) this.#deliver(reports, faults.upTo(DELAY_MS), 'reportDelayed')
    else this.#deliver(reports, this.#lastDueAt - now, null)
    if (faults.draws('reportTwice')) this.#deliver(reports, faults.upTo(DELAY_MS), 'reportTwice')
  }

  #connect(afterMs: number): void {
    const connection = this.#connection
    this.#listener?.stream({ kind: 'connecting' })
    this.#options.clock.after(afterMs, () => {
      if (connection !== this.#connection) return
      const { host, name } = this.#options
      if (host.keyOf(name) === 'revoked') {
        this.#listener?.stream({ kind: 'refused', error: KEY_REFUSED })
      } else if (host.addressRefused || host.exchange.maintenance) {
        this.#connect(RETRY_MS)
      } else {
        this.#live = true
        this.#listener?.stream({ kind: 'live' })
        this.#retell()
      }
    })
  }

  /** Leaves out a last trade whose order is over or rests, and what the order's own reports say of it. */
  #withoutOutrun(frame: readonly VenueReport[]): readonly VenueReport[] {
    return frame.flatMap((report, index): readonly VenueReport[] => {
      if (report.kind === 'fill')
        return index === frame.length - 1 && this.#outruns(report.fill) ? [] : [report]
      if (report.kind !== 'order' || report.report.status === 'filled') return [report]
      const missing = this.#outrun.get(report.report.venueOrderId) ?? ZERO
      if (missing === ZERO) return [report]
      return [{ ...report, report: { ...report.report, filled: subtract(report.report.filled, missing) } }]
    })
  }

  #outruns(fill: Fill): boolean {
    const { host, name, clock } = this.#options
    const { clientOrderId, venueOrderId, quantity } = fill
    if (clientOrderId === null || this.#outrun.has(venueOrderId)) return false
    const selector = { symbol: symbolOf(fill.instrumentId), orderId: venueOrderId, clientOrderId: '' }
    const status = host.exchange.order(name, selector)?.status
    if (status !== 'partially_filled' && status !== 'partially_filled_canceled') return false
    if (!host.faults.hit('fillOutrun', { account: name, clientOrderId })) return false
    const lateMs = host.faults.upTo(OUTRUN_MS)
    this.#outrun.set(venueOrderId, quantity)
    clock.after(lateMs, () => this.#outrun.delete(venueOrderId))
    this.#deliver([{ kind: 'fill', fill }], lateMs, null)
    return true
  }

  /** Trades from before this connection, and perhaps from before this process: long known, not always by memory. */
  #retell(): void {
    const { host, name, accountId } = this.#options
    if (!host.faults.draws('reportTwice')) return
    const executions = host.history.executions(name, host.now() - RETOLD_MS, host.now())
    const from = host.faults.upTo(executions.length + 1) - 1
    const reports = executions
      .slice(from, from + RETOLD)
      .map(
        execution =>
          ({ kind: 'fill', fill: fillOf(host.kind.capability.venue, accountId, execution) }) as const,
      )
    if (reports.length > 0) this.#deliver(reports, host.faults.upTo(DELAY_MS), 'reportTwice')
  }

  /** @param fault that it is an instance of, counted when it is heard */
  #deliver(
    reports: readonly VenueReport[],
    delayMs: number,
    fault: 'reportDelayed' | 'reportTwice' | null,
  ): void {
    const { clock, accountId, host } = this.#options
    const connection = this.#connection
    clock.after(delayMs, () => {
      if (connection !== this.#connection) return
      if (fault !== null) host.faults.note(fault, this.#of(reports))
      const mine = reports.map(report =>
        report.kind === 'fill' ? { ...report, fill: { ...report.fill, accountId } } : report,
      )
      for (const report of mine) this.shown.take(report)
      this.#listener?.reports(mine, clock.now())
    })
  }

  /** The order that a frame is about, where it is one of ours. */
  #of(reports: readonly VenueReport[]): FaultTarget {
    const account = this.#options.name
    for (const report of reports) {
      const id =
        report.kind === 'order'
          ? report.report.clientOrderId
          : report.kind === 'fill'
            ? report.fill.clientOrderId
            : null
      if (id !== null) return { account, clientOrderId: id }
    }
    return { account }
  }
}

const KEY_REFUSED: VenueError = {
  kind: 'refused',
  reason: 'key',
  code: '33004',
  message: 'the key has been revoked',
}
