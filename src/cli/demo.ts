import { join } from 'node:path'
import { Command } from 'commander'
import { DEFAULT_HTTP_PORT } from '../config/schema.ts'
import { NO_LIMITS } from '../domain/strategy.ts'
import { type FrontSettings, MASTER_KEYS } from '../front/front.ts'
import { type Server, startServer } from '../main.ts'
import { createProcessLog, type ProcessLog } from '../ops/logging.ts'
import { systemRandom } from '../ops/system-random.ts'
import { complain } from './config.ts'
import { renderBoard } from './demo/board.ts'
import { jsonLine, plainLine, type Ready, readyText } from './demo/events.ts'
import { tradeOnce } from './demo/leader.ts'
import { Story } from './demo/story.ts'
import { demoAccounts, demoCredentials, demoSetup } from './demo/world.ts'
import { EXIT, type Exit } from './exit-codes.ts'
import { canDraw, startScreen } from './screen.ts'
import { untilStopped, type Waiting } from './signals.ts'
import { version } from './version.ts'

/** The leader's pace, ms. */
const TRADE_EVERY_MS = 3_000
const READY_POLL_MS = 20
const DEFAULT_DATA = './data'
const EXAMPLES = `Examples:
  lockstep demo                      watch it; lines instead of a board where there is no terminal
  lockstep demo --json               one JSON object per line: ready, copy, skip
  lockstep demo --data /tmp/another  another world; the same folder goes on where it was
`

interface Flags {
  readonly json?: boolean
  readonly data: string
}

/** How the demo speaks: pictures, lines for people, or lines for programs. */
type Show = 'board' | 'lines' | 'json'

export function demoCommand(exit: Exit): Command {
  return new Command('demo')
    .description('a paper world on this machine: an exchange, a leader that trades, six followers')
    .addHelpText('before', EXAMPLES)
    .option('--json', 'one JSON object per line')
    .option('--data <folder>', 'where the world and its orders are kept', DEFAULT_DATA)
    .action(async (flags: Flags) => exit(await demo(flags)))
}

async function demo({ json = false, data }: Flags): Promise<number> {
  const startedAt = Date.now()
  const show: Show = json ? 'json' : canDraw() ? 'board' : 'lines'
  const waiting = untilStopped()
  const log = createProcessLog({ level: show === 'board' ? 'silent' : 'error', format: 'pretty' })
  const story = new Story(event => {
    if (show !== 'board') print(show === 'json' ? jsonLine(event) : plainLine(event))
  })
  const started = await startDemo({ data, log, story, waiting })
  if (!started.ok) return complain(started.error, EXIT.cannotRun)
  const server = started.value
  const { events, counts } = story
  const { state } = server.engine.context
  const screen =
    show === 'board'
      ? startScreen(size =>
          renderBoard({ now: Date.now(), startedAt, events, counts, state, ...placesOf(server, data) }, size),
        )
      : null
  const trading = trade(server, waiting, () => {
    if (show !== 'board') print(readyText({ ...placesOf(server, data), ms: Date.now() - startedAt }, show))
  })
  const reason = await waiting.stopped
  clearInterval(trading)
  screen?.close()
  await server.stop()
  log.flush()
  if (show !== 'json')
    print(`Stopped: ${story.summary()}. Everything is in ${data}; the next start goes on from here.`)
  return reason.kind === 'asked' ? EXIT.ok : complain([reason.message], EXIT.stopped)
}

async function startDemo(parts: {
  readonly data: string
  readonly log: ProcessLog
  readonly story: Story
  readonly waiting: Waiting
}): ReturnType<typeof startServer> {
  const { data, log, story, waiting } = parts
  const credentials = demoCredentials()
  const started = await startServer({
    dataFolder: data,
    setup: demoSetup(),
    credentials,
    paperUrls: new Map(),
    engine: { systemLimits: NO_LIMITS },
    front: frontSettings(data),
    exchange: { journal: join(data, 'exchange.journal'), accounts: demoAccounts(credentials) },
    log,
    observer: story.observer,
    onFatal: message => waiting.stop({ kind: 'failed', message }),
  })
  if (started.ok) {
    const accounts = [...started.value.engine.context.state.accounts.values()]
    story.name(new Map(accounts.map(({ account }) => [account.id, account.name])))
  }
  return started
}

function frontSettings(data: string): FrontSettings {
  return {
    host: '127.0.0.1',
    port: DEFAULT_HTTP_PORT,
    // A server of the user's own, or another demo, is no reason not to show this one.
    elseAnyPort: true,
    origins: [],
    metricsPort: null,
    version: version(),
    masterKeyPath: join(data, MASTER_KEYS),
  }
}

function placesOf({ exchange, front }: Server, data: string): Omit<Ready, 'ms'> {
  return {
    exchangeUrl: exchange?.url ?? '',
    serverUrl: front?.url ?? '',
    firstOwnerUrl: front?.firstOwnerUrl() ?? null,
    watchCommand: `bin/lockstep watch --account ada${data === DEFAULT_DATA ? '' : ` --data ${data}`}`,
  }
}

/** Begins to trade as soon as every session is live, and tells that the world is ready. */
function trade(server: Server, waiting: Waiting, tellReady: () => void): NodeJS.Timeout {
  const { engine, exchange } = server
  const random = systemRandom()
  let lastTradeAt: number | null = null
  return setInterval(() => {
    if (exchange === null || engine.context.halted) return
    if (lastTradeAt === null) {
      if (!engine.sessions.sessions().every(session => session.isLive())) return
      tellReady()
    }
    const now = Date.now()
    if (lastTradeAt !== null && now - lastTradeAt < TRADE_EVERY_MS) return
    lastTradeAt = now
    try {
      tradeOnce(exchange.exchange, random, now)
    } catch (error) {
      // The exchange carries nothing out that its journal cannot take.
      waiting.stop({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
    }
  }, READY_POLL_MS)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
