import { describe, expect, test } from 'vitest'
import type { Credential } from '../../src/domain/account.ts'
import { decimal } from '../../src/domain/decimal.ts'
import { type DeskOptions, LEG_A, LEG_B, openDesk } from './hedge-desk.ts'
import { eventually } from './lockstep.ts'

interface Misfit {
  readonly what: string
  readonly options: DeskOptions
  readonly says: RegExp
}

/** What keeps a pair from its first order, and what it says. */
const MISFITS: readonly Misfit[] = [
  {
    what: 'a tolerance below the lot',
    options: { pair: { tolerance: decimal('0.0001') } },
    says: /tolerance 0\.0001 is below the smallest order of BTCUSDT, 0\.001\. Set it to that or more/,
  },
  {
    what: 'a market of another size scale',
    options: { symbolB: 'DOGEUSDT' },
    says: /tolerance 0\.01 is below the smallest order of DOGEUSDT/,
  },
  {
    what: "a ratio that gives less than B's lot",
    options: {
      pair: { ratioBps: 500, tolerance: decimal('0.001') },
      quoting: { quantity: decimal('0.010') },
    },
    says: /ratio makes an order of B that is below the smallest one of BTCUSDT.*Raise the ratio or the quantity/,
  },
  {
    what: "B's market halted",
    options: {
      symbolB: 'ETHUSDT',
      prepare: exchange => exchange.setSymbolStatus('ETHUSDT', 'delivering', Date.now()),
    },
    says: /ETHUSDT is not listed or does not trade.*resume the pair when it does\.$/,
  },
  {
    what: 'a market that is not listed',
    options: { symbolB: 'NOSUCHUSDT' },
    says: /bybit:NOSUCHUSDT is not listed or does not trade\. Name a symbol that does/,
  },
  {
    what: "a tolerance below Lighter's smallest order",
    options: { b: 'lighter', pair: { tolerance: decimal('0.0001') } },
    says: /tolerance 0\.0001 is below the smallest order of BTC, 0\.0002\. Set it to that or more/,
  },
  {
    what: 'a market of another size scale at Lighter',
    options: { b: 'lighter', symbolB: 'SOL', pair: { tolerance: decimal('1') } },
    says: /SOL counts in another scale than BTCUSDT\. Set the ratio to what one of A is in B/,
  },
  {
    what: "a ratio that gives less than Lighter's smallest order",
    options: {
      b: 'lighter',
      pair: { ratioBps: 300, tolerance: decimal('0.001') },
      quoting: { quantity: decimal('0.005') },
    },
    says: /ratio makes an order of B that is below the smallest one of BTC, 0\.0002\. Raise the ratio or the quantity/,
  },
  {
    what: "B's market halted at Lighter",
    options: {
      b: 'lighter',
      symbolB: 'ETH',
      prepare: exchange => exchange.setSymbolStatus('ETH', 'delivering', Date.now()),
    },
    says: /ETH does not trade\. Resume the pair when it does\.$/,
  },
  {
    what: 'a market that Lighter does not list',
    options: { b: 'lighter', symbolB: 'BTCUSDT' },
    says: /lighter:BTCUSDT is not listed or does not trade\. Name a symbol that does/,
  },
]

