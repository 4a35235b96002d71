import { setTimeout as sleep } from 'node:timers/promises'

const QUIET_WINDOW_MS = 60
/** A process that used less than this within the window does nothing but wait. */
const QUIET_CPU_US = 6_000
const QUIET_LIMIT_MS = 5_000

/** Epoch ms with fractions. Every process reads the same machine's clock. */
export function epochMs(): number {
  return performance.timeOrigin + performance.now()
}

/** What one contender's process spent on one round. */
export interface Spent {
  /** When the leader's first frame reached the contender, and when the last order was handed to its socket, epoch ms. */
  readonly frameAt: number
  readonly lastSendAt: number
  readonly sends: number
  /** CPU of all its threads between these two. */
  readonly sendCpuUs: number
  /** The part of it that the main thread used; the rest is mostly the database's. */
  readonly sendMainCpuUs: number
  /** CPU of the whole round, all replies and reports taken in, and everything written that there is to write. */
  readonly cycleCpuUs: number
}

/** Counts one contender's rounds, from inside its process. */
export class Meter {
  #orders = 0
  #sends = 0
  #began = process.cpuUsage()
  #framed: { readonly all: NodeJS.CpuUsage; readonly main: NodeJS.CpuUsage } | null = null
  #frameAt = Number.NaN
  #lastSendAt = Number.NaN
  #sendCpuUs = Number.NaN
  #sendMainCpuUs = Number.NaN

  begin(orders: number): void {
    this.#orders = orders
    this.#sends = 0
    this.#framed = null
    this.#frameAt = Number.NaN
    this.#lastSendAt = Number.NaN
    this.#sendCpuUs = Number.NaN
    this.#sendMainCpuUs = Number.NaN
    this.#began = process.cpuUsage()
  }

  /** A frame of the leader's has come; the first of a round counts. */
  frame(): void {
    if (this.#framed !== null) return
    this.#framed = { all: process.cpuUsage(), main: process.threadCpuUsage() }
    this.#frameAt = epochMs()
  }

  /** An order was handed to its socket. */
  sent(): void {
    this.#sends += 1
    if (this.#sends !== this.#orders || this.#framed === null) return
    this.#sendCpuUs = totalUs(process.cpuUsage(this.#framed.all))
    this.#sendMainCpuUs = totalUs(process.threadCpuUsage(this.#framed.main))
    this.#lastSendAt = epochMs()
  }

  /** Resolves when the process has come to rest. */
  async end(): Promise<Spent> {
    const until = performance.now() + QUIET_LIMIT_MS
    let quiet = false
    while (!quiet && performance.now() < until) {
      const before = process.cpuUsage()
      await sleep(QUIET_WINDOW_MS)
      quiet = totalUs(process.cpuUsage(before)) < QUIET_CPU_US
    }
    return {
      frameAt: this.#frameAt,
      lastSendAt: this.#lastSendAt,
      sends: this.#sends,
      sendCpuUs: this.#sendCpuUs,
      sendMainCpuUs: this.#sendMainCpuUs,
      cycleCpuUs: totalUs(process.cpuUsage(this.#began)),
    }
  }
}

function totalUs({ user, system }: NodeJS.CpuUsage): number {
  return user + system
}
