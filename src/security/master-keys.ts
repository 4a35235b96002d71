import { hkdfSync } from 'node:crypto'
import { must, ok, type Result } from '../domain/result.ts'
import type { SecureRandom } from '../ports/random.ts'
import { formatKeyring, KEY_BYTES, type MasterKey } from './keyring.ts'

/** What a key is derived for: one that leaks or is misused says nothing of the others. */
export type Purpose = 'seal' | 'access-token' | 'refresh-token' | 'audit-head'

/** Makes what is written durable, or says what keeps it from that and what to do. */
export type SaveKeys = (text: string) => Promise<Result<void, string>>

/** The master keys while the server runs. Nothing is ever locked with one of them itself. */
export class MasterKeys {
  #keys: readonly MasterKey[]
  readonly #save: SaveKeys
  readonly #derived = new Map<string, Buffer>()

  /** @param keys at least one, oldest first */
  constructor(keys: readonly MasterKey[], save: SaveKeys) {
    this.#keys = keys
    this.#save = save
  }

  /** The version that is in use. */
  get version(): number {
    return must(this.#keys.at(-1), 'a keyring has a key').version
  }

  /** Oldest first: more than one while a rotation is not finished. */
  get versions(): readonly number[] {
    return this.#keys.map(key => key.version)
  }

  current(purpose: Purpose): Buffer {
    return must(this.derive(purpose, this.version), 'the version in use is held')
  }

  /** @returns 32 bytes, or null: there is no such version here, or no longer */
  derive(purpose: Purpose, version: number): Buffer | null {
    const key = this.#keys.find(each => each.version === version)
    if (key === undefined) return null
    const name = `${purpose}/${version}`
    const known = this.#derived.get(name)
    if (known !== undefined) return known
    const made = Buffer.from(hkdfSync('sha256', key.bytes, '', `lockstep/${purpose}`, KEY_BYTES))
    this.#derived.set(name, made)
    return made
  }

  /** Takes a new key into use, after it is durable. */
  async add(secureRandom: SecureRandom): Promise<Result<void, string>> {
    return this.#replace([...this.#keys, { version: this.version + 1, bytes: secureRandom(KEY_BYTES) }])
  }

  /** Forgets every key but the one in use. */
  async dropOlder(): Promise<Result<void, string>> {
    return this.#replace(this.#keys.filter(key => key.version === this.version))
  }

  async #replace(keys: readonly MasterKey[]): Promise<Result<void, string>> {
    const saved = await this.#save(formatKeyring(keys))
    if (!saved.ok) return saved
    this.#keys = keys
    this.#derived.clear()
    return ok()
  }
}
