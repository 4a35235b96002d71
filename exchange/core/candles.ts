import { type Decimal, fromUnits, parseDecimal } from '../../src/domain/decimal.ts'
import { err, ok, type Result } from '../../src/domain/result.ts'

/** One minute of a market, prices in quote per base. */
export interface Candle {
  /** Ms since 1970, UTC. */
  readonly openTime: number
  readonly open: Decimal
  readonly high: Decimal
  readonly low: Decimal
  readonly close: Decimal
  /** Base units. */
  readonly volume: Decimal
}

const HEADER = 'open_time,open,high,low,close,volume'
const EXPONENT = /^([\d.]+)[eE]([+-]?\d{1,2})$/
const TIME = /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})$/

/**
 * Reads candles from CSV text with the header `open_time,open,high,low,close,volume` and times that name
 * their zone, like `2023-03-01 00:00:00+00:00`.
 *
 * @returns the candles in order, or a sentence that names the first bad line and what it should be
 */
export function parseCandles(text: string): Result<readonly Candle[], string> {
  const [header, ...lines] = text.trimEnd().split(/\r?\n/)
  if (header !== HEADER) return err(`line 1: expected the header "${HEADER}", found "${header}"`)
  const candles: Candle[] = []
  for (const [index, line] of lines.entries()) {
    const candle = parseCandle(line)
    if (!candle.ok) return err(`line ${index + 2}: ${candle.error}`)
    const previous = candles.at(-1)
    if (previous !== undefined && candle.value.openTime <= previous.openTime)
      return err(
        `line ${index + 2}: its open_time is not later than the line's before; sort the rows by time`,
      )
    candles.push(candle.value)
  }
  return candles.length > 0 ? ok(candles) : err('no candles: expected at least one row after the header')
}

function parseCandle(line: string): Result<Candle, string> {
  const [time = '', ...texts] = line.split(',')
  if (!TIME.test(time)) return err(`"${time}" is not a time with a zone, like 2023-03-01 00:00:00+00:00`)
  const openTime = Date.parse(time.replace(' ', 'T'))
  if (Number.isNaN(openTime)) return err(`"${time}" is not a date of the calendar`)
  if (texts.length !== 5) return err(`expected 6 columns, found ${texts.length + 1}`)
  const [open, high, low, close, volume] = texts.map(parseAmount)
  if (!open || !high || !low || !close || volume === undefined)
    return err('open, high, low and close must be decimals above 0, and volume one that is not below 0')
  if (low > open || low > close || high < open || high < close || low <= 0n || volume < 0n)
    return err('open and close must lie between low and high, all above 0, and volume not below 0')
  return ok({ openTime, open, high, low, close, volume })
}

/** Data tools write small volumes like 9e-05; what is finer than 18 places is cut off. */
function parseAmount(text: string): Decimal | undefined {
  const [, mantissa, exponent] = EXPONENT.exec(text) ?? [undefined, text, '0']
  const value = parseDecimal(mantissa ?? '')
  if (value === undefined) return undefined
  const power = 10n ** BigInt(Math.abs(Number(exponent)))
  return fromUnits(Number(exponent) < 0 ? value / power : value * power)
}
