import { expect, test } from 'vitest'
import { decimal } from '../domain/decimal.ts'
import type { AccountId, IdKind, SourceId } from '../domain/ids.ts'
import { must } from '../domain/result.ts'
import { NO_LIMITS } from '../domain/strategy.ts'
import type { StoreImage } from '../ports/store.ts'
import type { Roster } from './roster.ts'
import { applySetup, type Setup } from './setup.ts'

const EMPTY: StoreImage = {
  installationTag: 'abcdefg',
  lastIntentSequence: 0,
  accounts: [],
  sources: [],
  strategies: [],
  links: [],
  pairs: [],
  pairStates: [],
  rounds: [],
  books: [],
  linkStates: [],
  decisions: [],
  intents: [],
  positions: [],
  syncs: [],
}

function account(name: string): Setup['accounts'][number] {
  return { name, venue: 'bybit', environment: 'paper', status: 'active', maximumLeverage: decimal('1') }
}

function strategy(name: string, source: string, allowedSymbols: readonly string[] | null = null) {
  return {
    name,
    source,
    mode: 'on',
    sizing: { kind: 'ratio', inverse: false, ratio: decimal('0.1') },
    entry: { kind: 'market' },
    leverage: { kind: 'follow' },
    limits: { ...NO_LIMITS, allowedSymbols },
    symbolMap: new Map(),
    maxAgeMs: 60_000,
    maxDriftBps: null,
  } as const satisfies Setup['strategies'][number]
}

function link(follower: string, follows: string): Setup['links'][number] {
  return { account: follower, strategy: follows, mode: 'on', sizing: null }
}

const SETUP: Setup = {
  accounts: [account('anna'), account('ben')],
  sources: [{ name: 'fills of anna', account: 'anna' }],
  strategies: [strategy('calm', 'fills of anna')],
  links: [link('ben', 'calm')],
  pairs: [],
}

function apply(setup: Partial<Setup>, image: StoreImage = EMPTY, last: readonly [SourceId, number][] = []) {
  let count = 0
  const newId = <T extends IdKind>(): T => {
    count += 1
    return `id ${image.accounts.length}.${count}` as T
  }
  return applySetup({ image, setup: { ...SETUP, ...setup }, newId, lastSequences: new Map(last) })
}

function rosterOf(...input: Parameters<typeof apply>): Roster {
  const applied = apply(...input)
  return must(applied.ok ? applied.value.roster : null, 'this setup has no problems')
}

function problemsOf(setup: Partial<Setup>): readonly string[] {
  const applied = apply(setup)
  return applied.ok ? [] : applied.error
}

test('[CP40] what is set up is stored by ids, what is referred to first', () => {
  const applied = apply({})
  const { roster, writes } = must(applied.ok ? applied.value : null, 'no problems')
  expect(writes.map(write => write.kind)).toEqual(['account', 'account', 'source', 'strategy', 'link'])
  const [anna, ben] = roster.accounts
  expect(roster.sources).toMatchObject([{ accountId: anna?.id }])
  expect(roster.strategies).toMatchObject([{ sourceId: roster.sources[0]?.id }])
  expect(roster.links).toMatchObject([
    { accountId: ben?.id, strategyId: roster.strategies[0]?.id, startSequence: 0 },
  ])
})

test('[CP40] the same names keep their ids when they are set up again, and take the new settings', () => {
  const first = rosterOf({})
  const again = rosterOf(
    { accounts: [account('carl'), account('ben'), account('anna')] },
    { ...EMPTY, ...first },
  )
  expect(again.accounts.slice(1).map(({ id }) => id)).toEqual(first.accounts.map(({ id }) => id).reverse())
  expect(again.sources).toEqual(first.sources)
  expect(again.links).toEqual(first.links)
  const off = rosterOf({ links: [{ ...link('ben', 'calm'), mode: 'off' }] }, { ...EMPTY, ...first })
  expect(off.links).toEqual(first.links.map(each => ({ ...each, mode: 'off' })))
})

test('[CP40] a new link begins behind the last fill of its source, a known one where it began', () => {
  const first = rosterOf({})
  const sourceId = must(first.sources[0], 'one source').id
  const more: Partial<Setup> = {
    accounts: [...SETUP.accounts, account('carl')],
    links: [...SETUP.links, link('carl', 'calm')],
  }
  const { links } = rosterOf(more, { ...EMPTY, ...first }, [[sourceId, 41]])
  expect(links.map(({ startSequence }) => startSequence)).toEqual([0, 41])
})

test('[CP41] every name that is not set up is told, with who names it and what there is', () => {
  const problems = problemsOf({
    sources: [{ name: 'fills of dora', account: 'dora' }],
    strategies: [strategy('calm', 'nothing')],
    links: [link('ben', 'wild')],
  })
  expect(problems).toEqual([
    'Source "fills of dora" names the account "dora", which is not set up. Set up: anna, ben.',
    'Strategy "calm" names the source "nothing", which is not set up. Set up: fills of dora.',
    'The link of "ben" names the strategy "wild", which is not set up. Set up: calm.',
  ])
  expect(problemsOf({ accounts: [], links: [] })[0]).toMatch(/Set up: none\.$/)
})