test.concurrent.for(MISFITS)(
  '[HG68] $what is refused before the first order, with what to do',
  async ({ says, options }, { onTestFinished }) => {
    const desk = await openDesk(options, onTestFinished)
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

interface WrongKey {
  readonly what: string
  readonly legs: Pick<DeskOptions, 'a' | 'b'>
  readonly keyB: (right: Credential) => Credential
  readonly says: RegExp
}

const WRONG_KEYS: readonly WrongKey[] = [
  {
    what: 'a wrong key',
    legs: {},
    keyB: () => ({ key: 'no-such-key', secret: 'nor-this' }),
    says: /key of account leg-b is refused/,
  },
  {
    what: 'a wrong private key among three of Lighter',
    legs: { b: 'lighter' },
    keyB: ({ key, secret }) => {
      const [quotes, cancels] = secret.split(',')
      return { key, secret: [quotes, cancels, quotes].join(',') }
    },
    says: /does not have this private key at index \d+ \(hedges\)\. See Lighter's page for API keys/,
  },
  {
    what: 'a wrong account index',
    legs: { b: 'lighter' },
    keyB: ({ key, secret }) => ({ key: key.replace(/^\d+/, '999'), secret }),
    says: /to key index \d+ of account 999\. See Lighter's page for API keys, and whether the account index is right/,
  },
  {
    what: "somebody else's account index",
    legs: { a: 'lighter', b: 'lighter' },
    // A's was made right before it.
    keyB: ({ key, secret }) => ({ key: key.replace(/^\d+/, index => String(Number(index) - 1)), secret }),
    says: /"invalid signature" to key index \d+ of account \d+\. See Lighter's page for API keys, and whether the account index is right/,
  },
  {
    what: 'a key that is not written as Lighter wants it',
    legs: { b: 'lighter' },
    keyB: ({ secret }) => ({ key: 'no-such-key', secret }),
    says: /not an account index with key indexes\. Give "<account index>:<key index>,<key index>,<key index>"/,
  },
]

test.concurrent.for(WRONG_KEYS)(
  '[HG68] with $what of B nothing is ordered on A, and the key is told of',
  async ({ says, legs, keyB }, { onTestFinished }) => {
    const desk = await openDesk({ ...legs, keyB }, onTestFinished)
    await eventually(async () => (await desk.notices()).includes('key_refused'), 'the key is told of')
    const rows = await desk.lockstep.server.store.notices(100)
    expect(rows.find(({ code }) => code === 'key_refused')?.text).toMatch(says)
    expect(desk.count(LEG_A, 'received') + desk.count(LEG_B, 'received')).toBe(0)
    // What A trades meanwhile by hand was before the pair could begin.
    expect(desk.pair.state).toMatchObject({ phase: 'idle', baseA: null })
  },
)

test.concurrent('[HG68] a depth that the book does not have makes A wait, and says so', async ({
  onTestFinished,
}) => {
  const desk = await openDesk({ quoting: { depthLevel: 150 } }, onTestFinished)
  await eventually(() => desk.pair.waitsFor?.includes('no level 150') === true, 'it says what it waits for')
  expect(desk.count(LEG_A, 'received')).toBe(0)
})

describe.concurrent.each([
  { b: 'bybit', words: /110007/ },
  { b: 'lighter', words: /21739 not enough margin/ },
] as const)('B at $b without margin', ({ b, words }) => {
  test('[HG68] keeps A from quoting, and says so', async ({ onTestFinished }) => {
    const desk = await openDesk({ b, depositB: '1' }, onTestFinished)
    await eventually(() => desk.pair.waitsFor?.includes('leverage cap') === true, 'it says what it waits for')
    expect(desk.count(LEG_A, 'received') + desk.count(LEG_B, 'received')).toBe(0)
  })

  test('[HG69] pauses the pair with the reason when A trades by hand, and nobody guesses', async ({
    onTestFinished,
  }) => {
    const desk = await openDesk({ b, depositB: '1', quoting: null }, onTestFinished)
    await eventually(() => desk.pair.state.baseA !== null, 'the pair has begun')
    desk.tradeA('0.040')
    await desk.paused()
    expect(desk.pair.state.pause).toBe('hedge_failed')
    const [last] = (await desk.stored(LEG_B)).toReversed()
    expect([last?.status, last?.reason]).toEqual(['rejected', expect.stringMatching(words)])
    await eventually(async () => (await desk.notices()).includes('account_b_hedge_failed'), 'it is told')
    expect(desk.held).toEqual(['0.04', '0'])
  })
})
