import type { FaultName } from './fault-catalogue.ts'

/** `Name`: of the venue's own catalogue. */
export interface FaultSettings<Name extends string = FaultName> {
  readonly name: Name
  /** Chance at each occasion, 0 to 1. */
  readonly probability: number
  /** How often it may still strike; null: without end. */
  readonly times: number | null
  /** Null: any. */
  readonly account: string | null
  /** A command (`create`), a path (`/v5/order/realtime`) or a topic (`execution`); null: any. */
  readonly target: string | null
  readonly delayMs: number
}

export interface Fault<Name extends string = FaultName> extends FaultSettings<Name> {
  readonly id: number
  readonly struck: number
}

export interface Occasion {
  readonly account: string | null
  readonly target: string | null
}

const MAXIMUM_FAULTS = 1_000

/** The faults that are set, and the chance that decides. The same seed and occasions give the same strikes. */
export class Faults<Name extends string = FaultName> {
  readonly #faults: Fault<Name>[] = []
  #lastId = 0
  #chance: number

  constructor(seed: number) {
    this.#chance = seed | 0
  }

  /** @returns null when there is no room for more */
  add(settings: FaultSettings<Name>): Fault<Name> | null {
    if (this.#faults.length >= MAXIMUM_FAULTS) return null
    this.#lastId += 1
    const fault = { ...settings, id: this.#lastId, struck: 0 }
    this.#faults.push(fault)
    return fault
  }

  /** By id, by name, or all. @returns how many were removed */
  remove(which: { readonly id?: number | undefined; readonly name?: string | undefined }): number {
    const kept = this.#faults.filter(
      fault =>
        (which.id !== undefined && fault.id !== which.id) ||
        (which.name !== undefined && fault.name !== which.name),
    )
    const removed = this.#faults.length - kept.length
    this.#faults.splice(0, this.#faults.length, ...kept)
    return removed
  }

  list(): readonly Fault<Name>[] {
    return [...this.#faults]
  }

  /** How far the venue's clock is off now, ms. */
  clockOffsetMs(): number {
    return this.#faults.find(({ name }) => name === 'clock_offset')?.delayMs ?? 0
  }

  any(): boolean {
    return this.#faults.length > 0
  }

  has(name: Name): boolean {
    return this.#faults.some(fault => fault.name === name)
  }

  /** Whether a fault strikes now; the first that does is used up by one. */
  strike(name: Name, occasion: Occasion): Fault<Name> | null {
    if (this.#faults.length === 0) return null
    for (const [index, fault] of this.#faults.entries()) {
      if (fault.name !== name || !matches(fault, occasion) || this.#next() >= fault.probability) continue
      const times = fault.times === null ? null : fault.times - 1
      if (times === 0) this.#faults.splice(index, 1)
      else this.#faults[index] = { ...fault, times, struck: fault.struck + 1 }
      return fault
    }
    return null
  }

  /** Mulberry32: small, even enough for chances, and the same everywhere. */
  #next(): number {
    this.#chance = (this.#chance + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#chance ^ (this.#chance >>> 15), 1 | this.#chance)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function matches(fault: Pick<FaultSettings, 'account' | 'target'>, occasion: Occasion): boolean {
  const account = fault.account === null || fault.account === occasion.account
  return account && (fault.target === null || fault.target === occasion.target)
}
