import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Credential } from '../src/domain/account.ts'
import { decimal } from '../src/domain/decimal.ts'
import type { Decision } from '../src/domain/decision.ts'
import { must } from '../src/domain/result.ts'
import { NO_LIMITS } from '../src/domain/strategy.ts'
import { type Server, startServer } from '../src/main.ts'
import { SILENT } from '../src/ports/observe.ts'
import type { ExchangeProcess } from '../test/e2e/exchange-process.ts'
import { Trader } from '../test/e2e/trader.ts'
import { type Follower, LEADER, LEADER_DEPOSIT, setupOf } from '../test/e2e/world.ts'
import { SeededRandom } from '../test/simulation/seeded-random.ts'
import { WireFloor } from './wire-floor.ts'

const LIVE_LIMIT_MS = 120_000
const POLL_MS = 5
const FLOOR_LEADER = 'floor-leader'

/** The server with its leader, and beside it the floor with a leader and as many accounts of its own. */
export interface PathWorld {
  readonly server: Server
  readonly leader: Trader
  readonly floor: WireFloor
  readonly floorLeader: Trader
  /** Filled up as the server decides. */
  readonly copies: Decision[]
}

/** Resolves when every account is live. */
export async function startWorld(
  exchange: ExchangeProcess,
  folder: string,
  count: number,
): Promise<PathWorld> {
  const copies: Decision[] = []
  const followers = Array.from({ length: count }, (_, index) => followerNamed(`follower-${index + 1}`))
  const names = followers.map(({ name }) => name)
  const credentials = await makeAccounts(exchange, [LEADER, ...names])
  const floorAccounts = await makeAccounts(exchange, [FLOOR_LEADER, ...names.map(name => `floor-${name}`)])
  const started = await startServer({
    dataFolder: join(folder, 'data'),
    setup: setupOf(followers),
    credentials,
    paperUrls: new Map(Array.from(credentials.keys(), name => [name, exchange.urls])),
    paperLimits: 'off',
    engine: { systemLimits: NO_LIMITS },
    exchange: null,
    log: SILENT,
    observer: { decided: decision => copies.push(decision) },
    onFatal: message => {
      throw new Error(`The store failed: ${message}`)
    },
  })
  if (!started.ok) throw new Error(started.error.join(' '))
  const [floorCredential, ...others] = floorAccounts.values()
  const first = must(floorCredential, 'the floor has a leader')
  await untilLive(started.value)
  const trader = (credential: Credential) => new Trader(credential, exchange.urls.rest, new SeededRandom(1))
  return {
    server: started.value,
    leader: trader(must(credentials.get(LEADER), 'the leader has a key')),
    floor: await WireFloor.open(exchange.urls, first, others),
    floorLeader: trader(first),
    copies,
  }
}

async function makeAccounts(
  exchange: ExchangeProcess,
  names: readonly string[],
): Promise<ReadonlyMap<string, Credential>> {
  const credentials = new Map<string, Credential>()
  for (const name of names) credentials.set(name, await exchange.addAccount(name, LEADER_DEPOSIT))
  return credentials
}

function followerNamed(name: string): Follower {
  return {
    name,
    deposit: LEADER_DEPOSIT,
    sizing: { kind: 'ratio', inverse: false, ratio: decimal('1') },
    entry: { kind: 'market' },
    mode: 'on',
    limits: NO_LIMITS,
    status: 'active',
  }
}

async function untilLive(server: Server): Promise<void> {
  const until = performance.now() + LIVE_LIMIT_MS
  while (!server.engine.sessions.sessions().every(session => session.isLive())) {
    if (performance.now() > until) throw new Error(`not every account was live after ${LIVE_LIMIT_MS} ms`)
    await sleep(POLL_MS)
  }
}
