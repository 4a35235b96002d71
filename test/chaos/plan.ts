import { SeededRandom } from '../simulation/seeded-random.ts'
import type { DiskTrouble } from './disk.ts'
import { FAILPOINTS, type Failpoint, isOfHedges, type Trap } from './failpoints.ts'

/** What is done to a server from its start on; at the end of each it is dead. */
export type Step =
  /** `from` its start: it is still reading and comparing; `from` live: the leader trades. */
  | { readonly kind: 'kill'; readonly from: 'start' | 'live'; readonly afterMs: number }
  | { readonly kind: 'failpoint'; readonly trap: Trap }
  /** SIGSTOP and SIGCONT, then the kill. */
  | { readonly kind: 'stop'; readonly afterMs: number; readonly forMs: number; readonly thenMs: number }
  /** The exchange is killed and comes back from its journal, and then the server is killed. */
  | { readonly kind: 'exchange'; readonly afterMs: number; readonly downMs: number; readonly thenMs: number }
  | {
      readonly kind: 'network'
      readonly how: 'cut' | 'slow' | 'silent'
      readonly forMs: number
      readonly thenMs: number
    }
  | { readonly kind: 'disk'; readonly trouble: DiskTrouble; readonly afterMs: number }

export type VenueFault = Readonly<{ name: string; probability: number; delayMs: number }>

/** Steps without a rest between them; then faults end, everything comes to rest, and the judge looks. */
export interface Batch {
  readonly steps: readonly Step[]
  readonly faults: readonly VenueFault[]
  /** How long the leader still trades before the last server of the batch, after it is live. */
  readonly calmMs: number
  /** What each sync of that server's disk takes more; 0: nothing. */
  readonly calmSyncMs: number
  /** How the server at rest is ended: killed as well, or asked. */
  readonly end: 'SIGKILL' | 'SIGTERM'
}

export interface WorldPlan {
  readonly seed: number
  readonly accounts: number
  /** Pairs trade beside those who follow. */
  readonly hasPairs: boolean
  readonly batches: readonly Batch[]
}

export interface Wish {
  readonly seed: number
  readonly kills: number
  readonly accounts: number
  /** Of every fifth world. */
  readonly manyAccounts: number
  readonly withDisk: boolean
}

const KILLS_PER_WORLD = 90
/** A world of many accounts takes its time for each start. */
const KILLS_PER_LARGE_WORLD = 30
const STEPS_PER_BATCH = 8
const SLOW_SYNC_MS = 200

/** Nothing that needs a person (a key that is refused), and nothing that ends a position at the venue's will. */
const FAULTS = [
  'drop_answer',
  'late_accept',
  'fill_before_ack',
  'many_executions',
  'rate_limit',
  'drop_reports',
  'duplicate_reports',
  'reorder_reports',
  'delay_reports',
  'second_filled_after_cancel',
  'unavailable',
  'false_not_found',
  'clock_offset',
] as const

/** Every kill of a run, world by world. The same wish gives the same plan. */
export function planRun(wish: Wish): readonly WorldPlan[] {
  const random = new SeededRandom(wish.seed)
  const traps = new Traps(random.fork())
  const worlds: WorldPlan[] = []
  let left = wish.kills
  while (left > 0) {
    const isLarge = worlds.length % 5 === 4 && wish.manyAccounts > wish.accounts
    const kills = Math.min(left, isLarge ? KILLS_PER_LARGE_WORLD : KILLS_PER_WORLD)
    const accounts = isLarge ? wish.manyAccounts : wish.accounts
    const hasPairs = !isLarge && worlds.length % 2 === 0
    const parts = { random: random.fork(), traps, isLarge, hasPairs, withDisk: wish.withDisk }
    const batches = new WorldPlanner(parts).batches(kills)
    worlds.push({ seed: random.integer(1, 1_000_000), accounts, hasPairs, batches })
    left -= kills
  }
  return worlds
}

/** Every failpoint in turn, so that a run of enough kills has been at all of them. */
class Traps {
  readonly #random: SeededRandom
  #count: number

  constructor(random: SeededRandom) {
    this.#random = random
    this.#count = random.integer(0, FAILPOINTS.length - 1)
  }

