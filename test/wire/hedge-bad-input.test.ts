import { expect, onTestFinished, test } from 'vitest'
import { decimal } from '../../src/domain/decimal.ts'
import { type DeskOptions, HedgeDesk, LEG_A, LEG_B } from './hedge-desk.ts'
import { eventually } from './lockstep.ts'

async function open(options: DeskOptions): Promise<HedgeDesk> {
  const desk = await HedgeDesk.open(options)
  onTestFinished(() => desk.close())
  return desk
}

/** What keeps a pair from its first order, and what it says. */
const MISFITS: readonly (DeskOptions & { readonly what: string; readonly says: RegExp })[] = [
  {
    what: 'a tolerance below the lot',
    pair: { tolerance: decimal('0.0001') },
    says: /tolerance 0\.0001 is below the smallest order of BTCUSDT, 0\.001\. Set it to that or more/,
  },
  {
    what: 'a market of another size scale',
    symbolB: 'DOGEUSDT',
    says: /tolerance 0\.01 is below the smallest order of DOGEUSDT/,
  },
  {
    what: "a ratio that gives less than B's lot",
    pair: { ratioBps: 100, tolerance: decimal('0.001') },
    says: /ratio makes an order of B that is below the smallest one of BTCUSDT.*Raise the ratio or the quantity/,
  },
  {
    what: "B's market halted",
    symbolB: 'ETHUSDT',
    prepare: ({ exchange }) => exchange.setSymbolStatus('ETHUSDT', 'delivering', Date.now()),
    says: /ETHUSDT is not listed or does not trade.*resume the pair when it does\.$/,
  },
  {
    what: 'a market that is not listed',
    symbolB: 'NOSUCHUSDT',
    says: /NOSUCHUSDT is not listed or does not trade\. Name a symbol that does/,
  },
]

test.each(MISFITS)(
  '[HG68] $what is refused before the first order, with what to do',
  async ({ says, ...options }) => {
    const desk = await open(options)
    await desk.paused()
    expect(desk.pair.state).toMatchObject({ pause: 'misfit', phase: 'paused' })
    await eventually(async () => (await desk.notices()).includes('pair_misfit'), 'it is told')
    const rows = await desk.lockstep.server.store.notices(100)
    expect(rows.find(({ code }) => code === 'pair_misfit')?.text).toMatch(says)
    expect(desk.count(LEG_A, 'received') + desk.count(LEG_B, 'received')).toBe(0)
    // Nor is the venue asked for a price that it does not have.
    expect(desk.lockstep.lines.map(({ event }) => event)).not.toContain('subscription_refused')
  },
)

test('[HG68] with a wrong key of B nothing is ordered on A, and the key is told of', async () => {
  const desk = await open({ keyB: { key: 'no-such-key', secret: 'nor-this' } })
  await eventually(async () => (await desk.notices()).includes('key_refused'), 'the key is told of')
  expect(desk.count(LEG_A, 'received') + desk.count(LEG_B, 'received')).toBe(0)
  // What A trades meanwhile by hand was before the pair could begin.
  expect(desk.pair.state).toMatchObject({ phase: 'idle', baseA: null })
})

test('[HG68] a depth that the book does not have makes A wait, and says so', async () => {
  const desk = await open({ quoting: { depthLevel: 150 } })
  await eventually(() => desk.pair.waitsFor?.includes('no level 150') === true, 'it says what it waits for')
  expect(desk.count(LEG_A, 'received')).toBe(0)
})

test('[HG68] without margin for B to follow A does not quote, and says so', async () => {
  const desk = await open({ depositB: '1' })
  await eventually(() => desk.pair.waitsFor?.includes('leverage cap') === true, 'it says what it waits for')
  expect(desk.count(LEG_A, 'received') + desk.count(LEG_B, 'received')).toBe(0)
})

test('[HG69] what A trades by hand while B has no margin pauses the pair with the reason, and nobody guesses', async () => {
  const desk = await open({ depositB: '1', quoting: null })
  await eventually(() => desk.pair.state.baseA !== null, 'the pair has begun')
  desk.tradeA('0.040')
  await desk.paused()
  expect(desk.pair.state.pause).toBe('hedge_failed')
  const [last] = (await desk.stored(LEG_B)).toReversed()
  expect([last?.status, last?.reason]).toEqual(['rejected', expect.stringMatching(/110007/)])
  await eventually(async () => (await desk.notices()).includes('account_b_hedge_failed'), 'it is told')
  expect(desk.held).toEqual(['0.04', '0'])
})
