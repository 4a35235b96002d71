import type { Act, Answer, Refusal } from '../api/answer.ts'
import type { Change, Desk, KeyCheck, Reach, Roster } from '../api/services.ts'
import type { Account, Credential } from '../domain/account.ts'
import { type AccountId, instrumentId, type NoticeId } from '../domain/ids.ts'
import type { Notice } from '../domain/notice.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { ChangeProblem } from '../engine/change.ts'
import type { Engine } from '../engine/engine.ts'
import { tradesOn } from '../engine/roster.ts'
import { type KeyProblem, keyProblem, keyWarning } from '../logic/key-check.ts'
import type { Clock } from '../ports/clock.ts'
import type { RecordWrite } from '../ports/records.ts'
import type { Store, StoreError } from '../ports/store.ts'
import type { Venue } from '../ports/venue.ts'
import { storeRefusal } from '../security/ledger.ts'
import type { Security } from '../security/security.ts'
import { changeRefusal, venueRefusal } from './refusals.ts'

export interface DeskParts {
  readonly engine: Engine
  readonly security: Security
  readonly store: Store
  readonly clock: Clock
  /** Null: not spoken. */
  readonly venueOf: (account: Account) => Venue | null
}

/** The engine as the API asks for it: every command with its entry in the audit chain. */
export function deskOf(parts: DeskParts): Desk {
  const { engine, security } = parts
  const { credentials } = security
  return {
    roster: () => rosterOf(engine),
    states: () => statesOf(engine),
    isFlattened: id => engine.context.state.accounts.get(id)?.isFlattened ?? false,
    reconfigure: (changes, act) => reconfigure(parts, changes, act),
    putKey: (account, credential, by) => putKey(parts, { account, credential, by }),
    removeKey: ({ id: accountId }, by) => credentials.endCredential({ by, accountId }),
    checkKey: account => checkStored(parts, account),
    resetSessions: async (accountIds, act) => {
      const noted = await security.ledger.run(() => ok({ act, writes: [], value: undefined }))
      return noted.ok ? ok(await engine.resetSessions(accountIds, `asked for by ${act.actor}`)) : noted
    },
    instrument: (accountId, symbol) => instrumentOf(engine, accountId, symbol),
    acknowledge: (noticeId, reach, act) => acknowledge(parts, { noticeId, reach, act }),
  }
}

