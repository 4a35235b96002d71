import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect } from 'vitest'
import { createExchange } from '../../exchange/core/exchange.ts'
import { DEFAULT_BASE_PRICES, DEFAULT_INSTRUMENTS } from '../../exchange/core/instruments.ts'
import { seededPath } from '../../exchange/core/path-seeded.ts'
import type { AuditEntry, Exchange } from '../../exchange/core/types.ts'
import { Journal } from '../../exchange/server/journal.ts'
import type { Account } from '../../src/domain/account.ts'
import type { ClientOrderId } from '../../src/domain/ids.ts'
import { symbolOf } from '../../src/domain/ids.ts'
import { isTerminal } from '../../src/domain/order.ts'
import { must } from '../../src/domain/result.ts'
import { SILENT } from '../../src/ports/observe.ts'
import type { Store, StoreImage } from '../../src/ports/store.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'

const MANY = 1_000_000

/** A stopped server's memory, and what its exchange's journal says of the same. */
export interface Truth {
  readonly image: StoreImage
  readonly notices: readonly string[]
  readonly audit: readonly AuditEntry[]
}

/** Opens the data folder of a server that has ended, and holds its store against its exchange (I1, I2, I3, I4). */
export async function judge(folder: string): Promise<Truth> {
  const store = await openStore(folder)
  try {
    const exchange = openExchange(join(folder, 'exchange.journal'))
    const image = await store.load()
    const audit = exchange.audit(0, MANY)
    for (const account of image.accounts) await compareAccount(account, { store, exchange, audit, image })
    const notices = (await store.notices(100)).map(({ code }) => code)
    const copies = image.intents.filter(({ pairId }) => pairId === null)
    expect(copies.filter(({ status }) => !isTerminal(status))).toEqual([])
    return { image, notices, audit }
  } finally {
    await store.close()
  }
}

async function compareAccount(
  { id, name }: Account,
  parts: { store: Store; exchange: Exchange; audit: readonly AuditEntry[]; image: StoreImage },
): Promise<void> {
  const { store, exchange, image } = parts
  // What was before the count began is the account's past, and nothing of ours.
  const baselineAt = image.syncs.find(({ accountId }) => accountId === id)?.baselineAt ?? 0
  const audit = parts.audit.filter(({ at }) => at >= baselineAt)
  const trades = audit.flatMap(row => (row.kind === 'filled' && row.account === name ? [row.tradeId] : []))
  const known = (await store.fills(id)).map(({ fill }): string => fill.tradeId)
  // What a pair quotes goes on resting behind a server that stops: the next start finds what was traded meanwhile.
  if (image.pairs.some(({ a, b }) => a.accountId === id || b.accountId === id)) {
    expect(trades, `trades of ${name}`).toEqual(expect.arrayContaining(known))
    return
  }
  expect(known.toSorted(), `trades of ${name}`).toEqual(trades.toSorted())
  for (const { instrumentId, quantity } of image.positions.filter(row => row.accountId === id))
    expect(quantity, `${name} ${instrumentId}`).toBe(exchange.position(name, symbolOf(instrumentId)).quantity)
  // The leader's orders are its own; every order of a follower is ours, and was an intent first.
  if (image.sources.some(source => source.accountId === id)) return
  const accepted = audit.flatMap(row =>
    row.kind === 'accepted' && row.account === name ? [row.clientOrderId] : [],
  )
  expect(new Set(accepted).size, `orders of ${name}`).toBe(accepted.length)
  for (const clientOrderId of accepted) {
    const intent = await store.intentByClientOrderId(id, clientOrderId as ClientOrderId)
    expect(intent?.status, `${name} ${clientOrderId}`).toBe('filled')
  }
}

async function openStore(folder: string): Promise<Store> {
  const opened = await openSqliteStore({ path: join(folder, 'lockstep.db'), log: SILENT })
  if (!opened.ok) throw new Error(opened.error.message)
  return opened.value
}

function openExchange(path: string): Exchange {
  const opened = Journal.open(path, { seed: 1, startAt: 0 })
  if (!opened.ok) throw new Error(opened.error)
  const journal = opened.value
  const { seed, startAt } = journal.head
  const instruments = DEFAULT_INSTRUMENTS
  const prices = seededPath({ seed, instruments, basePrices: DEFAULT_BASE_PRICES })
  const exchange = createExchange({ instruments, path: prices, seed, startAt })
  journal.replay(exchange)
  journal.close()
  return exchange
}

/** Orders of copies whose story is not over, of a server that may be running; a pair's quote always rests; units whose rows are on their way count too. */
export function unsettledOrders(folder: string): number {
  const database = new DatabaseSync(join(folder, 'lockstep.db'), { readOnly: true, timeout: 1_000 })
  const open = `SELECT (SELECT COUNT(*) FROM intents WHERE settled = 0 AND pair_id IS NULL) + (SELECT COUNT(*) FROM journal) AS count`
  try {
    return Number(database.prepare(open).get()?.['count'])
  } finally {
    database.close()
  }
}

/** When an account's count began, by its name. */
export function baselines({ accounts, syncs }: StoreImage): ReadonlyMap<string, number> {
  const nameOf = (id: string) =>
    must(
      accounts.find(account => account.id === id),
      'a sync has an account',
    ).name
  return new Map(syncs.map(({ accountId, baselineAt }) => [nameOf(accountId), baselineAt]))
}
