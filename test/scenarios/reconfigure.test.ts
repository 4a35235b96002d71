import { expect, test } from 'vitest'
import { decimal } from '../../src/domain/decimal.ts'
import type { AccountId, LinkId, NoticeId } from '../../src/domain/ids.ts'
import { must } from '../../src/domain/result.ts'
import { LINK, STRATEGY, Story } from '../simulation/story.ts'

const RESTING = { kind: 'limit_follow', discountBps: 100, maximumOpenOrders: 5 } as const

test('[WA1] what people set up is in force at once, and after a restart', async () => {
  const story = await Story.begin({ seed: 50, setUpBy: 'people' })
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  expect(story.held).toBe('0.01')
  story.simulation.restart({ afterMs: 500 })
  await story.run({ ms: 5_000 })
  story.leader('buy', '0.020')
  await story.run({ ms: 2_000 })
  expect(story.held).toBe('0.03')
  expect(story.violations).toEqual([])
})

test('[WA2] a link that is made at run time begins behind what its source has counted', async () => {
  // What the leader bought before is not the link's business, what it closes of that neither.
  const story = await Story.begin({ seed: 51, setUpBy: 'people' })
  const { accountId } = must(story.engine.roster().links[0], 'a story has one link')
  await story.change({ kind: 'remove', id: LINK })
  story.leader('buy', '0.050')
  await story.run({ ms: 2_000 })
  const row = { id: 'again' as LinkId, strategyId: STRATEGY, accountId, mode: 'on', sizing: null } as const
  await story.change({ kind: 'put_link', row })
  expect(story.held).toBe('0')
  story.leader('sell', '0.010')
  story.leader('buy', '0.030')
  await story.run({ ms: 2_000 })
  expect(story.held).toBe('0.03')
  expect(story.violations).toEqual([])
})

test('[WA3] a link that is made while fills are being counted misses none and takes none twice', async () => {
  // The disk is slow: fills on both sides of the change are on their way when it is decided.
  const story = await Story.begin({ seed: 52, commitDelayMs: () => 40 })
  const { accounts, strategies } = story.engine.roster()
  const [strategyId, accountId] = [strategies[0]?.id, accounts[0]?.id]
  story.simulation.exchange.createAccount('late', decimal('100000'))
  const late = { ...must(accounts[1], 'two accounts'), id: 'late-1' as AccountId, name: 'late' }
  const row = { id: 'late-link' as LinkId, accountId: late.id, mode: 'on', sizing: null } as const
  for (let count = 0; count < 20; count += 1) {
    story.leader('buy', '0.010')
    await story.run({ ms: 15 })
    if (count === 8)
      void story.engine.reconfigure([
        { kind: 'put_account', row: late },
        { kind: 'put_link', row: { ...row, strategyId: must(strategyId, 'one strategy') } },
      ])
  }
  expect(accountId).toBeDefined()
  await story.run({ ms: 10_000 })
  const link = must(
    story.engine.roster().links.find(({ id }) => id === row.id),
    'the change was taken',
  )
  const counted = must(story.engine.context.state.sources.values().next().value, 'one source').lastSequence
  expect(link.startSequence).toBeGreaterThan(0)
  expect(link.startSequence).toBeLessThan(counted)
  const ranges = [...story.simulation.judge.ledger.decisions.values()].filter(
    ({ linkId }) => linkId === row.id,
  )
  expect(Math.min(...ranges.map(({ firstFill }) => firstFill))).toBe(link.startSequence + 1)
  expect(story.violations).toEqual([])
})

test('[WA9] a link that holds something stays until it is flat or abandoned; then that is the owner’s own', async () => {
  const story = await Story.begin({ seed: 58, setUpBy: 'people' })
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  const refused = await story.change({ kind: 'remove', id: LINK })
  expect(refused).toMatchObject({ ok: false, error: { kind: 'conflict' } })
  expect(refused.ok ? [] : refused.error.messages).toEqual([
    'Account "follower-1" still holds or trades BTCUSDT by "strategy". Set the link to close_only until it is flat, or abandon what it holds.',
  ])
  expect((await story.change({ kind: 'remove', id: LINK, abandon: true })).ok).toBe(true)
  story.leader('sell', '0.010')
  await story.run({ ms: 5_000 })
  expect(story.held).toBe('0.01')
  expect(story.violations).toEqual([])
})

test('[WA28] a change of a link that was removed at the same time does not bring it back', async () => {
  const story = await Story.begin({ seed: 58, setUpBy: 'people' })
  const link = must(story.engine.roster().links[0], 'it follows')
  const { id, strategyId, accountId, sizing } = link
  const removing = story.change({ kind: 'remove', id })
  const late = await story.change({
    kind: 'put_link',
    row: { id, strategyId, accountId, sizing, mode: 'off' },
  })
  expect([(await removing).ok, late]).toMatchObject([true, { ok: false, error: { kind: 'unknown' } }])
  expect(story.engine.roster().links).toEqual([])
})

