import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { z } from 'zod'
import type { Exchange } from '../../exchange/core/types.ts'
import type { ExchangePast } from '../../exchange/server/run.ts'
import { listAnswer } from '../../protocol/rest/common.ts'
import { historyList, jobAnswer, syncAnswer, tieOutAnswer } from '../../protocol/rest/history.ts'
import {
  absolute,
  add,
  type Decimal,
  decimal,
  formatDecimal,
  subtract,
  ZERO,
} from '../../src/domain/decimal.ts'
import type { AccountId } from '../../src/domain/ids.ts'
import { must } from '../../src/domain/result.ts'
import type { HistoryStore } from '../../src/ports/history-store.ts'
import { closing, walletEntry } from '../contract/history-rows.ts'
import { addAccount, becomeOwner, type Person } from './cast.ts'
import { eventually, Lockstep } from './lockstep.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const DEPOSIT = decimal('100000')
/** On each of two days: opened at ten, funding paid at four in the afternoon, closed in two orders before the night. */
const TRADES = [
  { hour: 10, quantity: '0.3' },
  { hour: 18, quantity: '-0.1' },
  { hour: 20, quantity: '-0.2' },
] as const

type TieOut = z.infer<typeof tieOutAnswer>

describe('what three lists of the venue say of a day', () => {
  const firstDay = (Math.floor(Date.now() / DAY_MS) - 3) * DAY_MS
  const days = [firstDay, firstDay + DAY_MS]
  let lockstep: Lockstep
  let owner: Person
  let ada: AccountId
  let bob: AccountId

  beforeAll(async () => {
    lockstep = await Lockstep.start({ history: { schedules: [] }, past: pastOf(['ada', 'bob'], days) })
    owner = await becomeOwner(lockstep)
    ada = await filled('ada')
    bob = await filled('bob')
  }, 120_000)
  afterAll(() => lockstep.stop())

  /** An account whose last week is all here. */
  async function filled(name: string): Promise<AccountId> {
    const { token } = owner
    const accountId = await addAccount(lockstep, token, { name, ownerId: null })
    const begun = async () => {
      const { status } = await lockstep.ask(`sync/trading/${accountId}`, { token, body: { days: 7 } })
      return status === 200
    }
    await eventually(begun, 'the account is read')
    await eventually(async () => {
      const { rows } = await lockstep.done(listAnswer(jobAnswer), `jobs?accountId=${accountId}`, { token })
      return rows[0]?.status === 'done'
    }, 'the back-fill is done')
    return accountId
  }

  async function tieOutsOf(accountId: AccountId): Promise<ReadonlyMap<string, TieOut>> {
    const path = `history/tie-out?accountId=${accountId}`
    const { rows } = await lockstep.done(historyList(tieOutAnswer), path, { token: owner.token })
    return new Map(rows.map(row => [row.day, row]))
  }

  test('[HS97] days that balance are shown as tied over the wire, with their fees and their funding', async () => {
    const tieOuts = await tieOutsOf(ada)
    let total = ZERO
    for (const day of days) {
      const row = must(tieOuts.get(dayText(day)), 'the day has rows')
      expect(row).toMatchObject({ isTied: true, isComplete: true })
      for (const { byLists, byWallet, difference } of [row.result, row.fees, row.funding, row.total]) {
        expect(byLists).toBe(byWallet)
        expect(byWallet).not.toBe('0')
        expect(difference).toBe('0')
      }
      total = add(total, decimal(row.total.byWallet))
    }
    // And it is what the exchange has in the account, but for the deposit.
    const { balance } = must(lockstep.server.exchange, 'there is an exchange').exchange.wallet('ada')
    expect(formatDecimal(total)).toBe(formatDecimal(subtract(balance, DEPOSIT)))
  })

  test('[HS97] a difference is shown with its amount, on its day and its account and nowhere else', async () => {
    const [day = 0, other = 0] = days
    // The wallet was charged something that no execution tells of.
    const change = { cashFlow: ZERO, fee: decimal('0.25'), change: decimal('-0.25'), at: day + 12 * HOUR_MS }
    const rows = [walletEntry(1, change)]
    const past = must(lockstep.server.past, 'history is on')
    await past.store.commit({ accountId: bob, found: { kind: 'wallet', rows }, coverage: null, job: null })
    const tieOuts = await tieOutsOf(bob)
    const row = must(tieOuts.get(dayText(day)), 'the day has rows')
    expect(row).toMatchObject({
      isTied: false,
      isComplete: true,
      result: { difference: '0' },
      fees: { difference: '0.25' },
      funding: { difference: '0' },
      total: { difference: '-0.25' },
    })
    expect(subtract(decimal(row.fees.byWallet), decimal(row.fees.byLists ?? '0'))).toBe(decimal('0.25'))
    expect(tieOuts.get(dayText(other))).toMatchObject({ isTied: true })
    expect((await tieOutsOf(ada)).get(dayText(day))).toMatchObject({ isTied: true })
  })

  test('[HS97] a transfer is shown beside what was earned, and is no difference', async () => {
    const { token } = owner
    const exchange = must(lockstep.server.exchange, 'there is an exchange')
    exchange.exchange.transfer('ada', decimal('500'), Date.now())
    const today = dayText(Date.now())
    await eventually(async () => {
      await lockstep.done(syncAnswer, `sync/trading/${ada}`, { token, method: 'POST', body: {} })
      return (await tieOutsOf(ada)).get(today)?.otherChange === '500'
    }, 'the transfer is here')
    expect((await tieOutsOf(ada)).get(today)).toMatchObject({ isTied: true, total: { byWallet: '0' } })
  })
})

