import type { AccountId } from '../../src/domain/ids.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { AccountListener, VenueReport } from '../../src/ports/venue.ts'
import type { ReportSink, VenueHost } from './venue-host.ts'

const DELAY_MS = 2_000

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

  push(reports: readonly VenueReport[]): void {
    const { faults, clock } = this.#options.host
    if (!this.#live) return
    if (this.deaf || faults.hit('reportLost')) {
      if (this.deaf) faults.note('reportUnheard')
      return
    }
    const now = clock.monotonic()
    this.#lastDueAt = Math.max(this.#lastDueAt, now + faults.latencyMs())
    const delayMs = faults.hit('reportDelayed') ? faults.upTo(DELAY_MS) : this.#lastDueAt - now
    this.#deliver(reports, delayMs)
    if (faults.hit('reportTwice')) this.#deliver(reports, faults.upTo(DELAY_MS))
  }

  #connect(afterMs: number): void {
    const connection = this.#connection
    this.#listener?.stream({ kind: 'connecting' })
    this.#options.clock.after(afterMs, () => {
      if (connection !== this.#connection) return
      this.#live = true
      this.#listener?.stream({ kind: 'live' })
    })
  }

  #deliver(reports: readonly VenueReport[], delayMs: number): void {
    const { clock, accountId } = this.#options
    const connection = this.#connection
    clock.after(delayMs, () => {
      if (connection !== this.#connection) return
      const mine = reports.map(report =>
        report.kind === 'fill' ? { ...report, fill: { ...report.fill, accountId } } : report,
      )
      this.#listener?.reports(mine, clock.now())
    })
  }
}
