import type { AccountId } from '../../domain/ids.ts'
import type { Cancel } from '../../ports/clock.ts'
import type { Row } from '../shared/fields.ts'
import type { ReconnectingSocket } from '../shared/reconnecting-socket.ts'
import type { AuthTokens } from './auth-tokens.ts'
import { type LighterConnections, subscribeFrame } from './connections.ts'
import type { Refusal } from './errors.ts'
import { SUBSCRIBE_TIMEOUT_MS } from './limits.ts'

/** Orders first: a trade needs the size of its order. */
const CHANNELS = ['account_all_orders', 'account_all_trades', 'account_all_positions', 'user_stats'] as const

export interface LineListener {
  connecting(): void
  data(frame: Row, topic: string, isFirst: boolean): void
  /** Every channel has answered. @param tokenEndsAt the venue's clock, ms */
  complete(tokenEndsAt: number): void
  refused(refusal: Refusal): void
  malformed(message: string): void
  /** The next connection is on its way, unless the line is closed. */
  lost(message: string): void
}

export interface AccountLineOptions {
  readonly accountId: AccountId
  readonly accountIndex: number
  readonly connections: LighterConnections
  readonly tokens: AuthTokens
  readonly ready: () => Promise<string | null>
  readonly listener: LineListener
}

/** One connection with all of an account's channels, subscribed to with one token; after a loss all of it again. */
export class AccountLine {
  readonly #options: AccountLineOptions
  readonly #socket: ReconnectingSocket
  #awaited = new Set<string>(CHANNELS)
  #tokenEndsAt = 0
  #timeout: Cancel | null = null

  constructor(options: AccountLineOptions) {
    this.#options = options
    const { accountId, connections, ready, listener } = options
    this.#socket = connections.socket({
      name: `lighter account ${accountId}`,
      priority: 'exit',
      ready,
      listener: {
        connecting: () => listener.connecting(),
        opened: () => void this.#subscribe(),
        data: (frame, topic, isFirst) => {
          listener.data(frame, topic, isFirst)
          if (isFirst) this.#answered(topic)
        },
        refused: refusal => listener.refused(refusal),
        malformed: message => listener.malformed(message),
        lost: message => {
          this.#ended()
          listener.lost(message)
        },
      },
    })
  }

  open(): void {
    this.#socket.open()
  }

  /** Final: nothing is heard of it any more. */
  close(): void {
    this.#ended()
    this.#socket.close()
  }

  drop(message: string): void {
    this.#socket.drop(message)
  }

  /** Complete, and the connection answers. */
  isAlive(): boolean {
    return this.#awaited.size === 0 && this.#socket.isAlive()
  }

  async #subscribe(): Promise<void> {
    const { connections, tokens, accountIndex } = this.#options
    this.#timeout = connections.clock.after(SUBSCRIBE_TIMEOUT_MS, () =>
      this.#socket.drop('not every channel has answered in time'),
    )
    const token = await tokens.current()
    if (!token.ok) {
      this.#socket.drop(token.error.message)
      return
    }
    this.#tokenEndsAt = token.value.expiresAt
    for (const channel of CHANNELS) {
      if (this.#socket.send(subscribeFrame(`${channel}/${accountIndex}`, token.value.text))) continue
      connections.log.debug('subscription_not_sent', { channel })
      return
    }
  }

  #answered(topic: string): void {
    if (!this.#awaited.delete(topic) || this.#awaited.size > 0) return
    this.#timeout?.()
    this.#socket.settled()
    this.#options.listener.complete(this.#tokenEndsAt)
  }

  #ended(): void {
    this.#awaited = new Set<string>(CHANNELS)
    this.#timeout?.()
    this.#timeout = null
  }
}
