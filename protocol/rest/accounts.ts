import { z } from 'zod'
import { ENVIRONMENTS } from '../../src/domain/account.ts'
import { VENUES } from '../../src/domain/ids.ts'
import { DEFAULT_MAXIMUM_LEVERAGE, ORIGINS } from '../../src/domain/strategy.ts'
import { amountText, instrumentText, nameText, positiveText, preciseTimestamp, uuid } from './common.ts'

const status = z.enum(['active', 'inactive'])
const labels = z.array(nameText).max(20)

export const accountAnswer = z.object({
  id: uuid,
  name: z.string(),
  /** virtual: a leader that only signals move; it has no key. */
  kind: z.enum(['venue', 'virtual']),
  origin: z.enum(ORIGINS),
  venue: z.enum(VENUES),
  environment: z.enum(ENVIRONMENTS),
  status,
  /** Its links open nothing until it is resumed. */
  flattened: z.boolean(),
  maximumLeverage: amountText,
  ownerId: uuid.nullable(),
  labels: z.array(z.string()),
})

export const accountBody = z.strictObject({
  name: nameText,
  venue: z.enum(VENUES),
  environment: z.enum(ENVIRONMENTS).default('paper'),
  maximumLeverage: positiveText.default(DEFAULT_MAXIMUM_LEVERAGE),
  /** The customer whose account it is; null: nobody's but the operators'. */
  ownerId: uuid.nullable().default(null),
  labels: labels.default([]),
})

/** What is left out stays. Venue and environment never change: make another account. */
export const accountChange = z
  .strictObject({
    name: nameText,
    status,
    maximumLeverage: positiveText,
    ownerId: uuid.nullable(),
    labels,
  })
  .partial()

/** Write-only: no answer ever has it. */
export const keyBody = z.strictObject({
  key: z
    .string()
    .min(1)
    .max(256)
    .regex(/^[\x21-\x7e]+$/, 'the key as the venue shows it'),
  secret: z
    .string()
    .min(1)
    .max(8_192)
    .regex(/^[\x20-\x7e\r\n]+$/, 'the secret as the venue shows it'),
})

/** What the venue says of the key, and what is wrong with that; null: nothing. */
export const keyCheckAnswer = z.object({
  readOnly: z.boolean(),
  trade: z.boolean(),
  withdraw: z.boolean(),
  transfer: z.boolean(),
  addresses: z.array(z.string()),
  expiresAt: preciseTimestamp.nullable(),
  problem: z.string().nullable(),
  /** What is not wrong, and could be better: a key without a list of addresses; null: nothing. */
  warning: z.string().nullable(),
})

export const resetAnswer = z.object({ reset: z.int() })

const watchState = z.enum(['connecting', 'syncing', 'live', 'degraded', 'closed'])

/** What an account holds, with how far it can be trusted: only `live` is now. */
const readNow = <T extends z.ZodType>(row: T) => z.object({ state: watchState, rows: z.array(row) })

export const balancesAnswer = readNow(
  z.object({
    currency: z.string(),
    total: amountText,
    available: amountText,
    equity: amountText.nullable(),
    unrealizedPnl: amountText.nullable(),
    marginUsed: amountText.nullable(),
  }),
)

export const positionsAnswer = readNow(
  z.object({
    instrument: instrumentText,
    side: z.enum(['long', 'short']),
    quantity: amountText,
    averagePrice: amountText,
    markPrice: amountText.nullable(),
    liquidationPrice: amountText.nullable(),
    leverage: amountText.nullable(),
    unrealizedPnl: amountText.nullable(),
    notional: amountText.nullable(),
  }),
)

export const venueOrdersAnswer = readNow(
  z.object({
    id: z.string(),
    clientOrderId: z.string().nullable(),
    instrument: instrumentText,
    side: z.enum(['buy', 'sell']),
    type: z.enum(['market', 'limit']),
    quantity: amountText,
    filled: amountText,
    limitPrice: amountText.nullable(),
    averagePrice: amountText.nullable(),
    status: z.enum(['created', 'open', 'filled', 'canceled', 'rejected']),
    reduceOnly: z.boolean(),
    origin: z.enum(['lockstep', 'venue']),
    at: preciseTimestamp,
  }),
)
