import { join } from 'node:path'
import type { ApiLimits } from '../api/limits.ts'
import { listen } from '../api/listen.ts'
import { type LocalPass, startLocalSocket } from '../api/local.ts'
import { addressOf, trusting } from '../api/proxies.ts'
import { createApi } from '../api/server.ts'
import type { Reads, Services } from '../api/services.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { type Gateway, openGateway } from '../live/gateway.ts'
import { Hub } from '../live/hub.ts'
import { Health } from '../ops/health.ts'
import type { Metrics } from '../ops/metrics.ts'
import { serveMetrics } from '../ops/metrics-server.ts'
import type { Past } from '../past.ts'
import type { Log } from '../ports/observe.ts'
import type { Random } from '../ports/random.ts'
import type { Store } from '../ports/store.ts'
import { type DeskParts, deskOf } from './desk.ts'
import { handsOf } from './hands.ts'
import { healthPartsOf } from './health.ts'
import { pairsOf } from './pairs.ts'
import { pastOf } from './past.ts'
import { peopleOf } from './people.ts'
import { previewsOf } from './previews.ts'
import { startRetention } from './retention.ts'
import { signalsOf } from './signals.ts'

export interface FrontSettings {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Where the port is taken, any free one is as good: for who shows where it is. */
  readonly elseAnyPort?: boolean
  /** Pages of these origins may use it. */
  readonly origins: readonly string[]
  /** Browsers come by HTTPS, through a proxy. */
  readonly https?: boolean
  /** Addresses and networks of proxies whose word on who asks is taken. */
  readonly trustedProxies?: readonly string[]
  /** Null: metrics are read nowhere. */
  readonly metricsPort: number | null
  readonly version: string
  /** Of the file of master keys. */
  readonly masterKeyPath: string
  /** In place of the usual ones: for tests, which ask more than people do. */
  readonly limits?: Partial<ApiLimits>
  /** Null or left out: the first owner comes by the one-time link, or by the command. */
  readonly owner?: NamedOwner | null
}

/** Who owns a server from its first start on, without a link. */
export interface NamedOwner {
  readonly email: string
  /** Asked for only while nobody owns the server: its file may be gone later. */
  password(): Result<string, string>
}

export interface FrontParts extends DeskParts {
  readonly settings: FrontSettings
  readonly dataFolder: string
  readonly metrics: Metrics
  /** Null: what venues remember is not read. */
  readonly past: Past | null
  readonly random: Random
  readonly log: Log
}

/** REST, live push and what goes with them, listening. */
export interface Front {
  /** Like `http://127.0.0.1:8787`. */
  readonly url: string
  /** Where the first owner is made; null: by now there is one. */
  firstOwnerUrl(): string | null
  close(): Promise<void>
}

/** The file of master keys, where no other is named. */
export const MASTER_KEYS = 'master.keys'
/** Where a program on this machine asks for a pass. */
export const LOCAL_SOCKET = 'lockstep.sock'
const THIS_MACHINE = '127.0.0.1'

/** @returns why it cannot listen, with what to do */
export async function openFront(parts: FrontParts): Promise<Result<Front, string>> {
  const endings: Ending[] = []
  const close = async (): Promise<void> => {
    for (const end of endings.splice(0).reverse()) await end()
  }
  try {
    const url = await begin(parts, endings)
    const firstOwnerUrl = (): string | null => {
      const token = parts.security.firstOwner.linkToken()
      return token === null ? null : `${url}/first-owner?token=${token}`
    }
    return ok({ url, firstOwnerUrl, close })
  } catch (error) {
    await close()
    return err(listenProblem(parts.settings, error))
  }
}

type Ending = () => Promise<void> | void