function rosterOf(engine: Engine): Roster {
  const { accounts, sources, strategies, links, pairs } = engine.roster()
  const byId = <Row extends { readonly id: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> =>
    new Map(rows.map(row => [row.id, row]))
  return {
    accounts: byId(accounts),
    sources: byId(sources),
    strategies: byId(strategies),
    links: byId(links),
    pairs: byId(pairs),
  }
}

function statesOf(engine: Engine): ReturnType<Desk['states']> {
  const sessions = new Map(engine.sessions.sessions().map(session => [session.accountId, session]))
  return Array.from(engine.context.state.accounts.keys(), id => {
    const session = sessions.get(id)
    return { id, state: session?.state ?? 'none', since: session?.since ?? null }
  })
}

/** People's rows and the engine's in one unit; the engine changes memory when it is durable. */
async function reconfigure(
  { engine, security }: DeskParts,
  changes: readonly Change[],
  act: Act,
): Answer<void> {
  const trading = changes.flatMap(change => (change.kind === 'put_profile' ? [] : [change]))
  const done = await security.ledger.runWith<unknown, ChangeProblem>({
    act,
    decide: () => profileRows(security, changes),
    commit: rows => engine.reconfigure(trading, rows),
  })
  return done.ok ? ok() : err(refusalOf(done.error))
}

function profileRows(security: Security, changes: readonly Change[]) {
  const writes: RecordWrite[] = []
  const revokes = []
  for (const change of changes) {
    if (change.kind === 'remove') writes.push(...security.credentials.withoutSecrets(change.id))
    if (change.kind !== 'put_profile') continue
    const planned = security.profiles.change(change.row)
    if (!planned.ok) return planned
    writes.push(...planned.value.writes)
    revokes.push(...(planned.value.revokes ?? []))
  }
  return ok({ writes, revokes })
}

function refusalOf(error: ChangeProblem | StoreError | Refusal): Refusal {
  if ('code' in error) return error
  return 'messages' in error ? changeRefusal(error) : storeRefusal(error)
}

async function putKey(
  parts: DeskParts,
  { account, credential, by }: { account: Account; credential: Credential; by: string },
): Answer<KeyCheck> {
  if (account.kind === 'virtual')
    return err({ code: 'conflict', message: 'Signals move this account: it has no key, and needs none.' })
  const checked = await checkAtVenue(parts, account, credential)
  if (!checked.ok) return checked
  const { problem } = checked.value
  if (problem !== null) return err({ code: 'key_refused', message: problem })
  const { security } = parts
  const sealed = await security.credentials.setCredential({ by, accountId: account.id, credential })
  return sealed.ok ? checked : sealed
}

async function checkStored(parts: DeskParts, account: Account): Answer<KeyCheck> {
  const credential = parts.security.vault.credential(account)
  if (!credential.ok) return err({ code: 'key_refused', message: credential.error.message })
  return checkAtVenue(parts, account, credential.value)
}

/** With a connection of its own: the account's session may not have the key yet, or may have lost it. */
async function checkAtVenue(
  { engine, venueOf }: DeskParts,
  account: Account,
  credential: Credential,
): Answer<KeyCheck> {
  const venue = venueOf(account)
  if (venue === null)
    return err({
      code: 'invalid',
      message: `This server does not speak ${account.venue} ${account.environment}.`,
    })
  const venueAccount = venue.account(account.id, credential)
  const permissions = await venueAccount.permissions()
  await venueAccount.close()
  if (!permissions.ok) return err(venueRefusal(permissions.error))
  const problem = keyProblem(permissions.value, tradesOn(engine.roster(), account.id))
  const said = (word: KeyProblem | null): string | null => word && `${word.text} ${word.action}`
  return ok({
    permissions: permissions.value,
    problem: said(problem),
    warning: said(keyWarning(permissions.value, account.environment)),
  })
}

function instrumentOf(engine: Engine, accountId: AccountId, symbol: string): ReturnType<Desk['instrument']> {
  const account = engine.context.state.accounts.get(accountId)?.account
  const market = account === undefined ? null : engine.sessions.marketOf(account)
  if (account === undefined || market === null)
    return err({ code: 'symbol_unknown', message: 'This server does not speak the venue of the account.' })
  const id = instrumentId(account.venue, symbol)
  if (market.instrument(id) !== null) return ok(id)
  if (!market.hasInstruments())
    return err({
      code: 'unavailable',
      message: `${account.venue} has not said yet what it lists. Try again.`,
    })
  return err({
    code: 'symbol_unknown',
    message: `${account.venue} lists no ${symbol}. Name one that it lists.`,
  })
}

async function acknowledge(
  { security, store, clock }: DeskParts,
  { noticeId, reach, act }: { noticeId: NoticeId; reach: Reach; act: Act },
): Answer<Notice> {
  const notice = await store.notice(noticeId)
  if (notice === null || !isWithin(reach.seen, notice))
    return err({ code: 'not_found', message: 'There is no such notice.' })
  if (!isWithin(reach.acted, notice))
    return err({ code: 'forbidden', message: 'You may read notices, and not acknowledge them.' })
  if (notice.acknowledgedAt !== null) return ok(notice)
  const row: Notice = { ...notice, acknowledgedAt: clock.now(), acknowledgedBy: act.actor }
  const commit = async (rows: readonly RecordWrite[]): Promise<Result<void, StoreError>> =>
    store.commit([{ kind: 'notice', row }, ...rows])
  const done = await security.audit.append(act, commit)
  return done.ok ? ok(row) : err(storeRefusal(done.error))
}

function isWithin(accounts: Reach['seen'], { accountId }: Notice): boolean {
  return accounts === null || (accountId !== null && accounts.has(accountId))
}
