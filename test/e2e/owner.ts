import { setTimeout as sleep } from 'node:timers/promises'
import { askPass, type Pass } from '../../src/cli/local.ts'

const START_LIMIT_MS = 60_000
const ANSWER_LIMIT_MS = 30_000
const POLL_MS = 10

/** REST as whoever may read the data folder: such a one needs no password. */
export class Owner {
  readonly pass: Pass

  private constructor(pass: Pass) {
    this.pass = pass
  }

  /** Resolves as soon as the server of this folder lets somebody in; throws with what kept it from that. */
  static async of(dataFolder: string): Promise<Owner> {
    const until = performance.now() + START_LIMIT_MS
    for (;;) {
      const pass = await askPass(dataFolder)
      if (pass.ok) return new Owner(pass.value)
      if (performance.now() > until) throw new Error(pass.error.message)
      await sleep(POLL_MS)
    }
  }

  get(path: string): Promise<unknown> {
    return this.#ask('GET', path)
  }

  post(path: string, body: object = {}): Promise<unknown> {
    return this.#ask('POST', path, body)
  }

  async #ask(method: string, path: string, body?: object): Promise<unknown> {
    const { url, token } = this.pass
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const answer: unknown = await response.json()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`)
    return answer
  }
}
