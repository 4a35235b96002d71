import { join } from 'node:path'
import { Command } from 'commander'
import { bybitUrls, lighterUrls } from '../config/venue-accounts.ts'
import type { Config } from '../config.ts'
import type { Credential } from '../domain/account.ts'
import { decimal } from '../domain/decimal.ts'
import { instrumentId } from '../domain/ids.ts'
import { must } from '../domain/result.ts'
import type { Setup } from '../engine/setup.ts'
import { type Front, type FrontSettings, MASTER_KEYS, type NamedOwner } from '../front/front.ts'
import { type OwnExchange, type ServerSettings, startServer } from '../main.ts'
import { createProcessLog } from '../ops/logging.ts'
import type { BybitUrls } from '../venues/bybit/urls.ts'
import type { LighterUrls } from '../venues/lighter/urls.ts'
import { type ConfigFlags, complain, readConfig, withConfigFlags } from './config.ts'
import { EXIT, type Exit } from './exit-codes.ts'
import { namedOwner } from './owner.ts'
import { schedulesOf } from './schedules.ts'
import { untilStopped } from './signals.ts'
import { version } from './version.ts'

const EXAMPLES = `Examples:
  lockstep serve                                        copy by config.yaml in this folder
  lockstep serve --config desk.yaml                     by another file
  lockstep serve --set risk.killSwitch=true             open nothing new, close what the leader closes
  lockstep serve --set log.format=pretty                log lines for people; JSON lines otherwise
docs/configuration.md has a whole configuration to begin with.
`

/** What a paper account starts with on the server's own exchange, quote currency. */
const PAPER_DEPOSIT = decimal('10000')

export function serveCommand(exit: Exit): Command {
  const command = new Command('serve')
    .description('copy by the configuration, until it is stopped; log lines on stderr')
    .addHelpText('before', EXAMPLES)
  return withConfigFlags(command).action(async (flags: ConfigFlags) => {
    const config = readConfig(flags)
    exit(config.ok ? await serve(config.value) : complain(config.error))
  })
}

async function serve(config: Config): Promise<number> {
  const owner = namedOwner(process.env)
  if (!owner.ok) return complain([owner.error])
  if (config.links.length === 0 && config.pairs.length === 0 && config.http.port === null)
    return complain([
      'There is nothing to copy and nothing to hedge: no links and no pairs are configured, and without http.port nobody can add one. Write config.yaml, or name a file with --config; docs/configuration.md has an example.',
    ])
  const log = createProcessLog(config.log)
  const waiting = untilStopped()
  const onFatal = (message: string): void => waiting.stop({ kind: 'failed', message })
  const started = await startServer({ ...settingsOf(config, owner.value), log, onFatal })
  if (!started.ok) return complain(started.error, EXIT.cannotRun)
  log.info('server_started', { accounts: config.accounts.length, links: config.links.length })
  sayWhere(started.value.front)
  const reason = await waiting.stopped
  if (reason.kind === 'asked') log.info('server_stopping', { reason: 'asked' })
  else log.error('server_failed', { message: reason.message })
  await started.value.stop()
  log.flush()
  return reason.kind === 'asked' ? EXIT.ok : EXIT.stopped
}

/** The one line that a person needs before anything else; a log collector has no use for the link. */
function sayWhere(front: Front | null): void {
  if (front === null) return
  const { url } = front
  const firstOwnerUrl = front.firstOwnerUrl()
  process.stdout.write(
    firstOwnerUrl === null
      ? `REST and live push at ${url}; ${url}/docs lists what there is.\n`
      : `Nobody owns this server yet. Open ${firstOwnerUrl} once, on this machine.\n`,
  )
}

/** @param owner from the first start on; null: whoever opens the one-time link */
export function settingsOf(
  config: Config,
  owner: NamedOwner | null = null,
): Omit<ServerSettings, 'log' | 'onFatal'> {
  const credentials = new Map<string, Credential>()
  const paperUrls = new Map<string, BybitUrls>()
  const lighterPaperUrls = new Map<string, Pick<LighterUrls, 'rest' | 'stream'>>()
  for (const { name, venue, key, secret, urls } of config.accounts) {
    credentials.set(name, { key, secret })
    if (urls === undefined) continue
    if (venue === 'lighter') lighterPaperUrls.set(name, lighterUrls(urls))
    else paperUrls.set(name, bybitUrls(urls))
  }
  return {
    dataFolder: config.data.folder,
    setup: setupOf(config),
    credentials,
    paperUrls,
    lighter: { tier: config.lighter.tier, paperUrls: lighterPaperUrls },
    paperLimits: config.exchange.limits,
    engine: { ...config.engine, lingerMs: config.sessions.lingerMs, systemLimits: config.risk },
    exchange: ownExchange(config),
    front: frontOf(config, owner),
    history: config.history.enabled ? { schedules: schedulesOf(config.history) } : null,
  }
}

/** Null: neither REST nor live push. */
function frontOf({ http, security, data }: Config, owner: NamedOwner | null): FrontSettings | null {
  const { host, port, allowedOrigins, behindHttps, trustedProxies, metricsPort } = http
  if (port === null) return null
  return {
    host,
    port,
    origins: allowedOrigins ?? [],
    https: behindHttps,
    trustedProxies,
    metricsPort,
    version: version(),
    masterKeyPath: security.masterKeyFile ?? join(data.folder, MASTER_KEYS),
    owner,
  }
}

function setupOf(config: Config): Setup {
  const venueOf = (account: string) =>
    must(
      config.accounts.find(row => row.name === account),
      'references were checked',
    ).venue
  return {
    accounts: config.accounts.map(({ name, venue, environment, status, maximumLeverage }) => ({
      name,
      venue,
      environment,
      status,
      maximumLeverage,
    })),
    sources: config.sources,
    strategies: config.strategies.map(({ symbols, ...strategy }) => {
      const source = must(
        config.sources.find(row => row.name === strategy.source),
        'references were checked',
      )
      const venue = venueOf(source.account)
      const pairs = Object.entries(symbols).map(
        ([leader, follower]) => [instrumentId(venue, leader), instrumentId(venue, follower)] as const,
      )
      return { ...strategy, symbolMap: new Map(pairs) }
    }),
    links: config.links.map(({ sizing, ...link }) => ({ ...link, sizing: sizing ?? null })),
    pairs: config.pairs.map(({ quoting, ...pair }) => ({ ...pair, quoting: quoting ?? null })),
  }
}

/** The server runs an exchange of its own when a paper account has no other to go to. */
function ownExchange(config: Config): OwnExchange | null {
  const own = config.accounts.filter(account => account.environment === 'paper' && account.urls === undefined)
  if (own.length === 0) return null
  const { host, port, seed, speed, limits } = config.exchange
  return {
    host,
    port,
    seed,
    speed,
    limits,
    journal: join(config.data.folder, 'exchange.journal'),
    accounts: own.map(({ name, key, secret }) => ({ account: name, key, secret, deposit: PAPER_DEPOSIT })),
  }
}
