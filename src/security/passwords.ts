import { hash, verify } from '@node-rs/argon2'
import type { SecureRandom } from '../ports/random.ts'
import { makeSecretText } from './secret-text.ts'

export const MINIMUM_PASSWORD_CHARACTERS = 12
export const MAXIMUM_PASSWORD_CHARACTERS = 256
const MINIMUM_DIFFERENT_CHARACTERS = 5

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. argon2id is the package's own. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const
/** Each takes 19 MiB and a thread that reads of files need too. */
const CHECKS_AT_ONCE = 2
/** Some seconds' worth: who would wait longer is told to come back. */
export const MAXIMUM_WAITING_CHECKS = 64

/** What is left of the lists of the commonest once it must have twelve characters and five different ones. */
const COMMON: ReadonlySet<string> = new Set([
  '123456789012',
  '1234567890123',
  '123456789abc',
  '1q2w3e4r5t6y',
  '1qaz2wsx3edc',
  '1qaz2wsx3edc4rfv',
  'abcdefghijkl',
  'abcdefghijklmnop',
  'abcd12345678',
  'administrator',
  'changeme1234',
  'changemeplease',
  'correcthorsebatterystaple',
  'iloveyou1234',
  'letmein12345',
  'lockstep1234',
  'lockstep12345',
  'manchesterunited',
  'password1234',
  'password12345',
  'password123456',
  'passwordpassword',
  'p@ssw0rd1234',
  'qazwsxedcrfv',
  'qwerty123456',
  'qwertyuiop12',
  'qwertyuiop123',
  'qwertyuiop[]',
  'qwertyuiopasdf',
  'qwertyuiopasdfghjkl',
  'unitedstates',
  'welcome12345',
  'zaq12wsxcde3',
])

/** @returns what is wrong with a new password, with what to do; null: it may be used */
export function passwordProblem(password: string, email: string): string | null {
  if (password.length < MINIMUM_PASSWORD_CHARACTERS)
    return `The password is too short: take at least ${MINIMUM_PASSWORD_CHARACTERS} characters, some words for example.`
  if (password.length > MAXIMUM_PASSWORD_CHARACTERS)
    return `The password is too long: take at most ${MAXIMUM_PASSWORD_CHARACTERS} characters.`
  const lowerCase = password.toLowerCase()
  const isEmail = lowerCase === email || lowerCase === email.slice(0, email.indexOf('@'))
  if (isEmail) return 'The password is the email address: take another one.'
  if (COMMON.has(lowerCase) || new Set(lowerCase).size < MINIMUM_DIFFERENT_CHARACTERS)
    return 'The password is one of the first that are tried: take another one, some words for example.'
  return null
}

/** Makes and checks password hashes, a few at a time. */
export class Passwords {
  /** Nobody's: what a wrong email is checked against, so that it takes as long as a right one. */
  readonly #decoy: Promise<string>
  #running = 0
  readonly #waiting: (() => void)[] = []

  constructor(secureRandom: SecureRandom) {
    this.#decoy = hash(makeSecretText(secureRandom), PARAMETERS)
  }

  /** @returns argon2id in its own text form; null: too many wait */
  async hash(password: string): Promise<string | null> {
    return this.#inTurn(() => hash(password.normalize('NFKC'), PARAMETERS))
  }

  /**
   * @param passwordHash null: there is no such user, which takes the same time
   * @returns null: too many wait
   */
  async isRight(passwordHash: string | null, password: string): Promise<boolean | null> {
    const known = passwordHash ?? (await this.#decoy)
    // Longer ones are nobody's, and must not be hashed at the price of their length.
    const typed = password.slice(0, MAXIMUM_PASSWORD_CHARACTERS).normalize('NFKC')
    const isEqual = await this.#inTurn(() => verify(known, typed))
    if (isEqual === null) return null
    return isEqual && passwordHash !== null && password.length <= MAXIMUM_PASSWORD_CHARACTERS
  }

  async #inTurn<T>(task: () => Promise<T>): Promise<T | null> {
    if (this.#waiting.length >= MAXIMUM_WAITING_CHECKS) return null
    if (this.#running >= CHECKS_AT_ONCE) await new Promise<void>(resolve => this.#waiting.push(resolve))
    else this.#running += 1
    try {
      return await task()
    } finally {
      // The place is handed on, so that nobody comes between.
      const next = this.#waiting.shift()
      if (next === undefined) this.#running -= 1
      else next()
    }
  }
}
