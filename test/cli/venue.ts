import { RestClientV5 } from 'bybit-api'
import { z } from 'zod'

export interface Key {
  readonly key: string
  readonly secret: string
}

interface Trader {
  market(symbol: string, side: 'Buy' | 'Sell', qty: string): Promise<void>
}

const auditPage = z.object({
  entries: z.array(
    z.object({
      kind: z.string(),
      account: z.string(),
      symbol: z.string().optional(),
      side: z.string().optional(),
      quantity: z.string().optional(),
    }),
  ),
})
type AuditRow = z.output<typeof auditPage>['entries'][number]

/** A simulated exchange in another process, as its clients and its operator see it. */
export class PaperVenue {
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  /** The npm package bybit-api, told nothing but the address. */
  client(credential: Key): Trader {
    const rest = new RestClientV5({ ...credential, baseUrl: this.url })
    return {
      async market(symbol, side, qty) {
        const order = { category: 'linear', symbol, side, orderType: 'Market', qty } as const
        const { retCode, retMsg } = await rest.submitOrder(order)
        if (retCode !== 0) throw new Error(`the leader's order was refused: ${retCode} ${retMsg}`)
      },
    }
  }

  /** An account with money and a key. */
  async open(account: string, credential: Key): Promise<void> {
    await this.#post('/admin/accounts', { account, deposit: '100000', ...credential })
  }

  /** How many orders of accounts whose name begins with `prefix` were taken since this exchange began. */
  async accepted(prefix: string): Promise<number> {
    const rows = await this.audit()
    return rows.filter(({ kind, account }) => kind === 'accepted' && account.startsWith(prefix)).length
  }

  /** An account's trades. */
  async filled(account: string): Promise<readonly AuditRow[]> {
    return (await this.audit()).filter(row => row.kind === 'filled' && row.account === account)
  }

  async audit(): Promise<readonly AuditRow[]> {
    const response = await fetch(`${this.url}/admin/audit?limit=10000`)
    const { entries } = auditPage.parse(await response.json())
    return entries
  }

  async #post(path: string, body: unknown): Promise<void> {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${this.url}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  }
}
