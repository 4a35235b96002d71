import { describe, expect, test } from 'vitest'
import { decimal, formatDecimal, fromUnits, multiply } from '../../src/domain/decimal.ts'
import { costBps, unhedgedMs } from '../../src/domain/pair.ts'
import { LEG_A, LEG_B, PairStory } from '../simulation/pair-story.ts'

describe('mirror', () => {
  test('[HG1] [HG3] [HG19] [HG22] whatever A trades, B holds the other way round at once, and the round says what it cost', async () => {
    const story = await PairStory.begin({ seed: 300 })
    story.tradeA('buy', '0.010')
    await story.run({ ms: 1_000 })
    expect(story.held).toEqual(['0.01', '-0.01'])
    story.tradeA('sell', '0.030')
    await story.run({ ms: 1_000 })
    expect(story.held).toEqual(['-0.02', '0.02'])
    expect(story.told).toEqual(['hedge sell 0.01 filled', 'hedge buy 0.03 filled'])
    expect(story.rounds.map(({ number, outcome, attempts }) => [number, outcome, attempts.length])).toEqual([
      [1, 'hedged', 1],
      [2, 'hedged', 1],
    ])
    for (const round of story.rounds) {
      expect(unhedgedMs(round)).toBeLessThan(200)
      expect(costBps(round)).not.toBeNull()
    }
    expect(story.notices).toEqual(expect.arrayContaining(['account_a_filled', 'account_b_filled']))
    expect(story.state).toMatchObject({ phase: 'idle', pause: null, unhedgedSince: null, rounds: 2 })
    expect(story.violations).toEqual([])
  })

  test('[HG22] an order that trades in pieces is told once, with its whole quantity and average price', async () => {
    const story = await PairStory.begin({ seed: 299 })
    story.tradeA('buy', '1')
    await story.run({ ms: 1_000 })
    const { notices, fills } = story.simulation.judge.ledger
    const pieces = [...fills.values()].filter(({ fill }) => fill.side === 'buy')
    expect(pieces.length).toBeGreaterThan(1)
    const told = notices.filter(({ code }) => code === 'account_a_filled')
    const paid = pieces.reduce((sum, { fill }) => sum + multiply(fill.quantity, fill.fillPrice), 0n)
    expect(told.map(({ details }) => details)).toMatchObject([
      {
        quantity: '1',
        quoteQuantity: formatDecimal(fromUnits(paid)),
        averagePrice: formatDecimal(fromUnits(paid)),
      },
    ])
    expect(story.held).toEqual(['1', '-1'])
    expect(story.violations).toEqual([])
  })

  test('[HG25] what somebody trades on B is corrected', async () => {
    const story = await PairStory.begin({ seed: 301 })
    story.tradeA('buy', '0.010')
    await story.run({ ms: 1_000 })
    story.tradeB('buy', '0.010')
    await story.run({ ms: 1_000 })
    expect(story.held).toEqual(['0.01', '-0.01'])
    expect(story.violations).toEqual([])
  })

  test('[HG4] [HG8] a hedge whose request is lost is proven dead before the next one, and only once is B traded', async () => {
    const story = await PairStory.begin({ seed: 302 })
    story.simulation.faults.dropRequest('order.create', { times: 1 })
    story.tradeA('buy', '0.010')
    await story.run({ ms: 2_000 })
    expect([story.told, story.held]).toEqual([['hedge sell 0.01 in_doubt'], ['0.01', '0']])
    await story.run({ ms: 20_000 })
    expect([story.told, story.held]).toEqual([
      ['hedge sell 0.01 never_accepted', 'hedge sell 0.01 filled'],
      ['0.01', '-0.01'],
    ])
    expect(story.violations).toEqual([])
  })

  test('[HG4] a hedge whose answer is lost is found, not sent again', async () => {
    const story = await PairStory.begin({ seed: 303 })
    story.simulation.faults.dropAnswer('order.create', { times: 1 })
    story.tradeA('buy', '0.010')
    await story.run({ ms: 20_000 })
    expect([story.told, story.held]).toEqual([['hedge sell 0.01 filled'], ['0.01', '-0.01']])
    expect(story.violations).toEqual([])
  })

  test('[HG8] [HG10] [HG12] [HG22] B without margin: three attempts, a pause that outlives a restart, and both legs closed', async () => {
    const story = await PairStory.begin({ seed: 304, depositB: '1' })
    story.tradeA('buy', '0.010')
    await story.run({ ms: 10_000 })
    expect(story.told).toEqual(Array.from({ length: 3 }, () => 'hedge sell 0.01 rejected'))
    expect(story.state).toMatchObject({ phase: 'paused', pause: 'hedge_failed' })
    expect(story.notices).toContain('account_b_hedge_failed')
    story.simulation.restart({ afterMs: 500 })
    await story.run({ ms: 10_000 })
    expect(story.state).toMatchObject({ phase: 'paused', pause: 'hedge_failed' })
    await story.run({ ms: 25_000 })
    expect([story.held, story.state.phase, story.state.pause]).toEqual([['0', '0'], 'paused', 'force_closed'])
    expect(story.told.at(-1)).toBe('exit sell 0.01 filled')
    expect(story.rounds.at(-1)?.outcome).toBe('closed')
    const resumed = story.resume()
    await story.run({ ms: 1_000 })
    expect([(await resumed).ok, story.state.pause]).toEqual([true, null])
    expect(story.violations).toEqual([])
  })

  test('[HG4] what stands between two tries is counted by a clock that nobody sets', async () => {
    const story = await PairStory.begin({ seed: 309, depositB: '1' })
    story.tradeA('buy', '0.010')
    for (let step = 0; step < 200 && story.told.length === 0; step += 1) await story.run({ ms: 1 })
    expect(story.told).toEqual(['hedge sell 0.01 submitted'])
    story.simulation.clock.jump(2_000)
    await story.run({ ms: 500 })
    expect(story.told).toEqual(['hedge sell 0.01 rejected'])
    // Nothing is stamped before the venue's time has been measured anew.
    await story.run({ ms: 20_000 })
    expect(story.told.slice(0, 2)).toEqual(['hedge sell 0.01 rejected', 'hedge sell 0.01 rejected'])
    expect(story.violations).toEqual([])
  })

  test('[HG20] killed between A and B, it hedges when it is back', async () => {
    const story = await PairStory.begin({ seed: 305 })
    story.simulation.kill()
    story.tradeA('buy', '0.010')
    await story.run({ ms: 1_000 })
    story.simulation.start()
    await story.run({ ms: 5_000 })
    expect([story.told, story.held]).toEqual([['hedge sell 0.01 filled'], ['0.01', '-0.01']])
    expect(story.violations).toEqual([])
  })

  test('[HG24] a B that does not answer is waited for, and the force-close time runs', async () => {
    const story = await PairStory.begin({ seed: 306, symbolB: 'ETHUSDT' })
    story.simulation.setTrading('ETHUSDT', false)
    story.simulation.restart({ afterMs: 100 })
    await story.run({ ms: 3_000 })
    expect(story.state.pause).toBe('misfit')
    expect(story.notices).toContain('pair_misfit')
    expect(story.violations).toEqual([])
  })

  test('[HG27] what is to be closed is closed though the list of instruments still calls the market halted', async () => {
    const story = await PairStory.begin({ seed: 308 })
    story.simulation.setTrading('BTCUSDT', false)
    story.simulation.restart({ afterMs: 100 })
    await story.run({ ms: 3_000 })
    story.simulation.setTrading('BTCUSDT', true)
    story.tradeA('buy', '0.010')
    await story.run({ ms: 1_000 })
    expect([story.state.pause, story.held]).toEqual(['misfit', ['0.01', '0']])
    void story.engine.pairHands.flatten(story.id)
    await story.run({ ms: 5_000 })
    expect([story.held, story.state.phase, story.state.pause]).toEqual([['0', '0'], 'paused', 'flattened'])
    expect(story.violations).toEqual([])
  })

  test('[HG23] a flattened pair is closed on both legs and stays paused; a flattened account stops its pair', async () => {
    const story = await PairStory.begin({ seed: 307 })
    story.tradeA('buy', '0.010')
    await story.run({ ms: 1_000 })
    const flattened = story.engine.pairHands.flatten(story.id, null)
    await story.run({ ms: 5_000 })
    expect([(await flattened).ok, story.held]).toEqual([true, ['0', '0']])
    expect(story.state).toMatchObject({ phase: 'paused', pause: 'flattened' })
    story.tradeA('buy', '0.010')
    await story.run({ ms: 40_000 })
    expect(story.held).toEqual(['0.01', '0'])
    expect(story.violations).toEqual([])
  })
})

