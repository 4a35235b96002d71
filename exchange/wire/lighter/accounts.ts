import { err, ok, type Result } from '../../../src/domain/result.ts'
import { KeyNonces } from './nonces.ts'

/** What an account may ask for, and how long its transactions take: apidocs.lighter.xyz, "Account types". */
export type Tier = 'standard' | 'premium'

export interface LighterKey {
  readonly index: number
  /** 80 hex digits. */
  readonly publicKey: string
  readonly nonces: KeyNonces
}

/** An account of the exchange under the number that the venue calls it by. */
export interface LighterAccount {
  readonly index: number
  /** At the exchange core. */
  readonly name: string
  readonly l1Address: string
  readonly tier: Tier
  readonly keys: ReadonlyMap<number, LighterKey>
}

export interface NewAccount {
  readonly name: string
  /** The next free one if left out. */
  readonly index?: number | undefined
  /** Made from the index if left out. Accounts of one address share its budgets. */
  readonly l1Address?: string | undefined
  readonly tier: Tier
  readonly keys: readonly Pick<LighterKey, 'index' | 'publicKey'>[]
}

const FIRST_INDEX = 100_001
const MAXIMUM_ACCOUNTS = 100_000
/** Where nobody known is on the other side of a trade. */
export const WORLD_ACCOUNT_INDEX = 1

export class Accounts {
  readonly #byIndex = new Map<number, LighterAccount>()
  readonly #byName = new Map<string, LighterAccount>()
  #lastIndex = FIRST_INDEX - 1

  at(index: number): LighterAccount | undefined {
    return this.#byIndex.get(index)
  }

  named(name: string): LighterAccount | undefined {
    return this.#byName.get(name)
  }

  ofAddress(l1Address: string): readonly LighterAccount[] {
    const wanted = l1Address.toLowerCase()
    return this.all().filter(account => account.l1Address.toLowerCase() === wanted)
  }

  all(): readonly LighterAccount[] {
    return [...this.#byIndex.values()]
  }

  /** Errors are sentences for whoever asked. */
  add(wanted: NewAccount): Result<LighterAccount, string> {
    const { name, tier, index = this.#freeIndex() } = wanted
    if (this.#byName.has(name)) return err(`the account "${name}" exists: choose another name`)
    if (this.#byIndex.has(index)) return err(`the account index ${index} is taken: choose another`)
    if (this.#byIndex.size >= MAXIMUM_ACCOUNTS)
      return err(`there are ${MAXIMUM_ACCOUNTS} accounts, the limit`)
    const keys = wanted.keys.map(key => [key.index, { ...key, nonces: new KeyNonces() }] as const)
    const l1Address = wanted.l1Address ?? `0x${index.toString(16).padStart(40, '0')}`
    const account = { index, name, l1Address, tier, keys: new Map(keys) }
    this.#byIndex.set(index, account)
    this.#byName.set(name, account)
    return ok(account)
  }

  #freeIndex(): number {
    do this.#lastIndex += 1
    while (this.#byIndex.has(this.#lastIndex))
    return this.#lastIndex
  }
}