  next(accounts: number, hasPairs: boolean): Trap {
    // A step that shares no factor with their number visits all of them, and mixes starts with trades.
    this.#count += 7
    const drawn = FAILPOINTS[this.#count % FAILPOINTS.length] ?? 'submit.before'
    const point: Failpoint = hasPairs || !isOfHedges(drawn) ? drawn : 'submit.before'
    return { point, pass: this.#passOf(point, accounts), delayMs: this.#random.integer(0, 6) }
  }

  #passOf(point: Failpoint, accounts: number): number {
    if (/^(load|replay|commit_setup)/.test(point)) return 1
    if (/^(cancel|find|leverage|executions)/.test(point) || isOfHedges(point))
      return this.#random.integer(1, 3)
    return this.#random.integer(1, Math.max(2, accounts))
  }
}

class WorldPlanner {
  readonly #random: SeededRandom
  readonly #traps: Traps
  readonly #isLarge: boolean
  readonly #hasPairs: boolean
  readonly #withDisk: boolean

  constructor(parts: {
    random: SeededRandom
    traps: Traps
    isLarge: boolean
    hasPairs: boolean
    withDisk: boolean
  }) {
    this.#random = parts.random
    this.#traps = parts.traps
    this.#isLarge = parts.isLarge
    this.#hasPairs = parts.hasPairs
    this.#withDisk = parts.withDisk
  }

  batches(kills: number): readonly Batch[] {
    const batches: Batch[] = []
    let left = kills
    while (left > 0) {
      const end = this.#random.chance(0.75) || left === 1 ? 'SIGKILL' : 'SIGTERM'
      const count = Math.min(STEPS_PER_BATCH, left - (end === 'SIGKILL' ? 1 : 0))
      const steps = Array.from({ length: count }, () => this.#step())
      const faults = this.#random.chance(0.4) ? this.#faults() : []
      batches.push({ steps, faults, end, ...this.#calm() })
      left -= steps.filter(endsWithKill).length + (end === 'SIGKILL' ? 1 : 0)
    }
    return batches
  }

  #step(): Step {
    const random = this.#random
    const chance = random.next()
    const thenMs = random.integer(0, 800)
    if (chance < 0.4)
      return { kind: 'failpoint', trap: this.#traps.next(this.#isLarge ? 200 : 20, this.#hasPairs) }
    if (chance < 0.8) {
      const from = random.chance(0.4) ? 'start' : 'live'
      return { kind: 'kill', from, afterMs: random.integer(0, from === 'start' ? 1_200 : 700) }
    }
    if (chance < 0.86)
      return { kind: 'stop', afterMs: random.integer(0, 500), forMs: random.integer(100, 4_000), thenMs }
    if (chance < 0.9)
      return { kind: 'exchange', afterMs: random.integer(0, 500), downMs: random.integer(0, 1_500), thenMs }
    // All sockets of many accounts at once would use up the connections that the venue allows.
    if (chance < 0.96 && !this.#isLarge) {
      const how = random.pick(['cut', 'slow', 'silent'] as const)
      return { kind: 'network', how, forMs: random.integer(100, 2_000), thenMs }
    }
    if (!this.#withDisk) return { kind: 'kill', from: 'live', afterMs: thenMs }
    return { kind: 'disk', trouble: this.#trouble(), afterMs: random.integer(500, 2_500) }
  }

  /** Long enough to pass the moment from which a restarted server no longer looks up what it hears. */
  #calm(): Pick<Batch, 'calmMs' | 'calmSyncMs'> {
    const random = this.#random
    if (!random.chance(0.3)) return { calmMs: 0, calmSyncMs: 0 }
    const isSlow = this.#withDisk && random.chance(0.5)
    return { calmMs: random.integer(5_500, 8_000), calmSyncMs: isSlow ? SLOW_SYNC_MS : 0 }
  }

  #trouble(): DiskTrouble {
    const random = this.#random
    const kind = random.pick(['slow', 'full', 'failing'] as const)
    if (kind === 'slow') return { kind, syncMs: SLOW_SYNC_MS }
    if (kind === 'full') return { kind, fromWrite: random.integer(20, 600) }
    return { kind, atSync: random.integer(4, 60) }
  }

  #faults(): readonly VenueFault[] {
    const names = Array.from({ length: this.#random.integer(1, 3) }, () => this.#random.pick(FAULTS))
    return [...new Set(names)].map(name => {
      const probability = this.#random.integer(2, 10) / 100
      if (name === 'clock_offset')
        return { name, probability: 1, delayMs: this.#random.integer(-20, 20) * 1_000 }
      return { name, probability, delayMs: this.#random.integer(50, 900) }
    })
  }
}

/** The others end it in ways of their own. */
export function endsWithKill(step: Step): boolean {
  return step.kind !== 'disk' || step.trouble.kind === 'slow'
}