async function begin(parts: FrontParts, endings: Ending[]): Promise<string> {
  const { settings, engine, security, log, clock, random, metrics } = parts
  let gateway: Gateway | null = null
  const sockets = (): number | null => gateway?.size ?? null
  const history = parts.past?.history ?? null
  const health = new Health(() => healthPartsOf({ engine, sockets, history }))
  const { origins, https = false } = settings
  const trusts = trusting(settings.trustedProxies ?? [])
  const app = await createApi({
    services: servicesOf(parts, health),
    version: settings.version,
    origins,
    https,
    trusts,
    ...(settings.limits !== undefined && { limits: settings.limits }),
  })
  endings.push(() => app.close())
  const opened = openGateway({
    server: app.server,
    hub: new Hub({
      accounts: engine.watch,
      pairs: engine.pairs,
      tickers: engine.tickers,
      clock,
      random,
      log,
    }),
    authority: security.authority,
    notices: engine.notices,
    clock,
    random,
    log,
    observer: metrics.live,
    origins,
    addressOf: request => addressOf(request, trusts),
  })
  gateway = opened
  endings.push(() => {
    gateway = null
    opened.close()
  })
  // A session with the former key must not outlive it.
  endings.push(
    security.credentials.onChanged(id =>
      engine.context.detach(engine.resetSessions([id], 'its key was changed')),
    ),
  )
  const hasOwner = !security.firstOwner.isMissing()
  const url = await listenAsSet(settings, port => listen(app, { host: settings.host, port, hasOwner, log }))
  if (settings.metricsPort !== null) {
    const served = await serveMetrics(metrics, { host: THIS_MACHINE, port: settings.metricsPort })
    endings.push(() => served.close())
  }
  await letLocalsIn(parts, url, endings)
  endings.push(startRetention({ store: parts.store, pruning: security.pruning, clock, log }))
  health.setReady(true)
  endings.push(() => health.setReady(false))
  log.info('front_listens', { url })
  return url
}

async function listenAsSet(
  { port, elseAnyPort = false }: FrontSettings,
  listenOn: (port: number) => Promise<string>,
): Promise<string> {
  try {
    return await listenOn(port)
  } catch (error) {
    if (!elseAnyPort || !isTaken(error)) throw error
    return listenOn(0)
  }
}

/** The server goes on without it: people still come in by their passwords. */
async function letLocalsIn(parts: FrontParts, url: string, endings: Ending[]): Promise<void> {
  const { dataFolder, security, log } = parts
  const issue = async (): Promise<LocalPass> => {
    const { token } = await security.logins.localToken()
    return { url, token }
  }
  const local = await startLocalSocket(join(dataFolder, LOCAL_SOCKET), issue)
  if (local.ok) endings.push(() => local.value.close())
  else
    log.warn('local_socket_missing', {
      message: local.error,
      action: 'commands of this machine log in by token',
    })
}

function servicesOf(parts: FrontParts, health: Health): Services {
  const { engine, security, store, clock, random, log, metrics } = parts
  return {
    clock,
    random,
    log,
    metrics,
    health,
    authority: security.authority,
    people: peopleOf(security),
    desk: deskOf(parts),
    signals: signalsOf({ engine, credentials: security.credentials }),
    reads: readsOf(store),
    watch: engine.watch,
    pairs: pairsOf(parts),
    hands: handsOf(parts),
    previews: previewsOf(parts),
    past: parts.past === null ? null : pastOf({ ...parts.past, engine, security }),
  }
}

function readsOf(store: Store): Reads {
  return {
    order: id => store.intent(id),
    orders: ids => store.intents(ids),
    orderPage: filter => store.orderPage(filter),
    outcomePage: filter => store.outcomePage(filter),
    noticePage: filter => store.noticePage(filter),
    roundPage: filter => store.roundPage(filter),
    pairFills: filter => store.pairFills(filter),
    signalPage: filter => store.signalPage(filter),
    signal: (sourceId, externalId) => store.signal(sourceId, externalId),
    auditPage: filter => store.auditPage(filter),
    idempotentAnswer: (actor, key) => store.idempotentAnswer(actor, key),
    keepAnswer: row => store.commit([{ kind: 'idempotent_answer', row }]),
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}

function listenProblem({ host, port, metricsPort }: FrontSettings, error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  if (!isTaken(error)) return `REST and live push cannot listen on ${host}:${port}: ${text}.`
  if (metricsPort !== null && text.endsWith(`:${metricsPort}`))
    return `Port ${metricsPort} is taken by another program. Choose another with --set http.metricsPort=<number>.`
  return `Port ${port} of ${host} is taken by another program. Choose another with --set http.port=<number>; 0 takes any free one, none does without REST and live push.`
}
