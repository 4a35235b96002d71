import { z } from 'zod'
import { must } from '../../../src/domain/result.ts'
import type { Owner } from '../../e2e/owner.ts'

const PASSWORD = 'a long and quiet sentence'
/** Half of what one user may have, so that a socket whose end has not been noticed yet keeps nobody out. */
const DEVICES_PER_USER = 10

const tokens = z.object({ accessToken: z.string() })

/** People who may look at every account, and the tokens of their devices. */
export class People {
  readonly #url: string
  readonly #tokens: string[] = []

  private constructor(url: string) {
    this.#url = url
  }

  static async of(owner: Owner, devices: number): Promise<People> {
    const people = new People(owner.pass.url)
    for (let user = 0; user * DEVICES_PER_USER < devices; user += 1) {
      const body = { email: emailOf(user), name: `viewer ${user}`, role: 'viewer', password: PASSWORD }
      await owner.post('/users', body)
      people.#tokens.push(await people.#logIn(user))
    }
    return people
  }

  /** @param isRefused the last one was not taken any more */
  async token(device: number, isRefused: boolean): Promise<string> {
    const user = Math.floor(device / DEVICES_PER_USER)
    if (isRefused) this.#tokens[user] = await this.#logIn(user)
    return must(this.#tokens[user], 'every device has a user')
  }

  async #logIn(user: number): Promise<string> {
    const response = await fetch(`${this.#url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: emailOf(user), password: PASSWORD }),
    })
    return tokens.parse(await response.json()).accessToken
  }
}

function emailOf(user: number): string {
  return `viewer${user}@example.com`
}
