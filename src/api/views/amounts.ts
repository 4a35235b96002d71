import { type Decimal, formatDecimal } from '../../domain/decimal.ts'

export function text(amount: Decimal): string {
  return formatDecimal(amount)
}

export function textOrNull(amount: Decimal | null): string | null {
  return amount === null ? null : formatDecimal(amount)
}
