import { Worker } from 'node:worker_threads'

/** The worker answers no more; it is not certain what became of what it was asked last. */
export class WorkerGone extends Error {
  override name = 'WorkerGone'
}

interface Waiting<Answer> {
  resolve(answer: Answer): void
  reject(reason: WorkerGone): void
}

/**
 * A thread that says once how its start went, and then answers requests in the order they were made.
 *
 * It posts its greeting, then lists of answers: one message for as many requests as it took together.
 */
export class Channel<Greeting, Request, Answer> {
  readonly started: Promise<Greeting>
  /** Settles when the thread has ended, whether it was asked to or not. */
  readonly ended: Promise<void>
  readonly #worker: Worker
  readonly #waiting: Waiting<Answer>[] = []
  #gone: WorkerGone | null = null

  constructor(file: URL, path: string) {
    const worker = new Worker(file, { workerData: path })
    this.#worker = worker
    this.started = new Promise((resolve, reject) => {
      worker.once('message', (greeting: Greeting) => {
        worker.on('message', (answers: readonly Answer[]) => this.#settle(answers))
        resolve(greeting)
      })
      worker.once('error', reject)
      worker.once('exit', code =>
        reject(new WorkerGone(`The thread of the database ended (exit code ${code}).`)),
      )
    })
    this.ended = new Promise(resolve => worker.once('exit', () => resolve()))
    worker.on('error', error => this.#end(error.message))
    worker.on('exit', code => this.#end(`exit code ${code}`))
  }

  /** How many requests are not answered yet. */
  get pending(): number {
    return this.#waiting.length
  }

  /** @throws WorkerGone when the thread ended before it answered */
  request(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#gone !== null) return reject(this.#gone)
      this.#worker.postMessage(request)
      this.#waiting.push({ resolve, reject })
    })
  }

  #settle(answers: readonly Answer[]): void {
    const answered = this.#waiting.splice(0, answers.length)
    answers.forEach((answer, index) => {
      answered[index]?.resolve(answer)
    })
  }

  #end(why: string): void {
    this.#gone ??= new WorkerGone(`The thread of the database ended (${why}). Start again.`)
    for (const each of this.#waiting.splice(0)) each.reject(this.#gone)
  }
}