describe('by hand', () => {
  test('[HG40] [HG43] one leg is closed and the other stays; resumed, B follows A again', async () => {
    const story = await PairStory.begin({ seed: 330 })
    story.tradeA('buy', '0.010')
    await story.run({ ms: 1_000 })
    const asked = story.engine.pairHands.closes(story.id, null)
    expect(
      asked.ok && asked.value.map(({ leg, side, quantity }) => [leg, side, formatDecimal(quantity)]),
    ).toEqual([
      ['a', 'sell', '0.01'],
      ['b', 'buy', '0.01'],
    ])
    expect(story.state).toMatchObject({ phase: 'idle', pause: null })
    const flattened = story.engine.pairHands.flatten(story.id, 'b')
    await story.run({ ms: 5_000 })
    expect([(await flattened).ok, story.held]).toEqual([true, ['0.01', '0']])
    expect(story.state).toMatchObject({ phase: 'paused', pause: 'flattened', closingLeg: null })
    // It is as unhedged as it looks, and stays so: somebody wanted it.
    await story.run({ ms: 60_000 })
    expect([story.held, story.state.unhedgedSince === null]).toEqual([['0.01', '0'], false])
    const resumed = story.resume()
    await story.run({ ms: 5_000 })
    expect([(await resumed).ok, story.held]).toEqual([true, ['0.01', '-0.01']])
    expect(story.violations).toEqual([])
  })

  test('[HG45] the notice of a hedge that failed names the order, what B lacks and the words of the venue', async () => {
    const story = await PairStory.begin({ seed: 331, depositB: '1' })
    story.tradeA('buy', '0.010')
    await story.run({ ms: 10_000 })
    const { notices } = story.simulation.judge.ledger
    const failed = notices.find(({ code }) => code === 'account_b_hedge_failed')
    expect(failed?.text).toContain('The venue says: ')
    expect(failed?.details).toEqual({
      pair: 'pair',
      account: LEG_B,
      instrument: 'bybit:BTCUSDT',
      order: story.orders.at(-1)?.clientOrderId,
      quantity: '0.01',
      quoteQuantity: null,
      averagePrice: null,
      side: 'sell',
      reason: 'hedge_failed',
      attempts: 3,
      at: expect.any(Number),
    })
    const filled = notices.find(({ code }) => code === 'account_a_filled')
    expect(filled?.details).toMatchObject({
      pair: 'pair',
      account: LEG_A,
      side: 'buy',
      quantity: '0.01',
      attempts: 0,
    })
    const { quoteQuantity, averagePrice } = filled?.details ?? {}
    expect(Number(quoteQuantity)).toBeCloseTo(0.01 * Number(averagePrice), 6)
  })

  test('[HG47] on a machine that is slow between two lines, the next attempt is not forgotten', async () => {
    for (const slowMs of [3, 7, 11, 17, 23, 29]) {
      const story = await PairStory.begin({ seed: 340, depositB: '1', pair: { retryEveryMs: 50 } })
      const { context } = story.engine
      const read = context.monotonic.bind(context)
      let lostMs = 0
      context.monotonic = () => {
        lostMs += slowMs
        return read() + lostMs
      }
      story.tradeA('buy', '0.010')
      await story.run({ ms: 5_000 })
      expect([slowMs, story.state.pause]).toEqual([slowMs, 'hedge_failed'])
    }
  })

  test('[HG46] who resumes a pair that is not paused changes nothing', async () => {
    const story = await PairStory.begin({ seed: 333, depositB: '1' })
    story.tradeA('buy', '0.010')
    await story.run({ ms: 1_500 })
    const { attempts, unhedgedSince, pause } = story.state
    expect([attempts > 0, unhedgedSince === null, pause]).toEqual([true, false, null])
    const resumed = story.resume()
    await story.run({ ms: 10 })
    expect((await resumed).ok).toBe(true)
    expect(story.state).toMatchObject({ attempts, unhedgedSince })
  })

  test('[HG44] who watches sees every change when it is durable, and the state of the accounts', async () => {
    const story = await PairStory.begin({ seed: 332 })
    const seen: string[] = []
    const watching = story.engine.pairs.watch(story.id, () => {
      seen.push(story.state.phase)
    })
    expect([watching?.state, watching?.view.gap]).toEqual(['live', decimal('0')])
    story.tradeA('buy', '0.010')
    await story.run({ ms: 1_000 })
    expect(seen).toContain('hedging')
    expect(watching?.view).toMatchObject({
      a: decimal('0.01'),
      b: decimal('-0.01'),
      gap: decimal('0'),
      unhedged: decimal('0'),
      round: { outcome: 'hedged', number: 1 },
    })
    expect(story.engine.pairs.view(story.id)).toBe(watching?.view)
    watching?.end()
    const { length } = seen
    story.tradeA('sell', '0.010')
    await story.run({ ms: 1_000 })
    expect(seen).toHaveLength(length)
  })
})

test('[HG18] a tolerance below the lot is refused before the first order', async () => {
  const story = await PairStory.begin({ seed: 320, pair: { tolerance: decimal('0.0001') } })
  story.tradeA('buy', '0.010')
  await story.run({ ms: 2_000 })
  expect([story.told, story.state.pause]).toEqual([[], 'misfit'])
})
