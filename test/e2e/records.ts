import { join } from 'node:path'
import type { Account } from '../../src/domain/account.ts'
import type { Decision } from '../../src/domain/decision.ts'
import type { ClientOrderId } from '../../src/domain/ids.ts'
import type { Notice } from '../../src/domain/notice.ts'
import type { Order } from '../../src/domain/order.ts'
import { must } from '../../src/domain/result.ts'
import { type Link, type Mode, type Strategy, strictestMode } from '../../src/domain/strategy.ts'
import { SILENT } from '../../src/ports/observe.ts'
import type { Store, StoredFill, StoreImage } from '../../src/ports/store.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import type { Audit } from './audit.ts'

const MAXIMUM_DECISIONS = 10_000_000
const MAXIMUM_NOTICES = 1_000_000
const READS_AT_ONCE = 500

/** One link with what it decided, oldest first. */
export interface LinkRecord {
  readonly link: Link
  readonly strategy: Strategy
  readonly account: Account
  readonly mode: Mode
  readonly decisions: readonly Decision[]
}

/** What the server left in its database: read from the disk after the server has ended. */
export interface Records {
  readonly image: StoreImage
  readonly fills: ReadonlyMap<string, readonly StoredFill[]>
  readonly links: readonly LinkRecord[]
  readonly notices: readonly Notice[]
  /** By `account/clientOrderId`, those that the exchange knows of and the database too. */
  readonly intents: ReadonlyMap<string, Order>
  /** The other way round: by intent. */
  readonly keysByIntent: ReadonlyMap<string, string>
}

export async function readRecords(dataFolder: string, audit: Audit): Promise<Records> {
  const opened = await openSqliteStore({ path: join(dataFolder, 'lockstep.db'), log: SILENT })
  if (!opened.ok) throw new Error(opened.error.message)
  const store = opened.value
  try {
    const image = await store.load()
    const fills = new Map<string, readonly StoredFill[]>()
    for (const { id, name } of image.accounts) fills.set(name, await store.fills(id))
    const links: LinkRecord[] = []
    for (const link of image.links) links.push(await linkRecord(store, image, link))
    const intents = await readIntents(store, image, audit)
    const keysByIntent = new Map(Array.from(intents, ([key, { intentId }]) => [intentId as string, key]))
    const notices = await store.notices(MAXIMUM_NOTICES)
    return { image, fills, links, notices, intents, keysByIntent }
  } finally {
    await store.close()
  }
}

async function linkRecord(store: Store, image: StoreImage, link: Link): Promise<LinkRecord> {
  const strategy = must(
    image.strategies.find(row => row.id === link.strategyId),
    'a link has its strategy',
  )
  const account = must(
    image.accounts.find(row => row.id === link.accountId),
    'a link has its account',
  )
  const newestFirst = await store.decisions({ linkId: link.id, limit: MAXIMUM_DECISIONS })
  const mode = strictestMode(link.mode, strategy.mode)
  return { link, strategy, account, mode, decisions: [...newestFirst].reverse() }
}

async function readIntents(
  store: Store,
  image: StoreImage,
  audit: Audit,
): Promise<ReadonlyMap<string, Order>> {
  const intents = new Map<string, Order>()
  const keys = [...audit.orders.keys()]
  for (let from = 0; from < keys.length; from += READS_AT_ONCE) {
    const read = keys.slice(from, from + READS_AT_ONCE).map(async key => {
      const [name, clientOrderId] = splitKey(key)
      const account = image.accounts.find(row => row.name === name)
      if (account === undefined) return
      const order = await store.intentByClientOrderId(account.id, clientOrderId)
      if (order !== null) intents.set(key, order)
    })
    await Promise.all(read)
  }
  return intents
}

export function splitKey(key: string): readonly [account: string, clientOrderId: ClientOrderId] {
  const slash = key.indexOf('/')
  return [key.slice(0, slash), key.slice(slash + 1) as ClientOrderId]
}
