import { join } from 'node:path'
import { Command } from 'commander'
import { DEFAULT_HTTP_PORT } from '../config/schema.ts'
import type { Interval } from '../domain/history.ts'
import { must } from '../domain/result.ts'
import { NO_LIMITS } from '../domain/strategy.ts'
import type { Engine } from '../engine/engine.ts'
import { type FrontSettings, MASTER_KEYS } from '../front/front.ts'
import { DEFAULT_SCHEDULES } from '../history/limits.ts'
import { type Server, startServer } from '../main.ts'
import { createProcessLog, type ProcessLog } from '../ops/logging.ts'
import { systemRandom } from '../ops/system-random.ts'
import { complain } from './config.ts'
import { renderBoard } from './demo/board.ts'
import { historyText, jsonLine, plainLine, type Ready, readyText } from './demo/events.ts'
import { hedgeJsonLine, hedgePlainLine } from './demo/hedge-events.ts'
import { DemoHistory } from './demo/history.ts'
import { tradeOnce } from './demo/leader.ts'
import { meetQuote } from './demo/passer-by.ts'
import { DEMO_PAST, PAST_MS } from './demo/past.ts'
import { Story } from './demo/story.ts'
import { demoAccounts, demoCredentials, demoSetup } from './demo/world.ts'
import { EXIT, type Exit } from './exit-codes.ts'
import { canDraw, startScreen } from './screen.ts'
import { untilStopped, type Waiting } from './signals.ts'
import { version } from './version.ts'

/** The leader's pace, ms. */
const TRADE_EVERY_MS = 3_000
const READY_POLL_MS = 20
const HISTORY_POLL_MS = 200
const DAY_MS = 24 * 3_600_000
const DEFAULT_DATA = './data'
const EXAMPLES = `Examples:
  lockstep demo                      watch it; lines instead of a board where there is no terminal
  lockstep demo --json               one JSON object per line: ready, copy, skip, hedge, history
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
    .description(
      'a paper world on this machine: an exchange, a leader that trades, six followers, a hedge pair',
    )
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
  const tell = (line: string): void => {
    if (show !== 'board') print(line)
  }
  const story = new Story({
    copied: event => tell(show === 'json' ? jsonLine(event) : plainLine(event)),
    hedged: event => tell(show === 'json' ? hedgeJsonLine(event) : hedgePlainLine(event)),
  })
  const started = await startDemo({ data, log, story, waiting })
  if (!started.ok) return complain(started.error, EXIT.cannotRun)
  const server = started.value
  const { state } = server.engine.context
  const history = historyOf(server)
  const board = () => ({ now: Date.now(), startedAt, ...story.seen(), state, ...placesOf(server, data) })
  const screen =
    show === 'board'
      ? startScreen(size => renderBoard({ ...board(), history: history.complete() }, size))
      : null
  const trading = trade(server, waiting, () => {
    if (show !== 'board') print(readyText({ ...placesOf(server, data), ms: Date.now() - startedAt }, show))
  })
  const reading = readHistory(history, story, complete => {
    const { accounts } = history
    if (show !== 'board') print(historyText({ accounts, complete, ...placesOf(server, data) }, show))
  })
  const reason = await waiting.stopped
  clearInterval(trading)
  clearInterval(reading)
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
    exchange: {
      journal: join(data, 'exchange.journal'),
      past: DEMO_PAST,
      accounts: demoAccounts(credentials),
    },
    history: { schedules: DEFAULT_SCHEDULES, beginLater: true },
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
    watchCommand: commandAt(data, 'watch --account ada'),
    historyCommand: commandAt(data, 'history status'),
  }
}

function commandAt(data: string, words: string): string {
  return `bin/lockstep ${words}${data === DEFAULT_DATA ? '' : ` --data ${data}`}`
}

function historyOf({ past, engine }: Server): DemoHistory {
  const { history } = must(past, 'the demo reads history')
  return new DemoHistory(history, [...engine.context.state.accounts.keys()])
}

/** After the first copy: until then all that the machine has is the engine's. @param tell hears when all of it is here */
function readHistory(history: DemoHistory, story: Story, tell: (complete: Interval) => void): NodeJS.Timeout {
  return setInterval(() => {
    if (!story.counts.has('copied')) return
    // Whole days, so that each of them can be compared with the wallet.
    void history.begin(Math.floor((Date.now() - PAST_MS) / DAY_MS) * DAY_MS)
    const complete = history.arrived()
    if (complete !== null) tell(complete)
  }, HISTORY_POLL_MS)
}

/** Who leads and who follows is live; the first copy does not wait for the pair. */
function isReady({ context, sessions }: Engine): boolean {
  const legs = new Set(
    Array.from(context.state.pairs.values(), ({ a, b }) => [a.accountId, b.accountId]).flat(),
  )
  return sessions.sessions().every(session => legs.has(session.accountId) || session.isLive())
}

/** Begins to trade as soon as every session is live, and tells that the world is ready. */
function trade(server: Server, waiting: Waiting, tellReady: () => void): NodeJS.Timeout {
  const { engine, exchange } = server
  const random = systemRandom()
  let lastTradeAt: number | null = null
  let hasMet = false
  return setInterval(() => {
    if (exchange === null || engine.context.halted) return
    if (lastTradeAt === null) {
      if (!isReady(engine)) return
      tellReady()
    }
    const now = Date.now()
    const sinceMs = lastTradeAt === null ? TRADE_EVERY_MS : now - lastTradeAt
    // In the middle between two trades of the leader: neither is in the other's way.
    const isMeeting = !hasMet && sinceMs >= TRADE_EVERY_MS / 2 && sinceMs < TRADE_EVERY_MS
    if (sinceMs < TRADE_EVERY_MS && !isMeeting) return
    hasMet = isMeeting
    if (!isMeeting) lastTradeAt = now
    try {
      if (isMeeting) meetQuote(exchange.exchange, now)
      else tradeOnce(exchange.exchange, random, now)
    } catch (error) {
      // The exchange carries nothing out that its journal cannot take.
      waiting.stop({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
    }
  }, READY_POLL_MS)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
