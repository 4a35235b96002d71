import { expect, test } from 'vitest'
import { decimal } from '../../src/domain/decimal.ts'
import type { AccountId, LinkId, SourceId, StrategyId } from '../../src/domain/ids.ts'
import { must } from '../../src/domain/result.ts'
import { FOLLOWER, STRATEGY, Story } from '../simulation/story.ts'

function followerOf(story: Story) {
  const account = story.engine.roster().accounts.find(({ name }) => name === FOLLOWER)
  return must(account, 'a story has one follower')
}

test('[WA12] [WA27] an account that is set inactive has no session at once, and goes on where its leader is when it is active', async () => {
  const story = await Story.begin({ seed: 61, setUpBy: 'people' })
  const account = followerOf(story)
  const file = await story.change({ kind: 'set_status', id: account.id, status: 'inactive' })
  expect(file).toMatchObject({ error: { kind: 'file' } })
  const { simulation } = story
  simulation.exchange.createAccount('own', decimal('100000'))
  const own = { ...account, id: 'own-1' as AccountId, name: 'own' }
  const link = {
    id: 'own-link' as LinkId,
    strategyId: STRATEGY,
    accountId: own.id,
    mode: 'on',
    sizing: null,
  } as const
  await story.change({ kind: 'put_account', row: own }, { kind: 'put_link', row: link })
  await story.run({ ms: 2_000 })
  story.leader('buy', '0.020')
  await story.run({ ms: 2_000 })
  const heldByOwn = () => simulation.exchange.position('own', 'BTCUSDT').quantity
  expect(heldByOwn()).toBe(decimal('0.02'))
  await story.change({ kind: 'set_status', id: own.id, status: 'inactive' })
  expect(story.engine.context.state.accounts.get(own.id)?.session).toBeNull()
  expect(story.notices).toEqual(['inactive_with_copies'])
  story.leader('buy', '0.010')
  story.leader('sell', '0.020')
  await story.run({ ms: 3_000 })
  expect(heldByOwn()).toBe(decimal('0.02'))
  await story.change({ kind: 'set_status', id: own.id, status: 'active' })
  await story.run({ ms: 10_000 })
  // A third is left of the leader's, and of what was copied while there was a session.
  expect(heldByOwn()).toBe(decimal('0.007'))
  const { notices } = simulation.judge.ledger
  expect(notices.map(({ code, recovers }) => [code, recovers])).toEqual([
    ['inactive_with_copies', null],
    ['inactive_with_copies', notices[0]?.id],
  ])
  expect(story.violations).toEqual([])
})

test('[WA25] an account that was followed with becomes a leader: its book begins with what it holds', async () => {
  const story = await Story.begin({ seed: 65, setUpBy: 'people' })
  story.leader('buy', '0.040')
  await story.run({ ms: 2_000 })
  const { simulation } = story
  simulation.exchange.createAccount('third', decimal('1000000'))
  const follower = followerOf(story)
  const [strategy] = story.engine.roster().strategies
  const source = { id: 'second' as SourceId, name: 'second', accountId: follower.id }
  const by = { ...must(strategy, 'one strategy'), id: 'by-second' as StrategyId, name: 'by-second' }
  const third = { ...follower, id: 'third-1' as AccountId, name: 'third' }
  const link = { id: 'third-link' as LinkId, strategyId: by.id, accountId: third.id } as const
  const changed = await story.change(
    { kind: 'put_account', row: third },
    { kind: 'put_source', row: source },
    { kind: 'put_strategy', row: { ...by, sourceId: source.id } },
    { kind: 'put_link', row: { ...link, mode: 'on', sizing: null } },
  )
  expect(changed.ok).toBe(true)
  await story.run({ ms: 2_000 })
  // It closes what it held before: nothing of that was copied, so there is nothing to reduce.
  story.leader('sell', '0.020')
  story.leader('buy', '0.010')
  await story.run({ ms: 5_000 })
  expect(simulation.exchange.position('third', 'BTCUSDT').quantity).toBe(decimal('0.01'))
  expect(story.engine.context.state.sources.get(source.id)?.books.get('bybit:BTCUSDT/0')?.quantity).toBe(
    decimal('0.03'),
  )
})

test('[WA26] new sessions are made for an account, or for all of a venue, and everybody goes on', async () => {
  const story = await Story.begin({ seed: 66, setUpBy: 'people' })
  const { accounts } = story.engine.context.state
  const before = [...accounts.values()].map(({ session }) => session)
  const one = story.engine.resetSessions([followerOf(story).id, 'nobody' as AccountId], 'a person asked')
  await story.run({ ms: 3_000 })
  expect(await one).toBe(1)
  expect([...accounts.values()].map(({ session }, index) => session === before[index])).toEqual([true, false])
  const all = story.engine.resetVenue('bybit', null, 'a person asked')
  const none = story.engine.resetVenue('bybit', 'live', 'a person asked')
  await story.run({ ms: 3_000 })
  expect([await all, await none]).toEqual([2, 0])
  story.leader('buy', '0.010')
  await story.run({ ms: 3_000 })
  expect(story.held).toBe('0.01')
  expect(story.violations).toEqual([])
})

test('[WA27] what a person was told of is told to be over, once, also when it ends after a restart', async () => {
  // The venue forgets to answer for longer than anybody waits, and the server is started again meanwhile.
  const story = await Story.begin({ seed: 67, setUpBy: 'people' })
  const { simulation } = story
  simulation.faults.rates = { ...simulation.faults.rates, readFailed: 1 }
  simulation.faults.dropAnswer('order.create', { times: 1 })
  story.deafen(FOLLOWER)
  story.leader('buy', '0.010')
  await story.run({ ms: 60_000 })
  expect(story.notices).toEqual(['order_lost'])
  simulation.faults.rates = { ...simulation.faults.rates, readFailed: 0 }
  simulation.restart({ afterMs: 500 })
  await story.run({ ms: 60_000 })
  const { notices } = simulation.judge.ledger
  expect(notices.map(({ code, recovers }) => [code, recovers])).toEqual([
    ['order_lost', null],
    ['order_lost', notices[0]?.id],
  ])
  expect(story.violations).toEqual([])
})

test('[LM17] of reductions that wait for an account without a session a thousand are kept, and all are closed together', async () => {
  const story = await Story.begin({ seed: 62 })
  const { simulation } = story
  story.leader('buy', '2.000')
  await story.run({ ms: 2_000 })
  simulation.host.setKey(FOLLOWER, 'revoked')
  simulation.streamOf(FOLLOWER)?.drop(1)
  for (let sold = 0; sold < 1_010; sold += 1) {
    story.leader('sell', '0.001')
    await story.run({ ms: 20 })
  }
  await story.run({ ms: 1_000 })
  expect(story.outcomes.filter(outcome => outcome === 'reduce carried with_later')).toHaveLength(10)
  simulation.renewKey(FOLLOWER)
  await story.run({ ms: 20_000 })
  expect(story.held).toBe('0.99')
  expect(story.violations).toEqual([])
})
