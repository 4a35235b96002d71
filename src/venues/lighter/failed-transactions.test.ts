import { expect, test } from 'vitest'
import { settle } from '../shared/testing/manual-clock.ts'
import { parseTransaction } from './parse/transaction.ts'
import { claimOf, limitBuy, live, reply } from './testing/harness.ts'

const FAILED = {
  status: 0,
  event_info: JSON.stringify({ ae: '{"code":21739,"message":"not enough margin"}' }),
}

test('[LA44] an order whose transaction the venue shows as failed is refused with the reason', async () => {
  const made = await live()
  made.http.on('/api/v1/tx', () => reply(FAILED))
  const submitted = made.account.submit(limitBuy(claimOf(made)))
  await made.clock.advance(1_500)
  const refused = { kind: 'refused', reason: 'balance', code: '21739', message: 'not enough margin' }
  expect(await submitted).toEqual({ ok: false, error: refused })
  // Whether its number was used nobody says.
  const asked = made.http.asked('/api/v1/nextNonce').length
  void made.account.submit(limitBuy(claimOf(made)))
  await settle()
  expect(made.http.asked('/api/v1/nextNonce')).toHaveLength(asked + 1)
})

test('[LA44] behind a failed transaction the next one was not sent; any other answer proves nothing', async () => {
  const made = await live()
  const outOfTurn = {
    status: 0,
    event_info: JSON.stringify({ ae: '{"code":21104,"message":"invalid nonce"}' }),
  }
  made.http.on('/api/v1/tx', () => reply(outOfTurn))
  const behind = made.account.submit(limitBuy(claimOf(made)))
  await made.clock.advance(1_500)
  expect(await behind).toMatchObject({ error: { kind: 'not_sent' } })
  for (const answer of [{ status: 1 }, { status: 2 }, { status: 'odd' }, {}]) {
    made.http.on('/api/v1/tx', () => reply(answer))
    const submitted = made.account.submit(limitBuy(claimOf(made)))
    await made.clock.advance(7_000)
    expect(await submitted).toMatchObject({ error: { kind: 'in_doubt' } })
  }
})

test('[LA48] a transaction that is pending, or was not answered, is asked after again: four times at most', async () => {
  const made = await live()
  const answers = [reply({ status: 1 }), { kind: 'lost', message: 'reset' } as const, reply(FAILED)]
  made.http.on('/api/v1/tx', () => answers.shift() ?? reply({ status: 1 }))
  const submitted = made.account.submit(limitBuy(claimOf(made)))
  await made.clock.advance(3_500)
  expect(await submitted).toMatchObject({ error: { kind: 'refused', code: '21739' } })
  for (const [status, asks] of [
    [1, 4],
    [2, 1],
  ]) {
    const before = made.http.asked('/api/v1/tx').length
    made.http.on('/api/v1/tx', () => reply({ status }))
    const other = made.account.submit(limitBuy(claimOf(made)))
    await made.clock.advance(7_000)
    expect(await other).toMatchObject({ error: { kind: 'in_doubt' } })
    expect(made.http.asked('/api/v1/tx')).toHaveLength(before + (asks ?? 0))
  }
})

test('[LA44] why a transaction failed is read from whatever the venue says, or said to be unknown', () => {
  const reasonOf = (event: unknown) => {
    const fate = parseTransaction({ status: 0, event_info: event })
    return fate.kind === 'failed' ? `${fate.refusal.reason}: ${fate.refusal.message}` : fate.kind
  }
  expect(reasonOf('{"ae":"not enough collateral"}')).toBe('balance: not enough collateral')
  for (const odd of [undefined, '', 'words', '{"ae":""}', '{}'])
    expect(reasonOf(odd)).toBe('other: the sequencer refused it')
})
