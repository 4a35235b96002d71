import { expect, test } from 'vitest'
import { ZERO } from '../../../src/domain/decimal.ts'
import type { Order } from '../../../src/domain/order.ts'
import type { Write } from '../../../src/ports/store.ts'
import { FOLLOWER, Story } from '../story.ts'

/** A story that has opened something, its last order, and what the judge says when it is told an untruth. */
async function begun(): Promise<{ story: Story; order: Order; told: () => readonly string[] }> {
  const story = await Story.begin({ seed: 71 })
  story.leader('buy', '0.010')
  await story.run({ ms: 2_000 })
  const order = story.orders.at(-1)
  if (order === undefined) throw new Error('the story opens something')
  const { violations } = story.simulation.judge
  expect(violations).toEqual([])
  return { story, order, told: () => [...new Set(violations.map(({ invariant }) => invariant))] }
}

function inserted(order: Order, over: Partial<Order>): readonly Write[] {
  return [{ kind: 'intent_insert', row: { ...order, ...over } }]
}

test('[SM8] a claim under an older lease than the last one is noticed (I13)', async () => {
  const { story, order, told } = await begun()
  const claim = order.claim === null ? null : { ...order.claim, leaseEpoch: 0 }
  story.simulation.judge.durable(inserted(order, { intentId: 'again' as Order['intentId'], claim }))
  expect(told()).toContain('I13')
})

test('[SM8] an opening of what was closed from outside is noticed (I9)', async () => {
  const { story, order, told } = await begun()
  story.owner('sell', '0.010')
  await story.run({ ms: 2_000 })
  expect(story.link?.stopped).toBe(true)
  story.simulation.judge.durable(inserted(order, { intentId: 'again' as Order['intentId'] }))
  expect(told()).toContain('I9')
})

test('[SM8] an opening that leaves while the mode is not on is noticed (I9)', async () => {
  const { story, order, told } = await begun()
  const { judge } = story.simulation
  for (const row of judge.ledger.links.values())
    judge.ledger.apply([{ kind: 'link', row: { ...row, mode: 'close_only' } }])
  if (order.claim !== null) judge.sent(FOLLOWER, { ...order, claim: order.claim })
  expect(told()).toContain('I9')
})

test('[SM8] an order told as copied that the exchange has not filled whole is noticed (I5)', async () => {
  const { story, order, told } = await begun()
  const { judge } = story.simulation
  const [decision] = judge.ledger.decisions.values()
  if (decision === undefined) throw new Error('the story decides something')
  const intent = { ...order, intentId: 'larger' as Order['intentId'], quantity: order.quantity * 2n }
  judge.ledger.apply([{ kind: 'intent_insert', row: intent as Order }])
  judge.durable([{ kind: 'decision', row: { ...decision, outcome: 'copied', intentId: intent.intentId } }])
  expect(told()).toContain('I5')
})

test('[SM8] what was acknowledged and is not there is noticed (I11)', async () => {
  const { story, order, told } = await begun()
  story.simulation.judge.acknowledged(inserted(order, { intentId: 'lost' as Order['intentId'] }))
  expect(told()).toContain('I11')
})

test('[SM9] an exit that nothing keeps and nobody sends is noticed (I15)', async () => {
  // The engine forgets that there is something to close: what it holds stays where it is, second after second.
  const { story, told } = await begun()
  for (const { link } of story.simulation.process?.engine?.context.state.holdings.values() ?? [])
    if (link !== null) link.state = { ...link.state, desired: ZERO }
  await story.run({ ms: 3_000 })
  expect(told()).toContain('I15')
})
