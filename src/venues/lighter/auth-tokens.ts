import { err, ok, type Result } from '../../domain/result.ts'
import type { VenueError } from '../../ports/venue.ts'
import type { VenueClock } from '../shared/venue-clock.ts'
import type { LighterCredential } from './credential.ts'
import { TOKEN_LIFE_MS, TOKEN_MARGIN_MS } from './limits.ts'
import type { Signer } from './signer.ts'

export interface Token {
  readonly text: string
  /** The venue's clock, ms. */
  readonly expiresAt: number
}

/** What the account's own routes and channels ask for, signed anew before it ends. */
export class AuthTokens {
  readonly #credential: LighterCredential
  readonly #signer: Signer
  readonly #venueClock: VenueClock
  #token: Token | null = null

  constructor(options: {
    readonly credential: LighterCredential
    readonly signer: Signer
    readonly venueClock: VenueClock
  }) {
    this.#credential = options.credential
    this.#signer = options.signer
    this.#venueClock = options.venueClock
  }

  /** Good for at least an hour from now. */
  async current(): Promise<Result<Token, VenueError>> {
    const now = await this.#venueClock.known()
    if (now === null) return unavailable("the venue's time is not known yet")
    if (this.#token !== null && this.#token.expiresAt - now > TOKEN_MARGIN_MS) return ok(this.#token)
    const { accountIndex, lanes } = this.#credential
    const deadlineSeconds = Math.floor((now + TOKEN_LIFE_MS) / 1_000)
    const { apiKeyIndex, privateKey } = lanes.quotes
    const signed = await this.#signer.authToken(privateKey, { accountIndex, apiKeyIndex, deadlineSeconds })
    if (!signed.ok) return unavailable(`the auth token was not signed: ${signed.error.message}`)
    this.#token = { text: signed.value, expiresAt: deadlineSeconds * 1_000 }
    return ok(this.#token)
  }

  /** The venue did not take it. */
  forget(): void {
    this.#token = null
  }
}

function unavailable(message: string): Result<never, VenueError> {
  return err({ kind: 'unavailable', message })
}
