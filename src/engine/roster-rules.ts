import { must } from '../domain/result.ts'
import type { Link, Strategy } from '../domain/strategy.ts'
import { pairProblems } from './pairs/pair-rules.ts'
import type { Roster } from './roster.ts'

/**
 * What a roster must hold to be traded by, whoever set its rows up.
 *
 * @param former what was in force before: some things a row keeps for life
 * @returns a sentence for each problem, with what to do
 */
export function rosterProblems(roster: Roster, former: Roster): readonly string[] {
  return [
    ...repeated('account', roster.accounts),
    ...repeated('source', roster.sources),
    ...repeated('strategy', roster.strategies),
    ...repeated('pair', roster.pairs),
    ...accountProblems(roster, former),
    ...sourceProblems(roster, former),
    ...strategyProblems(roster, former),
    ...followingProblems(roster),
    ...pairProblems(roster, former),
  ]
}

/**
 * Rows that name something which is in force no more.
 *
 * @param former knows the names of what is gone
 */
export function danglingProblems(roster: Roster, former: Roster): readonly string[] {
  const problems: string[] = []
  const needs = (who: string, kind: 'accounts' | 'sources' | 'strategies', id: string): void => {
    if (byId<Named>(roster[kind], id) !== undefined) return
    const gone = byId<Named>(former[kind], id)
    const what = `${SINGULAR[kind]} ${gone === undefined ? id : `"${gone.name}"`}`
    problems.push(`${who} needs the ${what}, which would not be there. Keep that, or remove this first.`)
  }
  for (const { name, accountId } of roster.sources) needs(`Source "${name}"`, 'accounts', accountId)
  for (const { name, sourceId } of roster.strategies) needs(`Strategy "${name}"`, 'sources', sourceId)
  for (const { strategyId, accountId } of roster.links) {
    const account = byId(roster.accounts, accountId)?.name
    needs(account === undefined ? 'A link' : `The link of "${account}"`, 'strategies', strategyId)
    const strategy = byId(roster.strategies, strategyId)?.name
    needs(strategy === undefined ? 'A link' : `A link to "${strategy}"`, 'accounts', accountId)
  }
  for (const { name, a, b } of roster.pairs)
    for (const { accountId } of [a, b]) needs(`Pair "${name}"`, 'accounts', accountId)
  return problems
}

const SINGULAR = { accounts: 'account', sources: 'source', strategies: 'strategy' } as const

interface Named {
  readonly id: string
  readonly name: string
}

function nameOf(rows: readonly Named[], id: string): string {
  return must(byId(rows, id), 'references were checked').name
}

function byId<Row extends { readonly id: string }>(rows: readonly Row[], id: string): Row | undefined {
  return rows.find(row => row.id === id)
}

function repeated(kind: string, rows: readonly Named[]): readonly string[] {
  const twice = rows.filter((row, index) => rows.findIndex(other => other.name === row.name) !== index)
  return twice.map(({ name }) => `There are two of the ${kind} "${name}". Give each a name of its own.`)
}

/** Its trades were made where it is: another venue is another account. */
function accountProblems({ accounts }: Roster, former: Roster): readonly string[] {
  return accounts.flatMap(({ id, name, kind, venue, environment }) => {
    const before = byId(former.accounts, id)
    const isSame =
      before === undefined ||
      (before.kind === kind && before.venue === venue && before.environment === environment)
    return isSame
      ? []
      : [
          `Account "${name}" is at ${before.venue} ${before.environment}. Give the one at ${venue} ${environment} a name of its own.`,
        ]
  })
}

/** An account is one source: its trades have one count. And a source stays with its account, or its count would lie. */
function sourceProblems({ accounts, sources }: Roster, former: Roster): readonly string[] {
  const problems: string[] = []
  for (const [index, { id, name, accountId }] of sources.entries()) {
    const account = nameOf(accounts, accountId)
    const first = sources.findIndex(other => other.accountId === accountId)
    if (first < index) {
      problems.push(
        `Sources "${sources[first]?.name}" and "${name}" are the same account "${account}". Keep one of them.`,
      )
    }
    const before = byId(former.sources, id)
    if (before !== undefined && before.accountId !== accountId) {
      problems.push(
        `Source "${name}" was the account "${nameOf(former.accounts, before.accountId)}". Give the source of "${account}" a name of its own.`,
      )
    }
  }
  return problems
}

/** Its links count by their source's fills. */
function strategyProblems({ sources, strategies }: Roster, former: Roster): readonly string[] {
  return strategies.flatMap(({ id, name, sourceId }) => {
    const before = byId(former.strategies, id)
    if (before === undefined || before.sourceId === sourceId) return []
    return [
      `Strategy "${name}" follows the source "${nameOf(former.sources, before.sourceId)}". Give the one that follows "${nameOf(sources, sourceId)}" a name of its own.`,
    ]
  })
}

/** At most one link per account and instrument, no account that follows itself, and none that cannot trade. */
function followingProblems(roster: Roster): readonly string[] {
  const problems: string[] = []
  const seen = new Map<string, Strategy[]>()
  for (const link of roster.links) {
    const { strategy, leaderId } = followed(roster, link)
    const account = nameOf(roster.accounts, link.accountId)
    if (leaderId === link.accountId)
      problems.push(
        `Account "${account}" would follow itself through "${strategy.name}". Link another account.`,
      )
    if (byId(roster.accounts, link.accountId)?.kind === 'virtual')
      problems.push(`Account "${account}" is moved by signals only and cannot follow. Link another account.`)
    const others = seen.get(account) ?? []
    const first = others.find(other => overlaps(other, strategy))
    if (first !== undefined) {
      problems.push(
        `Account "${account}" already follows "${first.name}" with symbols that "${strategy.name}" trades too. Give each its own allowedSymbols, or remove one link.`,
      )
    }
    seen.set(account, [...others, strategy])
  }
  return problems
}

function followed({ sources, strategies }: Roster, { strategyId }: Link) {
  const strategy = must(byId(strategies, strategyId), 'references were checked')
  const source = must(byId(sources, strategy.sourceId), 'references were checked')
  return { strategy, leaderId: source.accountId }
}

function overlaps({ limits: { allowedSymbols: first } }: Strategy, { limits }: Strategy): boolean {
  const second = limits.allowedSymbols
  if (first === null || second === null) return true
  return first.some(symbol => second.includes(symbol))
}
