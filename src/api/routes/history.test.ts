import { afterAll, beforeAll, expect, test } from 'vitest'
import { bearer, type Running, running } from '../testing/api.ts'
import { FOREIGN_WORD } from '../testing/world.ts'

const AT = 1_700_000_000_000
let here: Running

beforeAll(async () => {
  here = await running()
})
afterAll(() => here.api.close())

async function get(path: string, token = 'operator') {
  return here.api.inject({ url: `/api/v1/${path}`, headers: bearer(token) })
}

async function post(path: string, payload: object, token = 'operator') {
  return here.api.inject({ method: 'POST', url: `/api/v1/${path}`, headers: bearer(token), payload })
}

test('[HS53] pages of all accounts are gone through by their cursor, and each says how far it is complete', async () => {
  const first = (await get('history/closed-pnl?limit=2')).json()
  expect(first.rows).toHaveLength(2)
  // The account that is complete for the shorter time says for how long all of them are.
  expect(first.complete).toEqual({ from: AT - 24 * 3_600_000, to: AT })
  const next = (await get(`history/closed-pnl?limit=2&cursor=${first.next}`)).json()
  expect(next.rows[0].at).toBeLessThan(first.rows[1].at)
})

test('[HS56] a customer is shown the history of their own accounts, in rows, sums, files and jobs', async () => {
  const paths = ['closed-pnl', 'orders', 'closed-pnl/sums', 'coverage', 'synced', 'closed-pnl/export']
  for (const path of [...paths.map(each => `history/${each}`), 'jobs']) {
    const { statusCode, body } = await get(path, 'customer')
    expect([path, statusCode]).toEqual([path, 200])
    expect(body).not.toContain(here.world.foreign)
    expect(body).not.toContain(FOREIGN_WORD)
  }
  const foreign = await get(`history/closed-pnl?accountId=${here.world.foreign}`, 'customer')
  expect(foreign.json()).toEqual({ rows: [], next: null, complete: null })
  expect((await get(`history/tie-out?accountId=${here.world.foreign}`, 'customer')).statusCode).toBe(404)
  expect((await get(`history/tie-out?accountId=${here.world.own}`, 'customer')).statusCode).toBe(200)
})

test('[HS57] a filter that makes no sense is refused in words, by its place', async () => {
  const wrong = {
    [`from=${AT}&to=${AT}`]: 'query.from',
    'from=yesterday': 'query.from',
    'instrument=gold': 'query.instrument',
    'accountId=ada': 'query.accountId',
    'cursor=bm90IGEgcGxhY2U': 'query.cursor',
    'colour=red': 'query',
  }
  for (const [query, path] of Object.entries(wrong)) {
    const answer = await get(`history/closed-pnl?${query}`)
    expect([query, answer.statusCode, answer.json().errors[0].path]).toEqual([query, 422, path])
  }
  expect((await get('history/closed-pnl/sums?by=week')).statusCode).toBe(422)
  const far = `history/tie-out?accountId=${here.world.own}&from=0`
  expect((await get(far)).json().detail).toContain('92 days')
})

test('[HS58] the file is UTF-8 with a byte order mark, stable columns, and times in UTC', async () => {
  const answer = await get(`history/closed-pnl/export?accountId=${here.world.own}`)
  expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8')
  expect([...answer.rawPayload.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
  expect(answer.headers['x-lockstep-complete']).toBe('2023-11-13T22:13:20.000Z/2023-11-14T22:13:20.000Z')
  const [columns, ...lines] = answer.body.slice(1).trimEnd().split('\r\n')
  expect(columns).toBe(
    'accountId,account,instrument,venueOrderId,side,closedQuantity,averageEntryPrice,averageExitPrice,entryNotional,exitNotional,openFee,closeFee,closedPnl,fillCount,leverage,cause,createdAt,at',
  )
  expect(lines).toHaveLength(3)
  expect(lines[0]).toBe(
    `${here.world.own},own,bybit:BTCUSDT,order-0,sell,1,100,99.5,100,99.5,,,-0.5,1,,own,2023-11-14T22:13:19.999Z,2023-11-14T22:13:19.999Z`,
  )
})

test('[HS60] what does not tie out is shown with where it differs, and whether the day is whole', async () => {
  const { rows } = (await get(`history/tie-out?accountId=${here.world.own}`)).json()
  expect(rows).toEqual([expect.objectContaining({ day: '2023-11-13', isTied: false, isComplete: false })])
  expect(rows[0].result).toEqual({ byLists: null, byWallet: '2', difference: null })
})

test('[HS59] who runs the server reads all accounts anew, a customer their own', async () => {
  const { own, foreign } = here.world
  expect((await post('sync/trading/all', {})).statusCode).toBe(202)
  expect((await post('sync/trading/all', {}, 'customer')).statusCode).toBe(403)
  expect((await post('sync/trading/all', {}, 'viewer')).statusCode).toBe(403)
  expect((await post(`sync/trading/${own}`, {}, 'customer')).json()).toMatchObject({ added: 1, job: null })
  expect((await post(`sync/trading/${foreign}`, {}, 'customer')).statusCode).toBe(404)
  expect((await post(`sync/trading/${own}`, { days: 30 })).json().job).toMatchObject({ status: 'running' })
  expect((await post(`sync/trading/${own}`, { days: 731 })).statusCode).toBe(422)
  expect((await get('schedules')).json().rows).toEqual([expect.objectContaining({ name: 'results' })])
})
