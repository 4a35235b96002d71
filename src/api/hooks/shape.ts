import { z } from 'zod'
import { decimalText } from '../../../protocol/rest/common.ts'
import { signalIdText } from '../../../protocol/rest/sources.ts'
import { type Decimal, decimal, negate, ZERO } from '../../domain/decimal.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import type { SignalAction } from '../../domain/signal.ts'
import type { Refusal } from '../answer.ts'

/** What a message says, before anyone looked whether its symbol exists and whether it comes in time. */
export interface ParsedSignal {
  readonly externalId: string
  /** The sender's clock, ms. */
  readonly at: number
  readonly symbol: string
  readonly action: SignalAction
  readonly signalPrice: Decimal | null
}

export type Parsed = Result<ParsedSignal, Refusal>

export function incomplete(message: string): { readonly ok: false; readonly error: Refusal } {
  return err({ code: 'signal_incomplete', message })
}

/** Text, or a number where somebody's template left the quotes out. */
export const looseText = z.union([z.string().max(128), z.number().transform(String)])
export const looseId = z.union([signalIdText, z.number().transform(String)])
export const looseTime = z.union([z.string().max(40), z.number()])

const MILLISECONDS = /^\d{12,14}$/
const SECONDS = /^\d{9,10}$/
/** ISO 8601 with its zone: without one, nobody knows whose clock it is. */
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/

/** @returns ms since 1970, or undefined: not a time */
export function timeOf(given: string | number): number | undefined {
  const text = String(given)
  if (MILLISECONDS.test(text)) return Number(text)
  if (SECONDS.test(text)) return Number(text) * 1_000
  const at = ISO.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : at
}

/** @returns an amount above zero, or undefined */
export function amountOf(given: string | undefined): Decimal | undefined {
  const amount = given === undefined ? undefined : parseAmount(given)
  return amount !== undefined && amount > ZERO ? amount : undefined
}

/** No larger than anybody else may ask for. */
function parseAmount(text: string): Decimal | undefined {
  const parsed = decimalText.safeParse(text)
  return parsed.success ? decimal(parsed.data) : undefined
}

/** TradingView writes perpetual contracts as `BTCUSDT.P`; venues here do not. */
export function symbolOfChart(ticker: string): string {
  return ticker.replace(/\.P$/, '')
}

const POSITIONS = ['long', 'short', 'flat']

/** What a strategy on a chart holds now: absolute, so that one lost alert is mended by the next. */
export function targetOf(position: string, size: string): Result<SignalAction, Refusal> {
  const quantity = parseAmount(size)
  if (!POSITIONS.includes(position) || quantity === undefined || quantity < ZERO) {
    return incomplete('The market position is long, short or flat, and its size is an amount like "0.25".')
  }
  const signed = position === 'long' ? quantity : negate(quantity)
  return ok({ kind: 'target', quantity: position === 'flat' ? ZERO : signed })
}
