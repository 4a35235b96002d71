import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'

/** More at once than an answer that takes a tenth of a second needs at 300 signals per second. */
const CONNECTIONS = 64
const ANSWER_LIMIT_MS = 10_000
/** What was not answered is sent again at this share of the rate, so that it takes nothing from what is new. */
const AGAIN_SHARE = 0.5
/** For the last of them, after the last new one. */
const PATIENCE_MS = 60_000
/** It cannot be taken now, and a later try can: too many at once, the server ends, the store is busy. */
const LATER = [429, 503]

/** One message, the same whenever it is sent. */
export interface Message {
  readonly id: string
  readonly body: string
}

export interface SenderOptions {
  readonly url: string
  readonly path: string
  readonly perSecond: number
  /** The message of this number, as of now. */
  readonly message: (number: number) => Message
}

/** Sends at a fixed rate whatever the server does, as alerts come, and what was not answered again with its id. */
export class Sender {
  /** Ids that were answered with 2xx. */
  readonly answered = new Set<string>()
  /** From when a signal was due to its answer, of those that were answered at the first try. */
  readonly ackMs: number[] = []
  /** Tries that were not answered, or told to come later. */
  failed = 0
  /** Signals that took more than one try. */
  sentAgain = 0
  #sent = 0
  #waiting = 0
  readonly #again: Message[] = []
  readonly #options: SenderOptions
  readonly #pool: Pool

  constructor(options: SenderOptions) {
    this.#options = options
    this.#pool = new Pool(options.url, {
      connections: CONNECTIONS,
      headersTimeout: ANSWER_LIMIT_MS,
      bodyTimeout: ANSWER_LIMIT_MS,
    })
  }

  get sent(): number {
    return this.#sent
  }

  /** Resolves when everything was answered, or when patience has ended. */
  async run(durationMs: number): Promise<void> {
    const { perSecond, message } = this.#options
    const first = this.#sent
    const total = first + Math.floor((durationMs / 1_000) * perSecond)
    const startedAt = performance.now()
    const gapMs = 1_000 / perSecond
    let again = 0
    const isOver = (): boolean => this.#sent === total && this.#waiting === 0 && this.#again.length === 0
    while (!isOver() && performance.now() - startedAt < durationMs + PATIENCE_MS) {
      const elapsedMs = performance.now() - startedAt
      for (; this.#sent < total && (this.#sent - first) * gapMs <= elapsedMs; this.#sent += 1)
        this.#send(message(this.#sent), startedAt + (this.#sent - first) * gapMs)
      for (; again * gapMs <= elapsedMs * AGAIN_SHARE; again += 1) {
        const unanswered = this.#again.shift()
        if (unanswered !== undefined) this.#send(unanswered, null)
      }
      await sleep(1)
    }
  }

  /** What was measured so far was to get warm. */
  forget(): void {
    this.ackMs.length = 0
    this.failed = 0
    this.sentAgain = 0
  }

  async close(): Promise<void> {
    await this.#pool.destroy()
  }

  /** @param dueAt null: it is sent again */
  #send(message: Message, dueAt: number | null): void {
    this.#waiting += 1
    void this.#try(message, dueAt).finally(() => {
      this.#waiting -= 1
    })
  }

  async #try(message: Message, dueAt: number | null): Promise<void> {
    const status = await this.#post(message.body)
    if (status === 202) {
      this.answered.add(message.id)
      if (dueAt !== null) this.ackMs.push(performance.now() - dueAt)
      return
    }
    if (status !== null && !LATER.includes(status)) throw new Error(`a signal was refused with ${status}`)
    this.failed += 1
    if (dueAt !== null) this.sentAgain += 1
    this.#again.push(message)
  }

  /** @returns null: no answer */
  async #post(body: string): Promise<number | null> {
    try {
      const headers = { 'content-type': 'application/json' }
      const answer = await this.#pool.request({ method: 'POST', path: this.#options.path, headers, body })
      await answer.body.dump()
      return answer.statusCode
    } catch {
      return null
    }
  }
}
