import { join } from 'node:path'
import { Command } from 'commander'
import { NO_LIMITS } from '../domain/strategy.ts'
import type { EngineObserver } from '../engine/context.ts'
import { type Server, startServer } from '../main.ts'
import { createProcessLog } from '../ops/logging.ts'
import { systemRandom } from '../ops/system-random.ts'
import { complain } from './config.ts'
import { type CopyEvent, copyEvent, jsonLine, plainLine } from './demo/events.ts'
import { tradeOnce } from './demo/leader.ts'
import { type Screen, startScreen } from './demo/screen.ts'
import { demoAccounts, demoCredentials, demoSetup, LEADER } from './demo/world.ts'
import { EXIT, type Exit } from './exit-codes.ts'
import { untilStopped } from './signals.ts'

/** The leader's pace, ms. */
const TRADE_EVERY_MS = 3_000
const READY_POLL_MS = 20
/** Events that the board can still show. */
const KEPT_EVENTS = 500

interface Flags {
  readonly json?: boolean
  readonly data: string
}

export function demoCommand(exit: Exit): Command {
  return new Command('demo')
    .description('a paper world on this machine: an exchange, a leader that trades, six followers')
    .option('--json', 'one JSON object per line')
    .option('--data <folder>', 'where the world and its orders are kept', './data')
    .action(async (flags: Flags) => exit(await demo(flags)))
}

async function demo({ json = false, data }: Flags): Promise<number> {
  const startedAt = Date.now()
  const waiting = untilStopped()
  const log = createProcessLog({
    level: json || !process.stdout.isTTY ? 'error' : 'silent',
    format: 'pretty',
  })
  const story = new Story()
  const credentials = demoCredentials()
  const started = await startServer({
    dataFolder: data,
    setup: demoSetup(),
    credentials,
    paperUrls: new Map(),
    engine: { systemLimits: NO_LIMITS },
    exchange: { journal: join(data, 'exchange.journal'), accounts: demoAccounts(credentials) },
    log,
    observer: story.observer,
    onFatal: message => waiting.stop({ kind: 'failed', message }),
  })
  if (!started.ok) return complain(started.error, EXIT.cannotRun)
  const server = started.value
  story.names = new Map(
    [...server.engine.context.state.accounts.values()].map(({ account }) => [account.id, account.name]),
  )
  const screen =
    json || !process.stdout.isTTY
      ? null
      : startScreen({ server, startedAt, events: story.events, counts: story.counts })
  const trading = trade(server, startedAt, story, { json, screen })
  const reason = await waiting.stopped
  clearInterval(trading)
  screen?.close()
  await server.stop()
  log.flush()
  if (json) return reason.kind === 'asked' ? EXIT.ok : EXIT.stopped
  process.stdout.write(
    `Stopped. ${story.summary()} Everything is in ${data}; the next start goes on from here.\n`,
  )
  return reason.kind === 'asked' ? EXIT.ok : complain([reason.message], EXIT.stopped)
}

/** Begins to trade as soon as every session is live, and tells that the world is ready. */
function trade(
  server: Server,
  startedAt: number,
  story: Story,
  { json, screen }: { readonly json: boolean; readonly screen: Screen | null },
): NodeJS.Timeout {
  const random = systemRandom()
  const url = server.exchange?.url ?? ''
  let ready = false
  let lastTradeAt = 0
  story.tell = event => {
    if (screen === null) process.stdout.write(`${json ? jsonLine(event) : plainLine(event)}\n`)
  }
  return setInterval(() => {
    if (!ready && !server.engine.sessions.sessions().every(session => session.isLive())) return
    const now = Date.now()
    if (!ready) {
      ready = true
      const ms = now - startedAt
      if (json) process.stdout.write(`${JSON.stringify({ event: 'ready', url, ms })}\n`)
      else if (screen === null)
        process.stdout.write(
          `Ready in ${ms} ms. Simulated Bybit exchange at ${url}; "${LEADER}" trades every few seconds.\n`,
        )
    }
    if (now - lastTradeAt < TRADE_EVERY_MS || server.exchange === null) return
    lastTradeAt = now
    tradeOnce(server.exchange.exchange, random, now)
  }, READY_POLL_MS)
}

/** What happened so far, for whoever shows it. */
class Story {
  /** Newest first. */
  readonly events: CopyEvent[] = []
  readonly counts = new Map<string, number>()
  names: ReadonlyMap<string, string> = new Map()
  tell: (event: CopyEvent) => void = () => {}

  readonly observer: EngineObserver = {
    decided: (decision, order, accountId) => {
      const account = this.names.get(accountId) ?? accountId
      const event = copyEvent(decision, order, { account, at: Date.now() })
      this.events.unshift(event)
      if (this.events.length > KEPT_EVENTS) this.events.pop()
      this.counts.set(event.outcome, (this.counts.get(event.outcome) ?? 0) + 1)
      this.tell(event)
    },
  }

  summary(): string {
    const parts = Array.from(this.counts, ([outcome, count]) => `${count} ${outcome}`)
    return parts.length === 0 ? 'Nothing was copied yet.' : `${parts.join(', ')}.`
  }
}
