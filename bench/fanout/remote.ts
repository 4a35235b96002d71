import { type ChildProcess, fork } from 'node:child_process'
import { must } from '../../src/domain/result.ts'

/** What a process of the bench does when it is asked. */
export type Calls<C> = { readonly [Name in keyof C]: (argument: never) => Promise<unknown> }
type Argument<C extends Calls<C>, Name extends keyof C> = Parameters<C[Name]>[0]
type Answer<C extends Calls<C>, Name extends keyof C> = Awaited<ReturnType<C[Name]>>

interface Question {
  readonly id: number
  readonly name: string
  readonly argument: never
}

interface Reply {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}

/** Answers the parent's questions until it lets go. */
export function serve<C extends Calls<C>>(calls: C): void {
  const table = new Map<string, (argument: never) => Promise<unknown>>(Object.entries(calls))
  const answer = async ({ id, name, argument }: Question): Promise<Reply> => {
    try {
      return { id, value: await must(table.get(name), `no call "${name}"`)(argument) }
    } catch (error) {
      return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
    }
  }
  process.on('message', (question: Question) => {
    void answer(question).then(reply => process.send?.(reply))
  })
  process.on('disconnect', () => process.exit())
}

/** A process of its own, so that nobody's CPU time and memory is counted as another's. */
export class Remote<C extends Calls<C>> {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, (reply: Reply) => void>()
  #asked = 0

  constructor(file: URL, nodeOptions: readonly string[] = []) {
    this.#child = fork(file, { execArgv: [...nodeOptions], serialization: 'advanced' })
    this.#child.on('message', (reply: Reply) => {
      this.#waiting.get(reply.id)?.(reply)
      this.#waiting.delete(reply.id)
    })
    this.#child.on('exit', code => {
      for (const [id, settle] of this.#waiting) settle({ id, error: `${file.pathname} ended with ${code}` })
      this.#waiting.clear()
    })
  }

  call<Name extends keyof C & string>(name: Name, argument: Argument<C, Name>): Promise<Answer<C, Name>> {
    this.#asked += 1
    const id = this.#asked
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ value, error }) => {
        // Both ends are this bench: what the type promises is what `serve` was given.
        if (error === undefined) resolve(value as Answer<C, Name>)
        else reject(new Error(error))
      })
      this.#child.send({ id, name, argument })
    })
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const ended = new Promise(resolve => this.#child.once('exit', resolve))
    this.#child.disconnect()
    await ended
  }
}
