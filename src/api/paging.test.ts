import { expect, test } from 'vitest'
import { idCursor, pageOf, sequenceCursor } from './paging.ts'
import { bearer, running } from './testing/api.ts'
import { newId, order } from './testing/world.ts'

test('[AP17] pages follow one another without a gap or a repetition, newest first', async () => {
  const { api, world } = await running()
  world.orders.push(...Array.from({ length: 7 }, (_, index) => order(world.own, index + 3)))
  const seen: string[] = []
  let next: string | null = null
  do {
    const url: string = `/api/v1/trades?limit=4${next === null ? '' : `&cursor=${next}`}`
    const page: { rows: { clientOrderId: string }[]; next: string | null } = (
      await api.inject({ url, headers: bearer('owner') })
    ).json()
    seen.push(...page.rows.map(row => row.clientOrderId))
    next = page.next
  } while (next !== null)
  expect(seen).toEqual(world.orders.toReversed().map(({ clientOrderId }) => clientOrderId))
})

test('[AP17] a last page that is full has no next one', () => {
  expect(pageOf([3, 2], 2, Number)).toEqual({ rows: [3, 2], next: null })
  expect(pageOf([3, 2, 1], 2, Number).next).not.toBeNull()
  expect(pageOf([], 2, Number)).toEqual({ rows: [], next: null })
})

test('[AP17] a cursor is taken only as it was given, and only by a list of its kind', () => {
  const id = newId()
  const ofSequence = pageOf([9, 8], 1, Number).next ?? ''
  const ofId = pageOf([id, id], 1, String).next ?? ''
  expect(sequenceCursor(ofSequence)).toEqual({ before: 9 })
  expect(idCursor(ofId)).toEqual({ before: id })
  for (const wrong of [ofId, `${ofSequence}=`, '', 'x', '-1', 'MS41', '💥']) {
    expect(() => sequenceCursor(wrong)).toThrow('cursor')
  }
  for (const wrong of [ofSequence, `${ofId}A`, id]) expect(() => idCursor(wrong)).toThrow('cursor')
})

test('[AP70] lists of what is in force come in pages too, of what one may see alone', async () => {
  const { api, world } = await running()
  const first = [...world.accounts.values()].find(({ id }) => id === world.own)
  if (first === undefined) throw new Error('the world has an account of the customer')
  for (let more = 0; more < 5; more += 1) {
    const id = newId<typeof first.id>()
    world.accounts.set(id, { ...first, id, name: `more ${more}` })
  }
  const read = async (path: string, who: string): Promise<string[]> => {
    const ids: string[] = []
    let next: string | null = ''
    while (next !== null) {
      const url: string = `/api/v1/${path}?limit=2${next === '' ? '' : `&cursor=${next}`}`
      const page: { rows: { id: string }[]; next: string | null } = (
        await api.inject({ url, headers: bearer(who) })
      ).json()
      expect(page.rows.length).toBeLessThanOrEqual(2)
      ids.push(...page.rows.map(({ id }) => id))
      next = page.next
    }
    return ids
  }
  const newestFirst = (ids: Iterable<string>): string[] => [...ids].sort().reverse()
  expect(await read('accounts', 'owner')).toEqual(newestFirst(world.accounts.keys()))
  expect(await read('sources', 'owner')).toEqual(newestFirst(world.sources.keys()))
  expect(await read('strategies', 'owner')).toEqual(newestFirst(world.strategies.keys()))
  expect(await read('users', 'owner')).toHaveLength(4)
  const seen = await read('accounts', 'customer')
  expect(seen).toContain(world.own)
  expect(seen).not.toContain([...world.accounts.values()].find(({ name }) => name === 'more 0')?.id)
})
