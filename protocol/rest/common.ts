import { z } from 'zod'
import { VENUES } from '../../src/domain/ids.ts'

/** Rows of a page when the query says nothing, and at most. */
export const DEFAULT_PAGE = 50
export const MAXIMUM_PAGE = 200
const MAXIMUM_NAME = 64
const MAXIMUM_CURSOR = 128

/**
 * An amount that somebody asks for, in plain digits: no exponent, at most 15 before the point and 18 behind it, so that
 * what is reckoned with it stays an amount that can be kept.
 */
export const decimalText = z
  .string()
  .max(50)
  .regex(/^-?\d{1,15}(\.\d{1,18})?$/, 'an amount in plain digits, like "0.25"')
  .meta({ description: 'An amount in plain digits', example: '0.25' })

/** An amount in an answer: sums and products are longer than what anybody may ask for. */
export const amountText = z
  .string()
  .regex(/^-?\d+(\.\d{1,18})?$/)
  .meta({ description: 'An amount in plain digits', example: '0.25' })

/** An amount above zero. */
export const positiveText = z
  .string()
  .max(50)
  .regex(
    /^(?=.*[1-9])\d{1,15}(\.\d{1,18})?$/,
    'an amount above zero in plain digits, at most 15 and 18 places, like "0.25"',
  )
  .meta({ description: 'An amount above zero in plain digits', example: '0.25' })

/** Time in ms since 1970. */
export const timestamp = z.int().min(0).max(8_640_000_000_000_000)

/** The engine's own times have fractions of a millisecond. */
export const preciseTimestamp = z.number().min(0)

/** In lower case, as ids are stored: another spelling of one must not be another row. */
export const uuid = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'an id like those of the lists')
  .meta({ format: 'uuid' })

/** A name that fits one line wherever it is shown: no control characters, no space at its ends. */
export const nameText = z
  .string()
  .min(1)
  .max(MAXIMUM_NAME)
  .regex(/^(?!\s)[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*(?<!\s)$/u, 'a name on one line')

export const symbolText = z
  .string()
  .min(1)
  .max(40)
  .regex(/^[A-Za-z0-9._/:-]+$/, 'a symbol like BTCUSDT')

/** `venue:symbol`. */
export const instrumentText = z
  .string()
  .max(50)
  .regex(new RegExp(`^(${VENUES.join('|')}):[A-Za-z0-9._/-]{1,40}$`), 'an instrument like bybit:BTCUSDT')

export const emailText = z
  .string()
  .max(254)
  .regex(/^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u, 'an e-mail address')

/** Longer passwords cost time and bring nothing. */
export const passwordText = z.string().min(1).max(256)

/** Chance of our own making, in its printed form: tokens, link tokens. */
export const secretText = z
  .string()
  .min(1)
  .max(1_024)
  .regex(/^[\x21-\x7e]+$/, 'the text as it was given out')

/** Query values are text; a list of them is separated by commas. */
export const listOf = <T extends z.ZodType>(item: T, most: number) =>
  z.preprocess(
    value => (typeof value === 'string' ? value.split(',', most + 1) : value),
    z.array(item).min(1).max(most),
  )

export const pageQuery = z.strictObject({
  cursor: z.string().min(1).max(MAXIMUM_CURSOR).optional(),
  limit: z.coerce.number().int().min(1).max(MAXIMUM_PAGE).default(DEFAULT_PAGE),
})

/** Newest first; `next` asks for what is older, null where there is nothing more. */
export const pageOf = <T extends z.ZodType>(row: T) =>
  z.object({ rows: z.array(row), next: z.string().nullable() })

export const listAnswer = <T extends z.ZodType>(row: T) => z.object({ rows: z.array(row) })