test('[WA10] what rests of a removed link is cancelled, and its increases get their outcome', async () => {
  const story = await Story.begin({ seed: 59, setUpBy: 'people', strategy: { entry: RESTING } })
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  expect((await story.change({ kind: 'remove', id: LINK })).ok).toBe(true)
  await story.run({ ms: 3_000 })
  expect(story.orders.map(({ status }) => status)).toEqual(['canceled'])
  expect(story.outcomes).toEqual(['increase forgone ended_short'])
  expect(story.violations).toEqual([])
})

test('[WA11] what config.yaml sets is refused with where to change it, what is unknown with its id', async () => {
  const story = await Story.begin({ seed: 60 })
  const { links, strategies, accounts } = story.engine.roster()
  const strategy = must(strategies[0], 'one strategy')
  const { id: _, ...others } = strategy
  const mode = await story.change({ kind: 'set_mode', id: strategy.id, mode: 'off' })
  expect(mode).toEqual({
    ok: false,
    error: {
      kind: 'file',
      messages: ['"strategy" is set in config.yaml; change it there, and start again.'],
    },
  })
  const link = await story.change({ kind: 'remove', id: must(links[0], 'one link').id })
  expect(link).toMatchObject({ error: { kind: 'file' } })
  expect(await story.change({ kind: 'remove', id: 'nobody' as LinkId })).toMatchObject({
    error: { kind: 'unknown' },
  })
  const double = await story.change({ kind: 'put_strategy', row: { ...others, id: STRATEGY } })
  expect(double).toMatchObject({ error: { kind: 'conflict' } })
  const second = {
    id: LINK,
    strategyId: strategy.id,
    accountId: must(accounts[1], 'two').id,
    mode: 'on',
    sizing: null,
  } as const
  const twice = await story.change({ kind: 'put_link', row: second })
  expect(twice.ok ? [] : twice.error.messages).toEqual([
    'Account "follower-1" already follows "strategy" with symbols that "strategy" trades too. Give each its own allowedSymbols, or remove one link.',
  ])
  expect(story.violations).toEqual([])
})

test('[WA13] rows that come alongside are durable with the change, or neither is', async () => {
  const story = await Story.begin({ seed: 62, setUpBy: 'people' })
  const notice = {
    id: 'told' as NoticeId,
    code: 'told',
    level: 'info',
    accountId: null,
    instrumentId: null,
    text: 'Somebody paused it.',
    action: 'Nothing.',
    details: null,
    recovers: null,
    at: 0,
    acknowledgedAt: null,
    acknowledgedBy: null,
  } as const
  const change = { kind: 'set_mode', id: STRATEGY, mode: 'off' } as const
  story.simulation.store.failNext({ durable: false })
  const failed = story.engine.reconfigure([change], [{ kind: 'notice', row: notice }])
  await story.run({ ms: 100 })
  expect(await failed).toMatchObject({ error: { kind: 'unavailable' } })
  await story.run({ ms: 5_000 })
  expect(story.notices).toEqual([])
  expect(story.engine.roster().strategies[0]?.mode).toBe('on')
  const taken = story.engine.reconfigure([change], [{ kind: 'notice', row: notice }])
  await story.run({ ms: 100 })
  expect((await taken).ok).toBe(true)
  expect(story.notices).toEqual(['told'])
  expect(story.simulation.judge.ledger.strategies.get(STRATEGY)?.mode).toBe('off')
})

test('[WA14] changes that come together are made one after the other, each on what the former left', async () => {
  const story = await Story.begin({ seed: 63, setUpBy: 'people', commitDelayMs: () => 20 })
  const answers = [
    story.engine.reconfigure([{ kind: 'remove', id: LINK }]),
    story.engine.reconfigure([{ kind: 'set_mode', id: LINK, mode: 'off' }]),
    story.engine.reconfigure([{ kind: 'remove', id: STRATEGY }]),
  ]
  await story.run({ ms: 1_000 })
  expect((await Promise.all(answers)).map(answer => (answer.ok ? 'ok' : answer.error.kind))).toEqual([
    'ok',
    'unknown',
    'ok',
  ])
  expect(story.engine.roster()).toMatchObject({ strategies: [], links: [] })
  expect(story.violations).toEqual([])
})

test('[WA15] more than a hundred changes that wait are told to come again', async () => {
  const story = await Story.begin({ seed: 64, setUpBy: 'people' })
  const answers = Array.from({ length: 101 }, () =>
    story.engine.reconfigure([{ kind: 'set_mode', id: LINK, mode: 'off' }]),
  )
  expect(await answers[100]).toMatchObject({ error: { kind: 'unavailable' } })
  await story.run({ ms: 1_000 })
  expect((await Promise.all(answers)).filter(({ ok }) => ok)).toHaveLength(100)
})
