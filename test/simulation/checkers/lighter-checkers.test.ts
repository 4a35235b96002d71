import { expect, test } from 'vitest'
import { ZERO } from '../../../src/domain/decimal.ts'
import type { ClientOrderId, IntentId } from '../../../src/domain/ids.ts'
import type { Order } from '../../../src/domain/order.ts'
import { must } from '../../../src/domain/result.ts'
import { LEG_B, PairStory } from '../pair-story.ts'
import { LIGHTER } from '../venue-kinds.ts'

/** A pair on Lighter that has hedged 0.01, and an order of B's as the next would be. */
async function hedged(seed: number): Promise<{ readonly story: PairStory; readonly next: Order }> {
  const story = await PairStory.begin({ seed, venueKind: LIGHTER })
  story.tradeA('buy', '0.01')
  await story.run({ ms: 1_000 })
  expect(told(story)).toEqual([])
  const hedge = must(story.orders[0], 'the story hedges')
  const clientOrderId = String(BigInt(hedge.clientOrderId) + 1n) as ClientOrderId
  const isNew = { status: 'submitted', filled: ZERO, reportedFilled: ZERO } as const
  return { story, next: { ...hedge, ...isNew, intentId: 'next' as IntentId, clientOrderId } }
}

function told({ simulation }: PairStory): readonly string[] {
  return simulation.judge.violations.map(({ invariant, text }) => `${invariant}: ${text}`)
}

/** It arrives at the exchange, and is called absent as soon as the deadline and the lag allow. */
async function absent({ simulation }: PairStory, close: Order): Promise<void> {
  const { judge, host } = simulation
  judge.durable([{ kind: 'intent_insert', row: close }])
  const { side, quantity, reduceOnly, clientOrderId } = close
  const order = { side, quantity, reduceOnly, clientOrderId, type: 'market', timeInForce: 'ioc' } as const
  const [symbol] = LIGHTER.symbols
  host.act((exchange, at) =>
    exchange.submit(LEG_B, { ...order, symbol, postOnly: false, limitPrice: null }, at),
  )
  await simulation.run({ ms: 11_000 })
  judge.durable([{ kind: 'intent_update', row: { ...close, status: 'never_accepted' } }])
}

test('[SM8] a close that came in vain and vanished may be called absent, and one that closed something may not (I10)', async () => {
  const close = { purpose: 'exit', reduceOnly: true } as const
  const vain = await hedged(340)
  await absent(vain.story, { ...vain.next, ...close, side: 'sell' })
  expect(told(vain.story).join()).not.toContain('I10')
  const real = await hedged(340)
  await absent(real.story, { ...real.next, ...close, side: 'buy' })
  expect(told(real.story).join()).toContain('became never_accepted against the evidence of the exchange')
})

test('[SM8] an id that is no number of the installation is noticed (I2)', async () => {
  const { story, next } = await hedged(341)
  const { judge } = story.simulation
  judge.durable([{ kind: 'intent_insert', row: next }])
  expect(told(story).join()).not.toContain('no number')
  const clientOrderId = String(BigInt(next.clientOrderId) + 2n ** 32n) as ClientOrderId
  judge.durable([{ kind: 'intent_insert', row: { ...next, clientOrderId } }])
  expect(told(story).join()).toContain(`I2: ${clientOrderId} is no number of this installation`)
})
