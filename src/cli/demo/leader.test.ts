import { describe, expect, test } from 'vitest'
import { decimal, formatDecimal } from '../../domain/decimal.ts'
import { nextTrade } from './leader.ts'

const trade = (quantity: string, chance: number, notional = '4000'): string =>
  formatDecimal(
    nextTrade({ quantity: decimal(quantity), unit: decimal('0.1'), notional: decimal(notional), chance }),
  )

describe('the leader of the demo', () => {
  test('[CL17] does everything that a follower must be able to copy', () => {
    expect([trade('0', 0.4), trade('0', 0.6)]).toEqual(['0.1', '-0.1'])
    expect([trade('0.3', 0.2), trade('-0.3', 0.2)]).toEqual(['-0.3', '0.3'])
    // Turns round: closes, and opens the other side with the same order.
    expect([trade('0.3', 0.3), trade('-0.3', 0.3)]).toEqual(['-0.4', '0.4'])
    expect([trade('0.3', 0.5), trade('-0.3', 0.5)]).toEqual(['-0.1', '0.1'])
    expect([trade('0.3', 0.9), trade('-0.3', 0.9)]).toEqual(['0.1', '-0.1'])
  })

  test('[CL17] adds to what it could not reduce, and closes what has grown large', () => {
    expect(trade('0.1', 0.5)).toBe('0.1')
    expect(trade('0.4', 0.9, '16000')).toBe('-0.4')
  })
})
