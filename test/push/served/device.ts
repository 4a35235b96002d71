import { LiveClient } from '../../../client/live.ts'
import type { StreamView } from '../../../client/stream-reader.ts'
import { accountStream, TRADING_TYPES } from '../../../protocol/live.ts'
import type { OrderRow, PnlRow, PositionRow } from '../../../protocol/live-data.ts'
import { decimal } from '../../../src/domain/decimal.ts'
import type { AccountId } from '../../../src/domain/ids.ts'
import { Wire } from '../../../src/live/testing/wire.ts'
import type { PushChecker } from '../checker.ts'
import { ordersProblem, pnlProblem, positionsProblem, type StoredTruth } from './truth.ts'

const RETRY_MS = 20

export interface DeviceParts {
  readonly name: string
  readonly url: string
  readonly accountId: AccountId
  readonly checker: PushChecker
  token(isRefused: boolean): Promise<string>
}

/** An app that looks at one account, through a wire that breaks. */
export class Device {
  readonly name: string
  readonly accountId: AccountId
  readonly wire: Wire
  isOnline = false
  gaps = 0
  readonly #live: LiveClient

  private constructor(wire: Wire, { name, accountId, checker, token }: DeviceParts) {
    this.name = name
    this.accountId = accountId
    this.wire = wire
    this.#live = new LiveClient({
      url: wire.url,
      token,
      retryMs: RETRY_MS,
      listener: {
        changed: view => checker.seen(name, view),
        gap: () => {
          this.gaps += 1
        },
        status: status => {
          this.isOnline = status === 'online'
        },
      },
    })
    this.#live.subscribeTrading({ types: [...TRADING_TYPES], accounts: [accountId] })
  }

  static async open(parts: DeviceParts): Promise<Device> {
    return new Device(await Wire.start(parts.url), parts)
  }

  get orders(): readonly OrderRow[] {
    const view = this.#view('orders')
    return view?.kind === 'orders' ? (view.data ?? []) : []
  }

  /** Null: it shows what the store holds, and money as the venue has it. */
  problem(stored: StoredTruth, balances: ReadonlyMap<string, string>): string | null {
    const stale = TRADING_TYPES.find(type => this.#view(type)?.isStale !== false)
    if (stale !== undefined) return `${stale} are not shown as live`
    return (
      positionsProblem(this.#positions, stored) ??
      pnlProblem(this.#pnl, stored) ??
      ordersProblem(this.orders, stored) ??
      this.#moneyProblem(balances)
    )
  }

  close(): void {
    this.#live.close()
    this.wire.close()
  }

  get #positions(): readonly PositionRow[] {
    const view = this.#view('positions')
    return view?.kind === 'positions' ? (view.data ?? []) : []
  }

  get #pnl(): PnlRow | null {
    const view = this.#view('pnl')
    return view?.kind === 'pnl' ? view.data : null
  }

  /** The store holds no balances: they are the venue's. */
  #moneyProblem(balances: ReadonlyMap<string, string>): string | null {
    const view = this.#view('balance')
    const rows = view?.kind === 'balance' ? (view.data ?? []) : []
    const wrong = rows.find(
      ({ currency, total }) => decimal(balances.get(currency) ?? '0') !== decimal(total),
    )
    return wrong === undefined
      ? null
      : `shows ${wrong.total} ${wrong.currency}; the venue says ${balances.get(wrong.currency)}`
  }

  #view(type: (typeof TRADING_TYPES)[number]): StreamView | null {
    return this.#live.view(accountStream(this.accountId, type))
  }
}
