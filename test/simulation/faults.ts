import type { Fault, FaultTarget } from './fault-kinds.ts'
import type { SeededRandom } from './seeded-random.ts'

export type Operation = 'order.create' | 'order.cancel' | 'leverage' | 'read'

/** What becomes of one request and of its answer. */
export interface Fate {
  /** Null: no byte of it ever arrives. */
  readonly travelMs: number | null
  /** Null: the answer is lost, and the sender gives up after `giveUpMs`. */
  readonly answerMs: number | null
  readonly giveUpMs: number
}

/** What is drawn anew for every request, report and question: how often it goes wrong, in [0, 1]. */
export interface FaultRates {
  /** The request never arrives. */
  readonly requestLost: number
  /** It arrives at once, its answer does not. */
  readonly answerLost: number
  /** It arrives when the sender has long given up: perhaps in time for the venue, perhaps not. */
  readonly late: number
  /** A no that the venue first answers with "taken for processing", and then tells by report, or who asks. */
  readonly refusedByReport: number
  readonly rateLimited: number
  readonly leverageRefused: number
  readonly readFailed: number
  readonly readStale: number
  /** A list of positions without one of them. */
  readonly readIncomplete: number
  readonly reportLost: number
  readonly reportTwice: number
  /** Overtaken by those after it. */
  readonly reportDelayed: number
  /** The venue's limits leave nothing for an order now. */
  readonly noBudget: number
  /** The end of an order is told before its last trade, and without it. */
  readonly fillOutrun: number
  /** Where a yes proves nothing: an order that the venue takes, and nothing is heard of it again. */
  readonly takenAndLost: number
  /** The same of a cancel. */
  readonly cancelTakenAndLost: number
  /** The number that an order must carry is another one's. */
  readonly nonceTaken: number
}

export const NO_FAULTS: FaultRates = {
  requestLost: 0,
  answerLost: 0,
  late: 0,
  refusedByReport: 0,
  rateLimited: 0,
  leverageRefused: 0,
  readFailed: 0,
  readStale: 0,
  readIncomplete: 0,
  reportLost: 0,
  reportTwice: 0,
  reportDelayed: 0,
  noBudget: 0,
  fillOutrun: 0,
  takenAndLost: 0,
  cancelTakenAndLost: 0,
  nonceTaken: 0,
}

type RequestFault = 'requestLost' | 'answerLost' | 'late'

interface Order {
  readonly operation: Operation
  readonly fault: RequestFault
  readonly delayMs: number | null
  left: number
}

/** One fault has another name for each kind of request that it can happen to. */
const NAMES: Record<Operation, Record<RequestFault, Fault>> = {
  'order.create': { requestLost: 'requestLost', answerLost: 'answerLost', late: 'late' },
  'order.cancel': { requestLost: 'cancelLost', answerLost: 'cancelAnswerLost', late: 'cancelLate' },
  leverage: { requestLost: 'leverageLost', answerLost: 'leverageLost', late: 'leverageLost' },
  read: { requestLost: 'readFailed', answerLost: 'readFailed', late: 'readFailed' },
}

const GIVE_UP_MS = 3_000
const LATE_MS = 4_000
const BUDGET_WAIT_MS = 500
const LATENCY_MS = { from: 1, to: 20 }

/** Decides what goes wrong: by the rates of a seed, or to order in a scenario. */
export class Faults {
  readonly #random: SeededRandom
  readonly #orders: Order[] = []
  rates: FaultRates = NO_FAULTS
  /** How many of each kind have happened. */
  readonly counts = new Map<Fault, number>()
  /** Told of each, in the moment in which it happens. */
  onFault: ((fault: Fault, target: FaultTarget) => void) | null = null

  constructor(random: SeededRandom) {
    this.#random = random
  }

  dropAnswer(operation: Operation, { times }: { times: number }): void {
    this.#orders.push({ operation, fault: 'answerLost', delayMs: null, left: times })
  }

  dropRequest(operation: Operation, { times }: { times: number }): void {
    this.#orders.push({ operation, fault: 'requestLost', delayMs: null, left: times })
  }

  /** The sender hears nothing; the venue gets it this much later. */
  delayRequest(operation: Operation, { ms, times }: { ms: number; times: number }): void {
    this.#orders.push({ operation, fault: 'late', delayMs: ms, left: times })
  }

  latencyMs(): number {
    return this.#random.integer(LATENCY_MS.from, LATENCY_MS.to)
  }

  request(operation: Operation, target: FaultTarget): Fate {
    const giveUpMs = this.#random.integer(50, GIVE_UP_MS)
    const travelMs = this.latencyMs()
    const order = this.#orders.find(each => each.operation === operation && each.left > 0)
    if (order !== undefined) order.left -= 1
    const isHit = (fault: RequestFault): boolean => {
      const happens = order === undefined ? operation !== 'read' && this.draws(fault) : order.fault === fault
      return happens && this.note(NAMES[operation][fault], target)
    }
    if (isHit('requestLost')) return { travelMs: null, answerMs: null, giveUpMs }
    if (isHit('answerLost')) return { travelMs, answerMs: null, giveUpMs }
    if (isHit('late'))
      return { travelMs: order?.delayMs ?? this.#random.integer(50, LATE_MS), answerMs: null, giveUpMs }
    return { travelMs, answerMs: this.latencyMs(), giveUpMs }
  }

  /** Until an order may go, ms: a fraction of one, as sliding windows have it, or some hundreds. */
  budgetWaitMs(target: FaultTarget): number {
    if (!this.hit('noBudget', target)) return 0
    return this.#random.chance(0.5) ? 1 / this.#random.integer(1, 10_000) : this.upTo(BUDGET_WAIT_MS)
  }

  /** Whether this goes wrong now; counted when it does. */
  hit(fault: keyof FaultRates, target: FaultTarget): boolean {
    return this.draws(fault) && this.note(fault, target)
  }

  /** The same, not yet counted. No chance is asked where there is none: what is left out shifts nothing else. */
  draws(fault: keyof FaultRates): boolean {
    const probability = this.rates[fault]
    return probability > 0 && this.#random.chance(probability)
  }

  note(fault: Fault, target: FaultTarget): true {
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1)
    this.onFault?.(fault, target)
    return true
  }

  /** Evenly up to a maximum, ms: by how much something comes late, or a query is behind. */
  upTo(maximumMs: number): number {
    return this.#random.integer(1, maximumMs)
  }

  get total(): number {
    let total = 0
    for (const count of this.counts.values()) total += count
    return total
  }
}
