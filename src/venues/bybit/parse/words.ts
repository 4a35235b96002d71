import { type InstrumentId, instrumentId, type PositionIndex } from '../../../domain/ids.ts'
import type { OrderType, Side } from '../../../domain/order.ts'
import { integerField, Malformed, type Row, textField } from '../../shared/fields.ts'

export const SIDES: ReadonlyMap<string, Side> = new Map([
  ['Buy', 'buy'],
  ['Sell', 'sell'],
])

export const ORDER_TYPES: ReadonlyMap<string, OrderType> = new Map([
  ['Market', 'market'],
  ['Limit', 'limit'],
])

export function instrumentField(row: Row): InstrumentId {
  return instrumentId('bybit', textField(row, 'symbol'))
}

/**
 * USDC contracts are linear too, but snapshots and instruments here are those of USDT: counted in one place
 * only, each of their trades would be a gap.
 */
export function isUsdtContract(row: Row): boolean {
  return textField(row, 'symbol').includes('USDT')
}

export function positionIndexField(row: Row): PositionIndex {
  const index = integerField(row, 'positionIdx')
  if (index !== 0 && index !== 1 && index !== 2) throw new Malformed(`positionIdx is not 0, 1 or 2: ${index}`)
  return index
}
