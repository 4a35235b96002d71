import { expect, test } from 'vitest'
import { add, type Decimal, decimal, ZERO } from '../../../src/domain/decimal.ts'
import type { Decision } from '../../../src/domain/decision.ts'
import { instrumentId, type SignalId, type SourceId, type TradeId } from '../../../src/domain/ids.ts'
import type { LinkState } from '../../../src/domain/link-state.ts'
import type { Order, Side } from '../../../src/domain/order.ts'
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

test('[SM8] a signal that was answered and is not there is noticed (I11)', async () => {
  const { story, told } = await begun()
  story.simulation.judge.answered({
    id: 'lost' as SignalId,
    sourceId: 'source' as SourceId,
    externalId: 'theirs',
    digest: '',
    instrumentId: instrumentId('bybit', 'BTCUSDT'),
    action: { kind: 'target', quantity: ZERO },
    signalPrice: null,
    at: 0,
    receivedAt: 0,
    status: 'pending',
    reason: null,
  })
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

test('[SM8] an increase that is not what its sizing makes of the fill is noticed (I15)', async () => {
  const { story, told } = await begun()
  const { judge } = story.simulation
  judge.durable(followed(story, { side: 'buy', at: 1 }, { quantity: decimal('0.020') }))
  expect(told()).toEqual(['I15'])
})

test('[SM8] an increase that goes on wanting what its leader has sold is noticed (I17)', async () => {
  const { story, told } = await begun()
  const { judge } = story.simulation
  judge.durable(followed(story, { side: 'buy', at: 1 }, { quantity: decimal('0.010') }))
  expect(told()).toEqual([])
  judge.durable(followed(story, { side: 'sell', at: 2 }, { quantity: decimal('0.010') }))
  expect(told()).toEqual(['I17'])
})

test('[SM8] an order larger than its increases want is noticed (I17)', async () => {
  const { story, order, told } = await begun()
  const larger = { intentId: 'larger' as Order['intentId'], quantity: twice(order.quantity) }
  story.simulation.judge.durable(inserted(order, larger))
  expect(told()).toContain('I17')
})

test('[SM8] an order that leaves long after its increase was valid is noticed (I17)', async () => {
  const { story, order, told } = await begun()
  await story.run({ ms: 70_000 })
  if (order.claim !== null) story.simulation.judge.sent(FOLLOWER, { ...order, claim: order.claim })
  expect(told()).toContain('I17')
})

test('[SM8] an order that may cost more than its collar is noticed (I12)', async () => {
  const { story, order, told } = await begun()
  const { judge, process } = story.simulation
  const known = process?.venue.market.known ?? new Map()
  judge.asked(inserted(order, { limitPrice: twice(order.collarPrice ?? ZERO) }), known)
  expect(told()).toEqual(['I12'])
})

test('[SM8] a copy that is opened again although an owner closed it is noticed by the trades alone (I9)', async () => {
  const { story, order, told } = await begun()
  const { judge } = story.simulation
  story.owner('sell', '0.010')
  await story.run({ ms: 2_000 })
  const state = { ...stateOf(story), stopped: false }
  judge.durable([
    { kind: 'link_state', row: state },
    ...inserted(order, { intentId: 'again' as Order['intentId'] }),
  ])
  expect(told()).toContain('I9')
})

test('[SM8] a doubt that nobody is told of is noticed (I15)', async () => {
  const { story, order, told } = await begun()
  const { judge } = story.simulation
  judge.ledger.apply(inserted(order, { intentId: 'doubtful' as Order['intentId'], status: 'in_doubt' }))
  await story.run({ ms: 60_000 })
  expect(told()).toContain('I15')
})

function twice(amount: Decimal): Decimal {
  return add(amount, amount)
}

/** The leader trades once more, 0.010, and the link makes of it what is said. @param at how many fills later */
function followed(
  story: Story,
  { side, at }: { readonly side: Side; readonly at: number },
  { quantity }: Pick<Decision, 'quantity'>,
): readonly Write[] {
  const { ledger } = story.simulation.judge
  const known = [...ledger.fills.values()].find(({ sourceId }) => sourceId !== null)
  const [decision] = ledger.decisions.values()
  if (known === undefined || decision === undefined) throw new Error('the story copies something')
  const fill = { ...known.fill, side, tradeId: `trade-${at}` as TradeId }
  const [sourceSequence, id] = [1 + at, 'waiting' as Decision['id']]
  const waiting = { id, status: 'pending', outcome: null, intentId: null, firstFill: 2, lastFill: 2 } as const
  const state = { ...stateOf(story), cursor: sourceSequence, desired: ZERO }
  return [
    { kind: 'link_state', row: state },
    { kind: 'decision', row: { ...decision, ...waiting, quantity, wanted: quantity } },
    { kind: 'fill', row: { ...known, fill, sourceSequence } },
  ]
}

function stateOf({ link }: Story): LinkState {
  if (link === undefined) throw new Error('the story has a link')
  return link
}
