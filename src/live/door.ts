import type { IncomingMessage } from 'node:http'
import type { Socket } from 'socket.io'
import { handshake } from '../../protocol/live.ts'
import { type Problem, problem } from '../../protocol/problem.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { Authority, Principal } from '../ports/authority.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/observe.ts'
import { Attempts } from '../security/attempts.ts'
import { networkOf } from '../security/names.ts'
import { LIMITS } from './limits.ts'
import type { LiveObserver } from './observer.ts'

interface DoorParts {
  readonly authority: Authority
  readonly clock: Clock
  readonly log: Log
  readonly observer: LiveObserver
  /** Where a request comes from. */
  addressOf(request: IncomingMessage): string
}

/** Who comes in: by a token that is taken, and not with more sockets than one may have. */
export class Door {
  readonly #parts: DoorParts
  readonly #sockets = new SocketsPerUser()
  readonly #failures: Attempts

  constructor(parts: DoorParts) {
    this.#parts = parts
    this.#failures = new Attempts({
      clock: parts.clock,
      limit: LIMITS.failedHandshakes,
      windowMs: LIMITS.failedHandshakesMs,
      maximumNames: LIMITS.countedAddresses,
    })
  }

  /** @returns who it is; or what the client is told, and then it is gone by itself or closed here */
  async admit(socket: Socket): Promise<Result<Principal, Problem>> {
    const known = await this.#principalOf(socket)
    if (!known.ok) return this.#failed(socket, known.error)
    if (this.#sockets.take(known.value, socket)) return known
    this.#tell(socket, { why: 'full', code: TOO_MANY_SOCKETS.code })
    return err(TOO_MANY_SOCKETS)
  }

  async #principalOf(socket: Socket): Promise<Result<Principal, Problem>> {
    const said = handshake.safeParse(socket.handshake.auth)
    if (!said.success) return err(problem('token_missing', 'Connect with auth {token}: an access token.'))
    const known = await this.#parts.authority.authenticate(said.data.token)
    return known.ok ? ok(known.value) : err(problem(known.error.code, known.error.message))
  }

  /** Only who fails is counted: behind a proxy, strangers share the address of everybody else. */
  #failed(socket: Socket, refusal: Problem): Result<never, Problem> {
    const attempt = this.#failures.take(networkOf(this.#parts.addressOf(socket.request)))
    if (attempt.kind === 'allowed') {
      this.#tell(socket, { why: 'token', code: refusal.code })
      return err(refusal)
    }
    // Once in a window: the log must not grow by a flood.
    if (attempt.isFirst) this.#tell(socket, { why: 'too_often', code: 'rate_limited' })
    else this.#parts.observer.dropped('too_often')
    // Whoever guesses keeps no connection until its handshake is overdue.
    this.#parts.clock.after(FAREWELL_MS, () => socket.conn.close())
    const seconds = Math.ceil(attempt.retryAfterMs / 1_000)
    return err(problem('rate_limited', `Too many tokens that are not taken. Try again in ${seconds} s.`))
  }

  #tell(socket: Socket, { why, code }: { why: 'full' | 'token' | 'too_often'; code: Problem['code'] }): void {
    this.#parts.observer.dropped(why)
    this.#parts.log.warn('live_refused', { reason: code, address: this.#parts.addressOf(socket.request) })
  }
}

/** So that the client hears why before its connection ends. */
const FAREWELL_MS = 1_000

const TOO_MANY_SOCKETS = problem(
  'rate_limited',
  `You have ${LIMITS.socketsPerUser} sockets, which is the limit: close one.`,
)

/** A user's sockets, from the moment that they are let in until their connection is gone. */
class SocketsPerUser {
  readonly #counts = new Map<string, number>()

  /** @returns whether the user may have another one */
  take(principal: Principal, socket: Socket): boolean {
    const user = principal.userId ?? principal.actor
    const count = this.#counts.get(user) ?? 0
    // What has closed meanwhile would never be given back.
    if (count >= LIMITS.socketsPerUser || socket.conn.readyState !== 'open') return false
    this.#counts.set(user, count + 1)
    socket.conn.once('close', () => this.#release(user))
    return true
  }

  #release(user: string): void {
    const count = (this.#counts.get(user) ?? 1) - 1
    if (count > 0) this.#counts.set(user, count)
    else this.#counts.delete(user)
  }
}
