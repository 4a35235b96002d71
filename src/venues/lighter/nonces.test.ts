import { expect, test } from 'vitest'
import type { ClientOrderId } from '../../domain/ids.ts'
import type { HttpOutcome } from '../../ports/transport.ts'
import { settle } from '../shared/testing/manual-clock.ts'
import { claimOf, ETH, limitBuy, live, OWN_ORDER, reply, SEND, sent } from './testing/harness.ts'

const REFUSED_NONCE = reply({ message: 'invalid nonce' }, 21104)

test('[LA6] the transactions of a key leave one after another, each with the next number', async () => {
  const made = await live()
  const answers: (() => void)[] = []
  made.http.on(SEND, () => new Promise(resolve => answers.push(() => resolve(reply({ tx_hash: 'hash' })))))
  const second = '140737488355330' as ClientOrderId
  void made.account.submit(limitBuy(claimOf(made)))
  void made.account.submit(limitBuy(claimOf(made), { clientOrderId: second }))
  await settle()
  expect(sent(made).map(({ Nonce }) => Nonce)).toEqual([500])
  answers.shift()?.()
  await settle()
  expect(sent(made).map(({ Nonce }) => Nonce)).toEqual([500, 501])
})

test('[LA7] a doubtful quote holds up neither a hedge nor a cancel: each has a key of its own', async () => {
  const made = await live()
  made.http.on(SEND, () => new Promise(() => {}))
  void made.account.submit(limitBuy(claimOf(made)))
  void made.account.submit(
    limitBuy(claimOf(made), { purpose: 'hedge', clientOrderId: '140737488355331' as ClientOrderId }),
  )
  void made.account.cancel({ instrumentId: ETH, clientOrderId: OWN_ORDER, venueOrderId: null }, 'exit')
  await settle()
  expect(sent(made).map(({ ApiKeyIndex, Nonce }) => [ApiKeyIndex, Nonce])).toEqual([
    [5, 500],
    [7, 700],
    [6, 600],
  ])
})

test('[LA8] a refused nonce leaves the order in doubt, whatever the venue says of its numbers', async () => {
  // It may be this very order that has used the number, told twice on its way. A read that does not show it may lag.
  for (const wanted of [499, 500, 501]) {
    const made = await live()
    made.http.on(SEND, () => REFUSED_NONCE)
    made.nonces.set(5, wanted)
    const answer = await made.account.submit(limitBuy(claimOf(made)))
    expect(answer).toMatchObject({ ok: false, error: { kind: 'in_doubt' } })
    made.http.on(SEND, () => reply({ tx_hash: 'hash' }))
    void made.account.submit(limitBuy(claimOf(made)))
    await settle()
    expect(sent(made).map(({ Nonce }) => Nonce)).toEqual([500, wanted])
  }
})

test('[LA47] what was sent before the count became uncertain does not make it certain again', async () => {
  const made = await live()
  const failed = { status: 0, event_info: JSON.stringify({ ae: '{"code":21739,"message":"no margin"}' }) }
  made.http.on('/api/v1/tx', () => reply(failed))
  const first = made.account.submit(limitBuy(claimOf(made)))
  await made.clock.advance(1_400)
  let answer = (_: HttpOutcome): void => {}
  made.http.on(SEND, () => new Promise(resolve => (answer = resolve)))
  void made.account.submit(limitBuy(claimOf(made), { clientOrderId: '140737488355330' as ClientOrderId }))
  await made.clock.advance(100)
  expect(await first).toMatchObject({ error: { kind: 'refused', reason: 'balance' } })
  // The second one was on its way: its yes counts from a number that the first may not have used.
  answer(reply({ tx_hash: 'second' }))
  made.http.on(SEND, () => reply({ tx_hash: 'third' }))
  made.nonces.set(5, 501)
  await settle()
  void made.account.submit(limitBuy(claimOf(made), { clientOrderId: '140737488355331' as ClientOrderId }))
  await settle()
  expect(sent(made).map(({ Nonce }) => Nonce)).toEqual([500, 501, 501])
})

test('[LA9] after a lost answer the number is asked for before anything else of the key is signed', async () => {
  const made = await live()
  made.http.on(SEND, () => ({ kind: 'lost', message: 'reset' }))
  expect(await made.account.submit(limitBuy(claimOf(made)))).toMatchObject({ error: { kind: 'in_doubt' } })
  made.nonces.set(5, 501)
  made.http.on(SEND, () => reply({ tx_hash: 'hash' }))
  void made.account.submit(limitBuy(claimOf(made)))
  await settle()
  expect(sent(made).map(({ Nonce }) => Nonce)).toEqual([500, 501])
})

test("[LA9] a refusal of the API uses no number, and an internal error's is asked for", async () => {
  const made = await live()
  made.http.on(SEND, () => reply({ message: 'not enough margin to create the order' }, 21739))
  const refused = await made.account.submit(limitBuy(claimOf(made)))
  expect(refused).toMatchObject({ error: { kind: 'refused', reason: 'balance', code: '21739' } })
  made.http.on(SEND, () => reply({ message: 'internal server error' }, 29500))
  expect(await made.account.submit(limitBuy(claimOf(made)))).toMatchObject({ error: { kind: 'in_doubt' } })
  const asked = made.http.asked('/api/v1/nextNonce').length
  made.http.on(SEND, () => reply({ tx_hash: 'hash' }))
  void made.account.submit(limitBuy(claimOf(made)))
  await settle()
  expect(sent(made).map(({ Nonce }) => Nonce)).toEqual([500, 500, 500])
  expect(made.http.asked('/api/v1/nextNonce')).toHaveLength(asked + 1)
})

test('[LA6] a key whose number is not known sends nothing', async () => {
  const made = await live()
  made.http.on('/api/v1/nextNonce', () => reply({ message: 'api key not found' }, 21109))
  made.http.on(SEND, () => ({ kind: 'lost', message: 'reset' }))
  await made.account.submit(limitBuy(claimOf(made)))
  expect(await made.account.submit(limitBuy(claimOf(made)))).toMatchObject({ error: { kind: 'not_sent' } })
  expect(made.http.asked(SEND)).toHaveLength(1)
})
