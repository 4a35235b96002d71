import type { Account } from '../domain/account.ts'
import {
  type AccountId,
  type IdKind,
  instrumentId,
  type LinkId,
  type PairId,
  type SourceId,
} from '../domain/ids.ts'
import type { Leg, Pair } from '../domain/pair.ts'
import { err, must, ok, type Result } from '../domain/result.ts'
import type { Link, Source, Strategy } from '../domain/strategy.ts'
import type { StoreImage, Write } from '../ports/store.ts'
import { type Roster, rosterWrites, storedRoster } from './roster.ts'
import { danglingProblems, rosterProblems } from './roster-rules.ts'

/** What a person set up in a file, by names. */
export interface Setup {
  /** Of kind `venue` where nothing is said. */
  readonly accounts: readonly (Omit<Account, 'id' | 'kind' | 'origin'> & Partial<Pick<Account, 'kind'>>)[]
  readonly sources: readonly { readonly name: string; readonly account: string }[]
  readonly strategies: readonly (Omit<Strategy, 'id' | 'origin' | 'sourceId'> & { readonly source: string })[]
  readonly links: readonly (Pick<Link, 'mode' | 'sizing'> & {
    readonly strategy: string
    readonly account: string
  })[]
  readonly pairs: readonly SetupPair[]
}

/** A leg is an account by its name and a symbol there. */
export interface SetupPair extends Omit<Pair, 'id' | 'origin' | 'a' | 'b'> {
  readonly a: SetupLeg
  readonly b: SetupLeg
}

export interface SetupLeg {
  readonly account: string
  readonly symbol: string
}

export interface SetupInput {
  readonly image: StoreImage
  readonly setup: Setup
  readonly newId: <T extends IdKind>() => T
  /** Each source's count of fills so far: a new link begins behind it. */
  readonly lastSequences: ReadonlyMap<SourceId, number>
}

/**
 * Matches the file with what the store holds: a row that the file names is the file's and keeps its id, one that
 * the file named before is removed, and what people set up otherwise stays.
 *
 * @returns the roster and the rows to store, or every problem, each with what to do
 */
export function applySetup(
  input: SetupInput,
): Result<{ roster: Roster; writes: readonly Write[] }, readonly string[]> {
  const stored = storedRoster(input.image)
  const names = nameProblems(input.setup, stored)
  if (names.length > 0) return err(names)
  const roster = withStored(rosterOfFile(input, stored), stored)
  const dangling = danglingProblems(roster, stored)
  if (dangling.length > 0) return err(dangling)
  const problems = rosterProblems(roster, stored)
  if (problems.length > 0) return err(problems)
  return ok({ roster, writes: rosterWrites(stored, roster) })
}

function rosterOfFile({ setup, newId, lastSequences }: SetupInput, stored: Roster): Roster {
  const accounts = setup.accounts.map(
    (row): Account => ({
      kind: 'venue',
      ...row,
      origin: 'file',
      id: byName(stored.accounts, row.name)?.id ?? newId<AccountId>(),
    }),
  )
  const everyAccount = [...accounts, ...stored.accounts]
  const sources = setup.sources.map(
    ({ name, account }): Source => ({
      origin: 'file',
      id: byName(stored.sources, name)?.id ?? newId<SourceId>(),
      name,
      accountId: named(everyAccount, account).id,
    }),
  )
  const everySource = [...sources, ...stored.sources]
  const strategies = setup.strategies.map(
    ({ source, ...row }): Strategy => ({
      ...row,
      origin: 'file',
      id: byName(stored.strategies, row.name)?.id ?? newId(),
      sourceId: named(everySource, source).id,
    }),
  )
  const everyStrategy = [...strategies, ...stored.strategies]
  const links = setup.links.map(({ strategy, account, mode, sizing }): Link => {
    const { id: strategyId, sourceId } = named(everyStrategy, strategy)
    const accountId = named(everyAccount, account).id
    const known = stored.links.find(link => link.strategyId === strategyId && link.accountId === accountId)
    const startSequence = known?.startSequence ?? lastSequences.get(sourceId) ?? 0
    const id = known?.id ?? newId<LinkId>()
    return { id, origin: 'file', strategyId, accountId, mode, sizing, startSequence }
  })
  const pairs = setup.pairs.map((row): Pair => {
    const legOf = ({ account, symbol }: SetupLeg): Leg => {
      const { id: accountId, venue } = named(everyAccount, account)
      return { accountId, instrumentId: instrumentId(venue, symbol) }
    }
    const id = byName(stored.pairs, row.name)?.id ?? newId<PairId>()
    return { ...row, origin: 'file', id, a: legOf(row.a), b: legOf(row.b) }
  })
  return { accounts, sources, strategies, links, pairs }
}

/** With what people set up and the file does not name. */
function withStored(file: Roster, stored: Roster): Roster {
  return {
    accounts: [...file.accounts, ...kept(file.accounts, stored.accounts)],
    sources: [...file.sources, ...kept(file.sources, stored.sources)],
    strategies: [...file.strategies, ...kept(file.strategies, stored.strategies)],
    links: [...file.links, ...kept(file.links, stored.links)],
    pairs: [...file.pairs, ...kept(file.pairs, stored.pairs)],
  }
}

function kept<Row extends Account | Source | Strategy | Link | Pair>(
  file: readonly Row[],
  stored: readonly Row[],
): readonly Row[] {
  return stored.filter(row => row.origin === 'api' && !file.some(({ id }) => id === row.id))
}

function byName<T extends { readonly name: string }>(rows: readonly T[], name: string): T | undefined {
  return rows.find(row => row.name === name)
}

function named<T extends { readonly name: string }>(rows: readonly T[], name: string): T {
  return must(byName(rows, name), `"${name}" was checked to exist`)
}

/** Names in the file that nothing has: neither the file nor what people set up. */
function nameProblems(setup: Setup, stored: Roster): readonly string[] {
  const accounts = [...setup.accounts, ...ofPeople(stored.accounts)]
  const sources = [...setup.sources, ...ofPeople(stored.sources)]
  const strategies = [...setup.strategies, ...ofPeople(stored.strategies)]
  const known = (kind: string, rows: readonly Named[], name: string, by: string): readonly string[] => {
    if (byName(rows, name) !== undefined) return []
    const names = rows.map(row => row.name).join(', ') || 'none'
    return [`${by} names the ${kind} "${name}", which is not set up. Set up: ${names}.`]
  }
  return [
    ...setup.sources.flatMap(row => known('account', accounts, row.account, `Source "${row.name}"`)),
    ...setup.strategies.flatMap(row => known('source', sources, row.source, `Strategy "${row.name}"`)),
    ...setup.links.flatMap(row => [
      ...known('strategy', strategies, row.strategy, `The link of "${row.account}"`),
      ...known('account', accounts, row.account, `A link to "${row.strategy}"`),
    ]),
    ...setup.pairs.flatMap(row =>
      [row.a, row.b].flatMap(leg => known('account', accounts, leg.account, `Pair "${row.name}"`)),
    ),
  ]
}

interface Named {
  readonly name: string
}

function ofPeople<Row extends Account | Source | Strategy>(rows: readonly Row[]): readonly Row[] {
  return rows.filter(({ origin }) => origin === 'api')
}
