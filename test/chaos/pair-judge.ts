import type { Audit, Traded } from '../e2e/audit.ts'
import type { Records } from '../e2e/records.ts'
import { amountOf, signed, size, textOf } from '../simulation/checkers/amounts.ts'
import { type ChaosPair, SYMBOL_A } from './pairs.ts'

/** What B lacks of following A, from the exchange's own lines, signed, in 10^-18. */
function gapOf(audit: Audit, { a, b, symbolB }: ChaosPair): bigint {
  const held = (account: string, symbol: string) => audit.positions.get(`${account}/${symbol}`) ?? 0n
  return held(a, SYMBOL_A) + held(b, symbolB)
}

/** @returns null where B follows A to less than its lot */
export function unhedgedText(audit: Audit, pair: ChaosPair): string | null {
  const gap = gapOf(audit, pair)
  return size(gap) < amountOf(pair.lotB) ? null : `pair ${pair.name} has ${textOf(gap)} unhedged`
}

/** Each leg balanced, or the pair paused and somebody told; and what is stored of B is what the exchange has. */
export function openPairs(
  audit: Audit,
  { image, notices }: Records,
  pairs: readonly ChaosPair[],
): readonly string[] {
  return pairs.flatMap(pair => {
    const row = image.pairs.find(({ name }) => name === pair.name)
    const state = image.pairStates.find(({ pairId }) => pairId === row?.id)
    const text = unhedgedText(audit, pair)
    const isPaused = state !== undefined && state.pause !== null
    const isTold = notices.some(
      ({ details, level }) => details?.['pair'] === pair.name && level === 'critical',
    )
    const stored = image.positions.find(
      ({ accountId, instrumentId }) => accountId === row?.b.accountId && instrumentId === row.b.instrumentId,
    )
    const truly = audit.positions.get(`${pair.b}/${pair.symbolB}`) ?? 0n
    return [
      ...(text !== null && !isPaused ? [text] : []),
      ...(isPaused && !isTold ? [`pair ${pair.name} is paused (${state.pause}), and nobody was told`] : []),
      ...((stored?.quantity ?? 0n) === truly
        ? []
        : [`${pair.b} holds ${textOf(truly)}, which is not stored`]),
    ]
  })
}

/**
 * I8, from the exchange's own lines: what B ever sold is never ahead of what A bought, nor the other way round, by
 * more than a lot; and no order of ours on one leg trades with one of ours on the other. What people rest there is theirs.
 */
export function hedgedTooMuch(audit: Audit, pair: ChaosPair): readonly string[] {
  const ofA = { buy: 0n, sell: 0n }
  const ofB = { buy: 0n, sell: 0n }
  let before: Traded | null = null
  for (const fill of audit.fills) {
    const quantity = amountOf(fill.quantity)
    if (fill.account === pair.a) ofA[fill.side] += quantity
    if (fill.account === pair.b && !isClose(audit, fill)) {
      ofB[fill.side] += quantity
      const most = ofA[fill.side === 'buy' ? 'sell' : 'buy'] + amountOf(pair.lotB)
      if (ofB[fill.side] > most)
        return [
          `I8: ${pair.b} had traded ${textOf(ofB[fill.side])} at ${fill.tradeId}, ${textOf(most)} at most`,
        ]
    }
    if (before !== null && isOneTrade(before, fill, pair))
      return [`I8: the legs of ${pair.name} traded with each other at ${fill.tradeId}`]
    before = fill
  }
  return []
}

function isClose(audit: Audit, { account, clientOrderId }: Traded): boolean {
  return audit.orders.get(`${account}/${clientOrderId}`)?.received[0]?.reduceOnly === true
}

/** Both sides of one trade stand side by side in the log: an order that came in between has lines of its own there. */
function isOneTrade(one: Traded, other: Traded, { a, b }: ChaosPair): boolean {
  const accounts = new Set([one.account, other.account])
  const isBeside = other.number - one.number <= 2
  const isOurs = one.clientOrderId !== '' && other.clientOrderId !== ''
  const isOpposite =
    signed(one.side, amountOf(one.quantity)) + signed(other.side, amountOf(other.quantity)) === 0n
  return isBeside && isOurs && isOpposite && one.symbol === other.symbol && accounts.has(a) && accounts.has(b)
}
