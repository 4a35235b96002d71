import type { AccountId } from '../../src/domain/ids.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { AccountListener, VenueError, VenueReport } from '../../src/ports/venue.ts'
import type { FaultTarget } from './fault-kinds.ts'
import type { ReportSink, VenueHost } from './venue-host.ts'

const DELAY_MS = 2_000
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
  readonly #options: SimulatedStreamOptions
  #listener: AccountListener | null = null
  #live = false
  /** Grows with every connection: what was on its way in an older one is lost. */
  #connection = 0
  #lastDueAt = 0
  /** The connection looks alive, and nothing comes. */
  deaf = false

  constructor(options: SimulatedStreamOptions) {
    this.account = options.name
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
    this.#connection += 1
    this.#listener?.stream({ kind: 'lost', message: 'the connection broke' })
    this.#connect(downMs)
  }

  /** Not deaf any more. */
  hear(): void {
    this.deaf = false
  }

  push(reports: readonly VenueReport[]): void {
    const { faults, clock } = this.#options.host
    if (!this.#live) return
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
      }
    })
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
