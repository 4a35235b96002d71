import { z } from 'zod'
import { isNetwork } from '../api/proxies.ts'
import { type Decimal, parseDecimal } from '../domain/decimal.ts'

// Every value is text, wherever it comes from: a YAML number that became a float would no longer be what was written.

const INTEGER = /^\d{1,15}$/
const NOTHING: ReadonlySet<string> = new Set(['', 'null', 'none', '~'])

/** Each schema's own message says what is expected: it ends the sentence "expected ...". */
function text<T>(expected: string, parse: (text: string) => T | undefined) {
  return z.string({ error: expected }).transform((value, context): T => {
    const parsed = parse(value.trim())
    if (parsed !== undefined) return parsed
    context.addIssue({ code: 'custom', message: expected })
    return z.NEVER
  })
}

/** Null where the text says that there is none. */
function orNone<T>(expected: string, parse: (text: string) => T | undefined) {
  return text(`${expected}, or none`, value => (NOTHING.has(value) ? null : parse(value)))
}

const AMOUNT = 'an amount above zero in plain digits, like 0.25'
const parseAmount = (value: string): Decimal | undefined => {
  const amount = parseDecimal(value)
  return amount !== undefined && amount > 0n ? amount : undefined
}

export const amount = () => text(AMOUNT, parseAmount)
export const amountOrNone = () => orNone(AMOUNT, parseAmount)

export interface Range {
  readonly least: number
  readonly most: number
}

const wholeNumber = (range: Range) => `a whole number from ${range.least} to ${range.most}`
const parseInteger = (range: Range) => (value: string) => {
  if (!INTEGER.test(value)) return undefined
  const number = Number(value)
  return number >= range.least && number <= range.most ? number : undefined
}

export const integer = (range: Range) => text(wholeNumber(range), parseInteger(range))
export const integerOrNone = (range: Range) => orNone(wholeNumber(range), parseInteger(range))

export const flag = () =>
  text('true or false', value => (value === 'true' ? true : value === 'false' ? false : undefined))

export const cronOrNone = (isCron: (text: string) => boolean) =>
  orNone('a cron pattern like "0 3 * * *", in UTC', value => (isCron(value) ? value : undefined))

export const line = (expected: string) => text(expected, value => (value === '' ? undefined : value))
export const lineOrNone = (expected: string) => orNone(expected, value => value)

export const url = (protocols: readonly string[]) =>
  text(`an address like ${protocols[0]}//127.0.0.1:8080`, value => {
    const parsed = URL.parse(value)
    return parsed !== null && protocols.includes(parsed.protocol) ? value : undefined
  })

export const network = () =>
  text('an address like 127.0.0.1, or a network like 10.0.0.0/8', value =>
    isNetwork(value) ? value : undefined,
  )

export const oneOf = <const T extends string>(names: readonly T[]) =>
  text(`one of ${names.join(', ')}`, value => names.find(name => name === value))

/** A YAML list, or text with commas: what an environment variable can hold. */
export const list = <T>(item: z.ZodType<T, string>, expected: string) =>
  z.preprocess(value => splitAtCommas(value) ?? [], z.array(item, { error: `${expected}, as a list` }))

export const listOrNone = <T>(item: z.ZodType<T, string>, expected: string) =>
  z.preprocess(splitAtCommas, z.array(item, { error: `${expected}, as a list, or none` }).nullable())

function splitAtCommas(value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (NOTHING.has(value.trim())) return null
  return value.split(',').map(part => part.trim())
}
