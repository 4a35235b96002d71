import { expect, test } from 'vitest'
import type { CancelAllOrders, CancelOrder, CreateOrder, Transaction, UpdateLeverage } from './transaction.ts'
import { transactionHash, transactionInfo } from './transaction-hash.ts'
import { checkTransaction } from './transaction-rules.ts'

const HEADER = {
  chainId: 300,
  accountIndex: 12345,
  apiKeyIndex: 5,
  nonce: 0,
  expiredAt: 1777809907005,
  attributes: {},
}
const ORDER: CreateOrder = {
  ...HEADER,
  kind: 'create_order',
  marketIndex: 0,
  clientOrderIndex: 123,
  quantity: 1000,
  limitPrice: 405000,
  side: 'sell',
  type: 'limit',
  timeInForce: 'gtt',
  reduceOnly: false,
  triggerPrice: 0,
  orderExpiry: 1735689600000,
}
const CANCEL: CancelOrder = { ...HEADER, kind: 'cancel_order', marketIndex: 0, orderIndex: 123n }
const CANCEL_ALL: CancelAllOrders = { ...HEADER, kind: 'cancel_all_orders', mode: 'immediate', at: 0 }
const LEVERAGE: UpdateLeverage = {
  ...HEADER,
  kind: 'update_leverage',
  marketIndex: 1,
  initialMarginBps: 2000,
  marginMode: 'cross',
}

function hashOf(transaction: Transaction): string {
  return Buffer.from(transactionHash(transaction)).toString('hex')
}

test("[LS2] an order's hash is the one that the venue's own client makes", () => {
  expect(hashOf(ORDER)).toBe(
    '32b8a053dbfef46e8940c2aa8f58328d58eb2396a3bf6fc2bc9017ed2af874fbe15c04242a350e0e',
  )
})

test('[LS8] an attribute with its neutral value is sent and not signed over; any other is both', () => {
  const neutral = { ...ORDER, attributes: { integratorAccountIndex: 0, cancelAllMarketIndex: 255 } }
  expect(hashOf(neutral)).toBe(hashOf(ORDER))
  expect(transactionInfo(neutral, new Uint8Array(80))).toContain('"L2TxAttributes":{"1":0,"5":255}')
  expect(hashOf({ ...ORDER, attributes: { skipNonce: 1 } })).not.toBe(hashOf(ORDER))
})

test('[LS8] the text of each kind has the names and order of the venue', () => {
  const shape = (transaction: Transaction): string =>
    Object.keys(JSON.parse(transactionInfo(transaction, new Uint8Array(80)))).join()
  expect(shape(CANCEL)).toBe('AccountIndex,ApiKeyIndex,MarketIndex,Index,ExpiredAt,Nonce,Sig,L2TxAttributes')
  // No vector shows these two: names as in elliottech/lighter-go, cancel_all_orders.go and update_leverage.go.
  expect(shape(CANCEL_ALL)).toBe(
    'AccountIndex,ApiKeyIndex,TimeInForce,Time,ExpiredAt,Nonce,Sig,L2TxAttributes',
  )
  expect(shape(LEVERAGE)).toBe(
    'AccountIndex,ApiKeyIndex,MarketIndex,InitialMarginFraction,MarginMode,ExpiredAt,Nonce,Sig,L2TxAttributes',
  )
})

test("[LS8] the venue's own order index is written whole, beyond what a double holds", () => {
  const largest = { ...CANCEL, orderIndex: 2n ** 60n - 1n }
  expect(checkTransaction(largest).ok).toBe(true)
  expect(transactionInfo(largest, new Uint8Array(80))).toContain('"Index":1152921504606846975,')
})

test('[LS7] what is in range and fits together may be signed', () => {
  const market = { ...ORDER, type: 'market', timeInForce: 'ioc', orderExpiry: 0 } as const
  const stop = { ...ORDER, type: 'stop_loss', timeInForce: 'ioc', triggerPrice: 1 } as const
  for (const each of [ORDER, market, stop, CANCEL, CANCEL_ALL, LEVERAGE]) {
    expect(checkTransaction(each)).toEqual({ ok: true, value: undefined })
  }
})

const WRONG: readonly (readonly [Transaction, string])[] = [
  [{ ...ORDER, clientOrderIndex: 0 }, 'ClientOrderIndex is 0; it must be a whole number from 1'],
  [{ ...ORDER, clientOrderIndex: 2 ** 48 }, 'to 281474976710655'],
  [{ ...ORDER, quantity: 0.5 }, 'BaseAmount is 0.5'],
  [{ ...ORDER, quantity: Number.NaN }, 'BaseAmount is NaN'],
  [{ ...ORDER, limitPrice: 2 ** 32 }, 'Price is 4294967296'],
  [{ ...ORDER, marketIndex: 255 }, 'MarketIndex is 255'],
  [{ ...ORDER, accountIndex: -1 }, 'AccountIndex is -1'],
  [{ ...ORDER, apiKeyIndex: 255 }, 'ApiKeyIndex is 255'],
  [{ ...ORDER, nonce: -1 }, 'Nonce is -1'],
  [{ ...ORDER, chainId: 0 }, 'ChainId is 0'],
  [{ ...ORDER, expiredAt: 2 ** 48 }, 'ExpiredAt is 281474976710656'],
  [{ ...ORDER, attributes: { skipNonce: 2 } }, 'attribute 4 is 2'],
  [{ ...ORDER, type: 'market' }, 'a market order cannot be gtt; it can be ioc'],
  [{ ...ORDER, type: 'market', timeInForce: 'ioc' }, 'a market order that is ioc must have no expiry'],
  [{ ...ORDER, orderExpiry: 0 }, 'a limit order that is gtt must have an expiry'],
  [{ ...ORDER, timeInForce: 'ioc' }, 'a limit order that is ioc must have no expiry'],
  [{ ...ORDER, triggerPrice: 7 }, 'a limit order must have no trigger price'],
  [{ ...ORDER, type: 'stop_loss_limit' }, 'a stop_loss_limit order must have a trigger price'],
  [{ ...CANCEL, orderIndex: 0n }, 'cancel_order: Index is 0'],
  [{ ...CANCEL, orderIndex: 2n ** 60n }, 'Index is 1152921504606846976'],
  [{ ...CANCEL_ALL, mode: 'scheduled' }, 'scheduled must have a time'],
  [{ ...CANCEL_ALL, at: 5 }, 'immediate must have no time'],
  [{ ...LEVERAGE, initialMarginBps: 0 }, 'InitialMarginFraction is 0'],
  [{ ...LEVERAGE, initialMarginBps: 10_001 }, 'from 1 to 10000'],
  [
    {
      ...CANCEL_ALL,
      attributes: {
        integratorAccountIndex: 1,
        integratorTakerFee: 1,
        integratorMakerFee: 1,
        skipNonce: 1,
        cancelAllMarketIndex: 1,
      },
    },
    '5 attributes; the venue takes 4',
  ],
]

test.each(WRONG)(
  '[LS7] what the venue would always refuse is refused before it is signed (%#)',
  (transaction, why) => {
    const checked = checkTransaction(transaction)
    expect(checked.ok ? '' : checked.error).toContain(why)
  },
)
