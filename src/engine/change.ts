import type { Account, AccountStatus } from '../domain/account.ts'
import type { AccountId, LinkId, PairId, SourceId, StrategyId } from '../domain/ids.ts'
import type { Pair } from '../domain/pair.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { Link, Mode, Source, Strategy } from '../domain/strategy.ts'
import type { Roster } from './roster.ts'
import { danglingProblems, rosterProblems } from './roster-rules.ts'

/** What a person wants to be otherwise. Rows are named by id; whoever puts a new row makes its id. */
export type Change =
  | { readonly kind: 'put_account'; readonly row: Omit<Account, 'origin'> }
  | { readonly kind: 'put_source'; readonly row: Omit<Source, 'origin'> }
  | { readonly kind: 'put_strategy'; readonly row: Omit<Strategy, 'origin'> }
  /** A new link begins behind its source's last fill; a known one stays with its strategy and account. */
  | { readonly kind: 'put_link'; readonly row: Omit<Link, 'origin' | 'startSequence'> }
  /** A known pair keeps its legs: what it holds is there. */
  | { readonly kind: 'put_pair'; readonly row: Omit<Pair, 'origin'> }
  | { readonly kind: 'set_status'; readonly id: AccountId; readonly status: AccountStatus }
  /** off and close_only pause, on resumes; what was missed meanwhile is never caught up with. */
  | { readonly kind: 'set_mode'; readonly id: StrategyId | LinkId; readonly mode: Mode }
  /** `abandon`: a link may go although it still holds something, which is the owner's own from then on. */
  | {
      readonly kind: 'remove'
      readonly id: AccountId | SourceId | StrategyId | LinkId | PairId
      readonly abandon?: boolean
    }

/** unknown: no such row. file: config.yaml says so. conflict: it cannot be with what there is. unavailable: not now. */
export interface ChangeProblem {
  readonly kind: 'unknown' | 'file' | 'conflict' | 'unavailable'
  /** Each a sentence with what to do. */
  readonly messages: readonly string[]
}

type Row = Account | Source | Strategy | Link | Pair

/** @returns what would be in force with all of the changes; the start of a new link is still to be set */
export function applyChanges(before: Roster, changes: readonly Change[]): Result<Roster, ChangeProblem> {
  let roster = before
  for (const change of changes) {
    const next = applyChange(roster, change)
    if (!next.ok) return next
    roster = next.value
  }
  const dangling = danglingProblems(roster, before)
  const problems = dangling.length > 0 ? dangling : rosterProblems(roster, before)
  return problems.length > 0 ? err({ kind: 'conflict', messages: problems }) : ok(roster)
}

function applyChange(roster: Roster, change: Change): Result<Roster, ChangeProblem> {
  switch (change.kind) {
    case 'put_account':
      return replaced(roster.accounts, { ...change.row, origin: 'api' }, accounts => ({
        ...roster,
        accounts,
      }))
    case 'put_source':
      return replaced(roster.sources, { ...change.row, origin: 'api' }, sources => ({ ...roster, sources }))
    case 'put_strategy':
      return replaced(roster.strategies, { ...change.row, origin: 'api' }, strategies => ({
        ...roster,
        strategies,
      }))
    case 'put_link':
      return putLink(roster, change.row)
    case 'put_pair':
      return replaced(roster.pairs, { ...change.row, origin: 'api' }, pairs => ({ ...roster, pairs }))
    case 'set_status': {
      const account = roster.accounts.find(({ id }) => id === change.id)
      if (account === undefined) return unknown('account', change.id)
      const row = { ...account, status: change.status }
      return replaced(roster.accounts, row, accounts => ({ ...roster, accounts }))
    }
    case 'set_mode':
      return setMode(roster, change.id, change.mode)
    case 'remove':
      return remove(roster, change.id)
  }
}

function putLink(roster: Roster, row: Omit<Link, 'origin' | 'startSequence'>): Result<Roster, ChangeProblem> {
  const known = roster.links.find(({ id }) => id === row.id)
  if (known !== undefined && (known.strategyId !== row.strategyId || known.accountId !== row.accountId)) {
    const message = 'A link stays with its strategy and its account. Remove it and make another.'
    return err({ kind: 'conflict', messages: [message] })
  }
  const link: Link = { ...row, origin: 'api', startSequence: known?.startSequence ?? 0 }
  return replaced(roster.links, link, links => ({ ...roster, links }))
}

function setMode(roster: Roster, id: string, mode: Mode): Result<Roster, ChangeProblem> {
  const strategy = roster.strategies.find(row => row.id === id)
  if (strategy !== undefined)
    return replaced(roster.strategies, { ...strategy, mode }, strategies => ({ ...roster, strategies }))
  const link = roster.links.find(row => row.id === id)
  if (link === undefined) return unknown('strategy or link', id)
  return replaced(roster.links, { ...link, mode }, links => ({ ...roster, links }))
}

function remove(roster: Roster, id: string): Result<Roster, ChangeProblem> {
  const { accounts, sources, strategies, links, pairs } = roster
  const known = [...accounts, ...sources, ...strategies, ...links, ...pairs].find(row => row.id === id)
  if (known === undefined) return unknown('row', id)
  if (known.origin === 'file') return err(ofFile(known))
  const without = <T extends Row>(rows: readonly T[]): readonly T[] => rows.filter(row => row.id !== id)
  return ok({
    accounts: without(accounts),
    sources: without(sources),
    strategies: without(strategies),
    links: without(links),
    pairs: without(pairs),
  })
}

/** With the row in the place of the one that has its id, or behind the others. */
function replaced<T extends Row>(
  rows: readonly T[],
  row: T,
  rosterWith: (rows: readonly T[]) => Roster,
): Result<Roster, ChangeProblem> {
  const index = rows.findIndex(({ id }) => id === row.id)
  const known = rows[index]
  if (known?.origin === 'file') return err(ofFile(known))
  return ok(rosterWith(known === undefined ? [...rows, row] : rows.with(index, row)))
}

function ofFile(row: Row): ChangeProblem {
  const what = 'name' in row ? `"${row.name}"` : 'This link'
  return { kind: 'file', messages: [`${what} is set in config.yaml; change it there, and start again.`] }
}

function unknown(kind: string, id: string): Result<never, ChangeProblem> {
  return err({
    kind: 'unknown',
    messages: [`There is no ${kind} ${id}. Look at the list of what is set up.`],
  })
}