describe('an export', () => {
  const ROWS = 40_000
  const PART = 1_000
  /** The rows of one reading. */
  const READ = 500
  let lockstep: Lockstep
  let owner: Person
  let store: HistoryStore

  beforeAll(async () => {
    lockstep = await Lockstep.start({ history: { schedules: [] } })
    owner = await becomeOwner(lockstep)
    store = must(lockstep.server.past, 'history is on').store
    const accountId = await addAccount(lockstep, owner.token, { name: 'ada', ownerId: null })
    for (let from = 0; from < ROWS; from += PART) {
      const rows = Array.from({ length: PART }, (_, index) => closing(from + index))
      await store.commit({ accountId, found: { kind: 'closed_pnl', rows }, coverage: null, job: null })
    }
  }, 120_000)
  afterAll(() => lockstep.stop())

  test('[HS98] that is cancelled reads no further, breaks nothing, and the next one is whole', async () => {
    const page = vi.spyOn(store, 'page')
    const response = await begun()
    await once(response, 'data')
    response.destroy()
    // Whoever reads on reads within milliseconds: two readings that find nothing new have ended.
    let seen = -1
    await eventually(async () => {
      const isSame = seen === page.mock.calls.length
      seen = page.mock.calls.length
      await new Promise(resolve => setTimeout(resolve, 100))
      return isSame && seen === page.mock.calls.length
    }, 'the reading ends')
    expect(seen).toBeLessThan(ROWS / READ)
    const { status, body } = await lockstep.ask('history/closed-pnl/export', { token: owner.token })
    expect([status, body.trimEnd().split('\r\n').length]).toEqual([200, ROWS + 1])
    expect(lockstep.errors()).toEqual([])
  }, 60_000)

  /** Its head is here, and nothing of it is read. */
  async function begun(): Promise<IncomingMessage> {
    const { hostname, port } = new URL(lockstep.url)
    const path = '/api/v1/history/closed-pnl/export'
    const asked = request({ hostname, port, path, headers: { authorization: `Bearer ${owner.token}` } })
    asked.end()
    const [response]: IncomingMessage[] = await once(asked, 'response')
    return must(response, 'a response comes with its event')
  }
})

/** Accounts that all did the same. */
function pastOf(accounts: readonly string[], days: readonly number[]): ExchangePast {
  const play = (exchange: Exchange): void => {
    for (const account of accounts) exchange.createAccount(account, DEPOSIT)
    for (const day of days)
      for (const { hour, quantity } of TRADES) {
        const at = day + hour * HOUR_MS
        exchange.advance(at)
        for (const account of accounts) tradeAt(exchange, account, { at, quantity: decimal(quantity) })
      }
  }
  return { lengthMs: 5 * DAY_MS, play }
}

function tradeAt(
  exchange: Exchange,
  account: string,
  { at, quantity }: { readonly at: number; readonly quantity: Decimal },
): void {
  const order = { symbol: 'BTCUSDT', postOnly: false, reduceOnly: false, clientOrderId: '', limitPrice: null }
  const side = quantity < ZERO ? 'sell' : 'buy'
  const market = { type: 'market', timeInForce: 'ioc', side, quantity: absolute(quantity) } as const
  const placed = exchange.submit(account, { ...order, ...market }, at)
  if (!placed.ok) throw new Error(`refused: ${placed.error}`)
}

/** UTC. */
function dayText(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
