import { z } from 'zod'
import { ENVIRONMENTS } from '../../src/domain/account.ts'
import { VENUES } from '../../src/domain/ids.ts'
import { ORIGINS } from '../../src/domain/strategy.ts'
import {
  amountText,
  decimalText,
  instrumentText,
  nameText,
  pageQuery,
  positiveText,
  preciseTimestamp,
  symbolText,
  uuid,
} from './common.ts'

/** account: a leader's venue account; signals: a virtual leader that webhooks and people move. */
export const sourceAnswer = z.object({
  id: uuid,
  name: z.string(),
  kind: z.enum(['account', 'signals']),
  origin: z.enum(ORIGINS),
  accountId: uuid,
})

export const sourceBody = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('account'), name: nameText, accountId: uuid }),
  z.strictObject({
    kind: z.literal('signals'),
    name: nameText,
    /** Whose prices and symbols the signals are measured by. */
    venue: z.enum(VENUES),
    environment: z.enum(ENVIRONMENTS).default('paper'),
  }),
])

export const sourceChange = z.strictObject({ name: nameText })

/** Where to send webhooks. The path holds the secret and is shown once; the former one ends. */
export const hookAnswer = z.object({ path: z.string() })

const size = {
  /** Base units. */
  quantity: positiveText.optional(),
  /** Quote currency. */
  notional: positiveText.optional(),
}

/** Told and kept as it is: no control characters, and no halves of characters. */
export const signalIdText = z
  .string()
  .max(128)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'an id without control characters')

/** Lockstep's own signal. One of `target`, or `side` with `quantity` or `notional`. */
export const signalShape = z.strictObject({
  /** The sender's own, once per signal: the same id again is the same signal. */
  id: signalIdText.min(1),
  /** ISO 8601, or ms since 1970. */
  time: z.union([z.string().min(1).max(40), z.int().min(0)]),
  symbol: symbolText,
  side: z.enum(['buy', 'sell']).optional(),
  ...size,
  /** What the source shall hold afterwards, signed, base units; "0" closes. */
  target: decimalText.optional(),
  /** What the sender reckons with, quote; without it the mark. */
  signalPrice: positiveText.optional(),
})

/** The same by hand: its time is now. */
export const manualSignalBody = signalShape.omit({ id: true, time: true })

/** The same whenever the same signal is sent. */
export const takenAnswer = z.object({ id: uuid, externalId: z.string(), receivedAt: preciseTimestamp })

export const signalAnswer = takenAnswer.extend({
  instrument: instrumentText,
  side: z.enum(['buy', 'sell']).nullable(),
  quantity: amountText.nullable(),
  notional: amountText.nullable(),
  target: amountText.nullable(),
  signalPrice: amountText.nullable(),
  at: preciseTimestamp,
  status: z.enum(['pending', 'applied', 'refused']),
  reason: z.string().nullable(),
})

export const signalsQuery = pageQuery
