import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { decimal } from '../../domain/decimal.ts'
import { err } from '../../domain/result.ts'
import { type Running, running } from '../testing/api.ts'
import { HOOK_TOKEN } from '../testing/fakes.ts'
import { parseSignal } from './intake.ts'
import { TRADINGVIEW_TEMPLATE } from './tradingview.ts'

const TIME = '2026-01-31T12:00:00Z'
const AT = Date.parse(TIME)
const BUY = { kind: 'trade', side: 'buy', size: { kind: 'quantity', quantity: decimal('0.1') } }
const LOCKSTEP = { id: 'a-1', time: TIME, symbol: 'BTCUSDT', side: 'buy', quantity: '0.1' }
const TRADINGVIEW = {
  id: 'Long-1',
  time: TIME,
  ticker: 'BTCUSDT.P',
  action: 'buy',
  contracts: '0.1',
  price: '60000',
}
const THREE_COMMAS = {
  id: 'Long-1',
  secret: 'a token of theirs',
  max_lag: '300',
  timestamp: TIME,
  trigger_price: '60000',
  tv_exchange: 'BYBIT',
  tv_instrument: 'BTCUSDT.P',
  action: 'enter_long',
  bot_uuid: 'f1a2b3c4',
  order: { amount: '0.1', currency_type: 'base' },
}

function send({ api }: Running, payload: object | string, token = HOOK_TOKEN, type = 'application/json') {
  return api.inject({
    method: 'POST',
    url: `/api/v1/hook/${token}`,
    headers: { 'content-type': type },
    payload,
  })
}

describe('what senders write', () => {
  test('[AP30] Lockstep, TradingView and 3Commas messages of one meaning make one signal', () => {
    const meant = { at: AT, symbol: 'BTCUSDT', action: BUY }
    expect(parseSignal(LOCKSTEP)).toEqual({
      ok: true,
      value: { ...meant, externalId: 'a-1', signalPrice: null },
    })
    const priced = { ...meant, externalId: 'Long-1', signalPrice: decimal('60000') }
    expect(parseSignal(TRADINGVIEW)).toEqual({ ok: true, value: priced })
    expect(parseSignal(THREE_COMMAS)).toEqual({ ok: true, value: priced })
  })

  test('[AP30] what a strategy holds is taken before what it did: one lost alert is mended by the next', () => {
    const target = { kind: 'target', quantity: decimal('-0.3') }
    const alert = { ...TRADINGVIEW, position: 'short', positionSize: '0.3' }
    expect(parseSignal(alert)).toMatchObject({ value: { action: target } })
    const info = { market_position: 'short', market_position_size: '0.3' }
    expect(parseSignal({ ...THREE_COMMAS, strategy_info: info })).toMatchObject({ value: { action: target } })
    const flat = { ...TRADINGVIEW, position: 'flat', positionSize: '0' }
    expect(parseSignal(flat)).toMatchObject({ value: { action: { kind: 'target', quantity: 0n } } })
  })

  test('[AP30] a notional, a target, an exit and a number without quotes are understood', () => {
    const { side: _, quantity: __, ...bare } = LOCKSTEP
    const actionOf = (body: object) => parseSignal(body)
    expect(actionOf({ ...bare, side: 'sell', notional: '50' })).toMatchObject({
      value: { action: { kind: 'trade', side: 'sell', size: { kind: 'notional', notional: decimal('50') } } },
    })
    expect(actionOf({ ...bare, target: '-1.5', time: AT })).toMatchObject({
      value: { at: AT, action: { kind: 'target', quantity: decimal('-1.5') } },
    })
    expect(actionOf({ ...THREE_COMMAS, action: 'exit_long', order: undefined })).toMatchObject({
      value: { action: { kind: 'target', quantity: 0n } },
    })
    expect(actionOf({ ...TRADINGVIEW, contracts: 0.1 })).toMatchObject({ value: { action: BUY } })
  })

  test('[AP31] a word of JavaScript is no action, and what cannot be kept is no id and no amount', () => {
    for (const action of ['__proto__', 'constructor', 'toString', 'hasOwnProperty'])
      expect(parseSignal({ ...THREE_COMMAS, action })).toMatchObject({ error: { code: 'signal_incomplete' } })
    for (const id of ['a\u0000b', 'a\nb', '\ud800'])
      for (const message of [LOCKSTEP, TRADINGVIEW, THREE_COMMAS])
        expect(parseSignal({ ...message, id })).toMatchObject({ error: { code: 'signal_incomplete' } })
    const huge = '9'.repeat(16)
    const alerts = [{ contracts: huge }, { position: 'long', positionSize: huge }]
    for (const alert of alerts)
      expect(parseSignal({ ...TRADINGVIEW, ...alert })).toMatchObject({
        error: { code: 'signal_incomplete' },
      })
  })

  test('[AP31] without an id or a time, or with neither size nor target, the answer says what to add', () => {
    const messageOf = (body: object) => {
      const parsed = parseSignal(body)
      return parsed.ok ? 'taken' : parsed.error.message
    }
    const without = (body: object, name: string) => ({ ...body, [name]: undefined })
    expect(messageOf(without(LOCKSTEP, 'id'))).toMatch(/^id: /)
    expect(messageOf(without(LOCKSTEP, 'time'))).toMatch(/^time: /)
    expect(messageOf(without(TRADINGVIEW, 'id'))).toContain('"id": "{{strategy.order.id}}-{{timenow}}"')
    expect(messageOf(without(TRADINGVIEW, 'time'))).toContain('"time": "{{timenow}}"')
    expect(messageOf(without(THREE_COMMAS, 'id'))).toContain('"id"')
    expect(messageOf(without(THREE_COMMAS, 'timestamp'))).toContain('"timestamp"')
    expect(messageOf(without(THREE_COMMAS, 'order'))).toContain('"amount"')
    expect(messageOf({ ...THREE_COMMAS, order: { amount: '5', currency_type: 'margin_percent' } })).toContain(
      'base or quote',
    )
    expect(messageOf({ ...LOCKSTEP, target: '1' })).toContain('a target alone')
    expect(messageOf(without(LOCKSTEP, 'side'))).toContain('a side with')
    // The clock of a time without a zone is anybody's guess.
    expect(messageOf({ ...LOCKSTEP, time: '2026-01-31T12:00:00' })).toContain('with its zone')
  })

  test('[AP30] the template of the guide, filled in as TradingView does it, is taken', () => {
    const guide = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8')
    expect(guide).toContain(TRADINGVIEW_TEMPLATE)
    const filled = TRADINGVIEW_TEMPLATE.replaceAll('{{timenow}}', TIME)
      .replace('{{ticker}}', 'BTCUSDT.P')
      .replace('{{strategy.market_position}}', 'long')
      .replace(/\{\{strategy\.(order\.contracts|order\.price|market_position_size)\}\}/g, '1')
      .replaceAll('{{strategy.order.id}}', 'Long')
      .replace('{{strategy.order.action}}', 'buy')
    expect(parseSignal(JSON.parse(filled))).toMatchObject({ value: { externalId: `Long-${TIME}`, at: AT } })
  })
})

