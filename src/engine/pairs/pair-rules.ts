import { symbolOf } from '../../domain/ids.ts'
import type { Leg, Pair } from '../../domain/pair.ts'
import { allowsSymbol } from '../../logic/copy.ts'
import type { Roster } from '../roster.ts'

/** A place has one owner: a leg is of one pair, and no link trades there. @returns a sentence for each problem */
export function pairProblems(roster: Roster, former: Roster): readonly string[] {
  const problems: string[] = []
  const taken = new Map<string, string>()
  for (const pair of roster.pairs) {
    const before = former.pairs.find(({ id }) => id === pair.id)
    if (before !== undefined && !(isSame(before.a, pair.a) && isSame(before.b, pair.b)))
      problems.push(`Pair "${pair.name}" keeps its legs. Remove it and make another.`)
    for (const leg of [pair.a, pair.b]) {
      const account = roster.accounts.find(({ id }) => id === leg.accountId)
      const who = `leg ${symbolOf(leg.instrumentId)} of "${account?.name}"`
      const first = taken.get(placeOf(leg))
      if (first !== undefined)
        problems.push(`The ${who} is in the pairs "${first}" and "${pair.name}". A leg is of one pair only.`)
      taken.set(placeOf(leg), pair.name)
      if (account?.kind === 'virtual')
        problems.push(
          `Pair "${pair.name}": the account "${account.name}" is moved by signals only. Name another.`,
        )
      if (account !== undefined && !leg.instrumentId.startsWith(`${account.venue}:`))
        problems.push(
          `Pair "${pair.name}": ${leg.instrumentId} is not traded at ${account.venue}. Name its symbol.`,
        )
      problems.push(...linkProblems(roster, pair, leg))
    }
  }
  return problems
}

function linkProblems(roster: Roster, pair: Pair, leg: Leg): readonly string[] {
  return roster.links.flatMap(({ accountId, strategyId }) => {
    const strategy = roster.strategies.find(({ id }) => id === strategyId)
    if (accountId !== leg.accountId || strategy === undefined) return []
    const symbol = symbolOf(leg.instrumentId)
    return allowsSymbol(strategy.limits, symbol)
      ? [
          `Pair "${pair.name}" has ${symbol} on an account that follows "${strategy.name}" with the same symbol. Put ${symbol} among its deniedSymbols.`,
        ]
      : []
  })
}

function isSame(a: Leg, b: Leg): boolean {
  return placeOf(a) === placeOf(b)
}

function placeOf({ accountId, instrumentId }: Leg): string {
  return `${accountId}/${instrumentId}`
}
