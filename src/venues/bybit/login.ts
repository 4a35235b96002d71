import type { Credential } from '../../domain/account.ts'
import type { Cancel, Clock } from '../../ports/clock.ts'
import { integerField, optionalText, type Row } from '../shared/fields.ts'
import type { ReconnectingSocket } from '../shared/reconnecting-socket.ts'
import type { VenueClock } from '../shared/venue-clock.ts'
import { isKeyRefusal, loginRefusal, type Refusal } from './errors.ts'
import { LOGIN_EXPIRES_MS, LOGIN_TIMEOUT_MS } from './limits.ts'
import { loginFrame } from './sign.ts'

export interface LoginOptions {
  readonly credential: Credential
  readonly clock: Clock
  readonly venueClock: VenueClock
  readonly socket: () => ReconnectingSocket
}

/** The login of one connection, and the time it may take until the connection is of use. */
export class Login {
  readonly #options: LoginOptions
  #cancel: Cancel | null = null

  constructor(options: LoginOptions) {
    this.#options = options
  }

  begin(): void {
    const { venueClock, credential, clock, socket } = this.#options
    const now = venueClock.now()
    if (now === null) {
      socket().drop("the venue's time is not known yet")
      return
    }
    this.#cancel = clock.after(LOGIN_TIMEOUT_MS, () => socket().drop('no login in time'))
    socket().send(loginFrame(credential, Math.trunc(now) + LOGIN_EXPIRES_MS))
  }

  /** Done, or given up with its connection. */
  end(): void {
    this.#cancel?.()
    this.#cancel = null
  }

  /** @returns null when the venue said yes */
  refusal(frame: Row): Refusal | null {
    // The private stream says `success`, the trade stream a `retCode`.
    const code = 'retCode' in frame ? integerField(frame, 'retCode') : null
    if (code === 0 || (code === null && frame['success'] === true)) return null
    const message = optionalText(frame, 'retMsg') ?? optionalText(frame, 'ret_msg') ?? 'login refused'
    const refusal = loginRefusal(code, message)
    // Whatever else is wrong may well be the time that was signed.
    if (!isKeyRefusal(refusal)) void this.#options.venueClock.measure()
    return refusal
  }
}