describe('webhooks', () => {
  test('[AP32] a webhook that is sent again gets the first answer, and another body under its id a 409', async () => {
    const here = await running()
    const first = await send(here, LOCKSTEP)
    expect(first.statusCode).toBe(202)
    expect((await send(here, LOCKSTEP)).body).toBe(first.body)
    expect((await send(here, { ...LOCKSTEP, side: 'sell' })).json()).toMatchObject({
      status: 409,
      code: 'signal_conflict',
    })
    // Long after: it is too old to be new, but it is not new.
    here.services.clock.advance(3_600_000)
    expect((await send(here, LOCKSTEP)).body).toBe(first.body)
    expect(here.services.signals.taken.size).toBe(1)
  })

  test('[AP33] too old, from the future, or of an unknown symbol: 422 with the reason, and nothing is taken', async () => {
    const here = await running()
    const codeOf = async (change: object) => (await send(here, { ...LOCKSTEP, ...change })).json().code
    expect(await codeOf({ time: '2026-01-31T11:54:59Z' })).toBe('signal_too_old')
    expect(await codeOf({ time: '2026-01-31T12:01:01Z' })).toBe('signal_from_future')
    expect(await codeOf({ symbol: 'NOPEUSDT' })).toBe('symbol_unknown')
    expect(here.services.signals.taken.size).toBe(0)
    expect(await codeOf({ time: '2026-01-31T11:55:01Z' })).toBeUndefined()
  })

  test('[AP34] a wrong secret, a body over 64 KiB, no JSON and too many at once are refused as such', async () => {
    const here = await running({ limits: { perSource: 2 } })
    expect((await send(here, LOCKSTEP, 'wrong')).json()).toMatchObject({ status: 404, code: 'not_found' })
    expect((await send(here, { ...LOCKSTEP, id: 'a'.repeat(70_000) })).statusCode).toBe(413)
    expect((await send(here, 'BTCUSDT buy', HOOK_TOKEN, 'text/plain')).json()).toMatchObject({ status: 400 })
    expect(
      (await send(here, JSON.stringify(LOCKSTEP), HOOK_TOKEN, 'text/plain; charset=utf-8')).statusCode,
    ).toBe(202)
    await send(here, LOCKSTEP)
    const refused = await send(here, LOCKSTEP)
    expect([refused.statusCode, Number(refused.headers['retry-after']) > 0]).toEqual([429, true])
  })

  test('[AP35] nothing is answered before the signal is durable; what could not be made so is a 503', async () => {
    const gate = Promise.withResolvers<void>()
    let answered = false
    const here = await running({
      change: ({ signals }) => ({
        signals: {
          ...signals,
          async take(signal) {
            await gate.promise
            if (signal.externalId !== 'a-1') return err({ code: 'unavailable', message: 'The disk is full.' })
            return signals.take(signal)
          },
        },
      }),
    })
    const waiting = send(here, LOCKSTEP).then(answer => {
      answered = true
      return answer
    })
    const lost = send(here, { ...LOCKSTEP, id: 'a-2' })
    expect(answered).toBe(false)
    gate.resolve()
    expect((await waiting).statusCode).toBe(202)
    expect((await lost).json()).toMatchObject({ status: 503, code: 'unavailable' })
  })
})