test('[CP42] an account that would follow itself is refused', () => {
  expect(problemsOf({ links: [link('anna', 'calm')] })).toEqual([
    'Account "anna" would follow itself through "calm". Link another account.',
  ])
})

test('[CP42] two links of one account on the same symbols are refused, with the name of the first', () => {
  const strategies = [strategy('calm', 'fills of anna'), strategy('wild', 'fills of anna', ['BTCUSDT'])]
  const [problem] = problemsOf({ strategies, links: [link('ben', 'calm'), link('ben', 'wild')] })
  expect(problem).toMatch(/"ben" already follows "calm" with symbols that "wild" trades too/)
  expect(problemsOf({ links: [link('ben', 'calm'), link('ben', 'calm')] })).toHaveLength(1)
})

test('[CP42] links of one account that share no symbol stand beside each other', () => {
  const strategies = [
    strategy('calm', 'fills of anna', ['ETHUSDT']),
    strategy('wild', 'fills of anna', ['BTCUSDT', 'SOLUSDT']),
  ]
  expect(problemsOf({ strategies, links: [link('ben', 'calm'), link('ben', 'wild')] })).toEqual([])
})

test('[CP46] two of one name are refused, because rows are known by their names', () => {
  expect(problemsOf({ accounts: [...SETUP.accounts, account('ben')] })).toEqual([
    'There are two of the account "ben". Give each a name of its own.',
  ])
})

test('[CP46] an account is one source at most, and a source stays with its account', () => {
  const twice = [...SETUP.sources, { name: 'again', account: 'anna' }]
  expect(problemsOf({ sources: twice })[0]).toMatch(/"fills of anna" and "again" are the same account "anna"/)
  const moved = apply(
    { sources: [{ name: 'fills of anna', account: 'ben' }], links: [] },
    { ...EMPTY, ...rosterOf({}) },
  )
  expect(moved.ok ? [] : moved.error).toEqual([
    'Source "fills of anna" was the account "anna". Give the source of "ben" a name of its own.',
  ])
})

test('[WA22] what people set up stays beside the file, and may be named by it', () => {
  const first = rosterOf({})
  const dora = {
    ...must(first.accounts[0], 'two accounts'),
    id: 'dora-1' as AccountId,
    name: 'dora',
    origin: 'api',
  } as const
  const image = { ...EMPTY, ...first, accounts: [...first.accounts, dora] }
  const links = [...SETUP.links, link('dora', 'calm')]
  const again = rosterOf({ links }, image)
  expect(again.accounts).toContain(dora)
  expect(again.links.map(({ accountId }) => accountId)).toContain(dora.id)
  // The file names it itself: it is the file's from now on, and the same account.
  const taken = rosterOf({ accounts: [...SETUP.accounts, account('dora')], links }, image)
  expect(taken.accounts.find(({ name }) => name === 'dora')).toMatchObject({ id: dora.id, origin: 'file' })
})

test('[WA23] what left the file is in force no more, and what people built on it is named', () => {
  const first = rosterOf({})
  const image = { ...EMPTY, ...first }
  const applied = apply({ links: [] }, image)
  const { roster, writes } = must(applied.ok ? applied.value : null, 'no problems')
  expect(roster.links).toEqual([])
  expect(writes.filter(({ kind }) => kind === 'link')).toEqual([
    { kind: 'link', row: { ...first.links[0], origin: 'removed' } },
  ])
  const ofPeople = { ...image, links: first.links.map(row => ({ ...row, origin: 'api' }) as const) }
  const dangling = apply({ strategies: [], links: [] }, ofPeople)
  expect(dangling.ok ? [] : dangling.error).toEqual([
    'The link of "ben" needs the strategy "calm", which would not be there. Keep that, or remove this first.',
  ])
})

test('[WA24] an account stays at its venue, a strategy with its source, and a virtual leader follows nobody', () => {
  const accounts = [account('anna'), account('ben'), { ...account('hook'), kind: 'virtual' } as const]
  const sources = [...SETUP.sources, { name: 'hook', account: 'hook' }]
  const first = rosterOf({ accounts, sources })
  const problems = (setup: Partial<Setup>): readonly string[] => {
    const applied = apply({ accounts, sources, ...setup }, { ...EMPTY, ...first })
    return applied.ok ? [] : applied.error
  }
  expect(problems({ strategies: [strategy('calm', 'hook')] })).toEqual([
    'Strategy "calm" follows the source "fills of anna". Give the one that follows "hook" a name of its own.',
  ])
  expect(problems({ links: [link('hook', 'calm')] })).toEqual([
    'Account "hook" is moved by signals only and cannot follow. Link another account.',
  ])
  const live = accounts.map(row => (row.name === 'ben' ? { ...row, environment: 'live' as const } : row))
  expect(problems({ accounts: live })).toEqual([
    'Account "ben" is at bybit paper. Give the one at bybit live a name of its own.',
  ])
})
