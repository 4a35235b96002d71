import { expect, test } from 'vitest'
import { bearer, running } from '../testing/api.ts'

const headers = bearer('customer')

async function exposure() {
  const { api, world } = await running()
  const [own = ''] = [...world.pairs.keys()]
  return async (query: string) =>
    (await api.inject({ url: `/api/v1/pairs/${own}/exposure${query}`, headers })).json()
}

test('[AP58] what was unhedged comes newest first, a page at a time, each trade with what both legs held after it', async () => {
  const asked = await exposure()
  const first = await asked('?limit=2')
  expect(first.rows).toEqual([
    {
      number: 3,
      at: 1_700_000_003_000,
      leg: 'a',
      side: 'buy',
      quantity: '0.01',
      fillPrice: '60000',
      a: '0.02',
      b: '-0.01',
      gap: '-0.01',
    },
    expect.objectContaining({ number: 2, leg: 'b', side: 'sell', a: '0.01', b: '-0.01', gap: '0' }),
  ])
  const second = await asked(`?limit=2&cursor=${first.next}`)
  expect(second).toMatchObject({ rows: [{ number: 1, b: '0', gap: '-0.01' }], next: null })
})

test('[AP58] a page is narrowed by the venue’s clock: at or after `from`, and before `to`', async () => {
  const asked = await exposure()
  const numbers = async (query: string) =>
    (await asked(query)).rows.map(({ number }: { number: number }) => number)
  expect(await numbers('?from=1700000002000')).toEqual([3, 2])
  expect(await numbers('?from=1700000002000&to=1700000003000')).toEqual([2])
  expect(await numbers('?to=1')).toEqual([])
  expect(await asked('?from=yesterday')).toMatchObject({ code: 'invalid', errors: [{ path: 'query.from' }] })
  expect(await asked('?cursor=bm9wZQ')).toMatchObject({ code: 'invalid', errors: [{ path: 'query.cursor' }] })
})
