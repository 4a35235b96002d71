import type { Account } from '../domain/account.ts'
import type { AccountId, IdKind, LinkId, SourceId } from '../domain/ids.ts'
import { err, must, ok, type Result } from '../domain/result.ts'
import type { Link, Source, Strategy } from '../domain/strategy.ts'
import type { StoreImage, Write } from '../ports/store.ts'

/** What a person set up, by names. */
export interface Setup {
  readonly accounts: readonly Omit<Account, 'id' | 'kind' | 'origin'>[]
  readonly sources: readonly { readonly name: string; readonly account: string }[]
  readonly strategies: readonly (Omit<Strategy, 'id' | 'origin' | 'sourceId'> & { readonly source: string })[]
  readonly links: readonly (Pick<Link, 'mode' | 'sizing'> & {
    readonly strategy: string
    readonly account: string
  })[]
}

/** The same with ids: those that the store knows keep theirs, by name. */
export interface Roster {
  readonly accounts: readonly Account[]
  readonly sources: readonly Source[]
  readonly strategies: readonly Strategy[]
  readonly links: readonly Link[]
}

export interface SetupInput {
  readonly image: StoreImage
  readonly setup: Setup
  readonly newId: <T extends IdKind>() => T
  /** Each source's count of fills so far: a new link begins behind it. */
  readonly lastSequences: ReadonlyMap<SourceId, number>
}

/** @returns the roster and the rows to store, or every problem, each with what to do */
export function applySetup(
  input: SetupInput,
): Result<{ roster: Roster; writes: readonly Write[] }, readonly string[]> {
  const { image, setup, newId } = input
  const problems = [...namesProblems(setup), ...sourceProblems(input), ...followingProblems(setup)]
  if (problems.length > 0) return err(problems)
  const accounts = setup.accounts.map(
    (row): Account => ({
      ...row,
      kind: 'venue',
      origin: 'file',
      id: byName(image.accounts, row.name)?.id ?? newId<AccountId>(),
    }),
  )
  const sources = setup.sources.map(
    ({ name, account }): Source => ({
      origin: 'file',
      id: byName(image.sources, name)?.id ?? newId<SourceId>(),
      name,
      accountId: named(accounts, account).id,
    }),
  )
  const strategies = setup.strategies.map(
    ({ source, ...row }): Strategy => ({
      ...row,
      origin: 'file',
      id: byName(image.strategies, row.name)?.id ?? newId(),
      sourceId: named(sources, source).id,
    }),
  )
  const links = setup.links.map(({ strategy, account, mode, sizing }): Link => {
    const { id: strategyId, sourceId } = named(strategies, strategy)
    const accountId = named(accounts, account).id
    const known = image.links.find(link => link.strategyId === strategyId && link.accountId === accountId)
    const startSequence = known?.startSequence ?? input.lastSequences.get(sourceId) ?? 0
    const id = known?.id ?? newId<LinkId>()
    return { id, origin: 'file', strategyId, accountId, mode, sizing, startSequence }
  })
  const writes: Write[] = [
    ...accounts.map(row => ({ kind: 'account', row }) as const),
    ...sources.map(row => ({ kind: 'source', row }) as const),
    ...strategies.map(row => ({ kind: 'strategy', row }) as const),
    ...links.map(row => ({ kind: 'link', row }) as const),
  ]
  return ok({ roster: { accounts, sources, strategies, links }, writes })
}

function byName<T extends { readonly name: string }>(rows: readonly T[], name: string): T | undefined {
  return rows.find(row => row.name === name)
}

function named<T extends { readonly name: string }>(rows: readonly T[], name: string): T {
  return must(byName(rows, name), `"${name}" was checked to exist`)
}

function namesProblems(setup: Setup): readonly string[] {
  const problems = [
    ...repeated('account', setup.accounts),
    ...repeated('source', setup.sources),
    ...repeated('strategy', setup.strategies),
  ]
  const known = (
    kind: string,
    rows: readonly { readonly name: string }[],
    name: string,
    by: string,
  ): void => {
    if (byName(rows, name) !== undefined) return
    problems.push(
      `${by} names the ${kind} "${name}", which is not set up. Set up: ${rows.map(row => row.name).join(', ') || 'none'}.`,
    )
  }
  for (const row of setup.sources) known('account', setup.accounts, row.account, `Source "${row.name}"`)
  for (const row of setup.strategies) known('source', setup.sources, row.source, `Strategy "${row.name}"`)
  for (const row of setup.links) {
    known('strategy', setup.strategies, row.strategy, `The link of "${row.account}"`)
    known('account', setup.accounts, row.account, `A link to "${row.strategy}"`)
  }
  return problems
}

function repeated(kind: string, rows: readonly { readonly name: string }[]): readonly string[] {
  const twice = rows.filter((row, index) => rows.findIndex(other => other.name === row.name) !== index)
  return twice.map(({ name }) => `There are two of the ${kind} "${name}". Give each a name of its own.`)
}

/** An account is one source: its trades have one count. And a source stays with its account, or its count would lie. */
function sourceProblems({ image, setup }: SetupInput): readonly string[] {
  const problems: string[] = []
  for (const [index, { name, account }] of setup.sources.entries()) {
    const first = setup.sources.findIndex(other => other.account === account)
    if (first < index) {
      problems.push(
        `Sources "${setup.sources[first]?.name}" and "${name}" are the same account "${account}". Keep one of them.`,
      )
    }
    const known = byName(image.sources, name)
    const former = image.accounts.find(({ id }) => id === known?.accountId)
    if (former !== undefined && former.name !== account) {
      problems.push(
        `Source "${name}" was the account "${former.name}". Give the source of "${account}" a name of its own.`,
      )
    }
  }
  return problems
}

/** At most one link per account and instrument, and no account that follows itself. */
function followingProblems(setup: Setup): readonly string[] {
  const problems: string[] = []
  const seen = new Map<string, Setup['links'][number][]>()
  for (const link of setup.links) {
    const strategy = byName(setup.strategies, link.strategy)
    const source = strategy === undefined ? undefined : byName(setup.sources, strategy.source)
    if (source?.account === link.account) {
      problems.push(
        `Account "${link.account}" would follow itself through "${link.strategy}". Link another account.`,
      )
    }
    const others = seen.get(link.account) ?? []
    const first = others.find(other => overlaps(setup, other.strategy, link.strategy))
    if (first !== undefined) {
      problems.push(
        `Account "${link.account}" already follows "${first.strategy}" with symbols that "${link.strategy}" trades too. Give each its own allowedSymbols, or remove one link.`,
      )
    }
    seen.set(link.account, [...others, link])
  }
  return problems
}

function overlaps(setup: Setup, a: string, b: string): boolean {
  const first = byName(setup.strategies, a)?.limits.allowedSymbols ?? null
  const second = byName(setup.strategies, b)?.limits.allowedSymbols ?? null
  if (first === null || second === null) return true
  return first.some(symbol => second.includes(symbol))
}
