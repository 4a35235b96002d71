import { readFileSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { parseCandles } from '../../exchange/core/candles.ts'
import { DEFAULT_INSTRUMENTS, LIGHTER_INSTRUMENTS } from '../../exchange/core/instruments.ts'
import { candlePath } from '../../exchange/core/path-candles.ts'
import type { Exchange } from '../../exchange/core/types.ts'
import { runLighterExchange } from '../../exchange/server/lighter/run.ts'
import { type RunExchangeOptions, runExchange } from '../../exchange/server/run.ts'
import type { Credential } from '../domain/account.ts'
import { type Decimal, parseDecimal } from '../domain/decimal.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { createProcessLog } from '../ops/logging.ts'
import { complain } from './config.ts'
import { EXIT, type Exit } from './exit-codes.ts'
import { untilStopped } from './signals.ts'

interface Flags {
  readonly venue: Protocol
  readonly host: string
  readonly port: number
  readonly seed: number
  readonly speed: number
  readonly candles?: string
  readonly limits: 'venue' | 'off'
  readonly journal?: string
  readonly account?: readonly string[]
}

/** Which protocols there are, and the symbol that a file of candles is of. */
const PROTOCOLS = {
  bybit: { start: startBybit, symbol: 'BTCUSDT', instruments: DEFAULT_INSTRUMENTS },
  lighter: { start: startLighter, symbol: 'BTC', instruments: LIGHTER_INSTRUMENTS },
} as const
type Protocol = keyof typeof PROTOCOLS

const EXAMPLES = `Examples:
  lockstep exchange --port 8100 --account ada:10000      an account with money; its key is printed
  lockstep exchange --port 8100 --journal paper.journal  the same world again after a restart
  lockstep exchange --candles BTCUSDT-1m.csv --speed 20  recorded prices, twenty times as fast
  lockstep exchange --venue lighter --account ada:10000  the same as Lighter: its protocol, its keys
  curl -X POST http://127.0.0.1:8100/admin/accounts -H 'content-type: application/json' \\
       -d '{"account":"ben","deposit":"5000"}'
`

export function exchangeCommand(exit: Exit): Command {
  return new Command('exchange')
    .description(
      'run the simulated exchange alone: the protocol of Bybit v5 or Lighter, with faults to order at /admin',
    )
    .addHelpText('before', EXAMPLES)
    .option('--venue <name>', 'whose protocol it speaks: bybit or lighter', venue, 'bybit' as const)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port; 0 takes a free one', wholeNumber, 0)
    .option('--seed <number>', 'the same seed gives the same prices', wholeNumber, 1)
    .option('--speed <factor>', 'world seconds per second', wholeNumber, 1)
    .option('--candles <file>', 'recorded one-minute candles (CSV) of bitcoin instead of seeded prices')
    .option('--limits <venue|off>', "the venue's request limits", limits, 'venue' as const)
    .option('--journal <file>', 'remember the exchange across restarts in this file')
    .option('--account <name:deposit...>', 'make an account; its key and secret are printed')
    .action(async (flags: Flags) => exit(await run(flags)))
}

async function run(flags: Flags): Promise<number> {
  const prices = pricesOf(flags)
  if (!prices.ok) return complain([prices.error])
  const accounts = accountsOf(flags.account ?? [])
  if (!accounts.ok) return complain([accounts.error])
  const { host, port, seed, speed, journal } = flags
  const waiting = untilStopped()
  const log = createProcessLog({ level: 'warn', format: 'pretty' })
  const print = (line: string): void => void process.stdout.write(`${line}\n`)
  try {
    const running = await PROTOCOLS[flags.venue].start({
      host,
      port,
      seed,
      speed,
      limits: flags.limits,
      log,
      print,
      onFatal: message => waiting.stop({ kind: 'failed', message }),
      ...prices.value,
      ...(journal !== undefined && { journal }),
    })
    for (const account of accounts.value) print(keyLine(running, account))
    const reason = await waiting.stopped
    await running.close()
    return reason.kind === 'asked' ? EXIT.ok : complain([reason.message], EXIT.stopped)
  } catch (error) {
    return complain(
      [`The exchange cannot start: ${error instanceof Error ? error.message : String(error)}`],
      EXIT.cannotRun,
    )
  }
}

interface NewAccount {
  readonly account: string
  readonly deposit?: Decimal
}

interface Running {
  readonly exchange: Exchange
  /** As a configuration has it. Errors are sentences. */
  addAccount(settings: NewAccount): Result<Credential, string>
  close(): Promise<void>
}

async function startBybit(options: RunExchangeOptions): Promise<Running> {
  const server = await runExchange(options)
  return {
    exchange: server.exchange,
    addAccount: settings => server.addAccount(settings),
    close: () => server.close(),
  }
}

async function startLighter(options: RunExchangeOptions): Promise<Running> {
  const { accounts: _, print, ...same } = options
  const server = await runLighterExchange(same)
  print(`exchange: REST and /admin ${server.url}, stream ${server.stream}`)
  return {
    exchange: server.exchange,
    addAccount(settings) {
      const made = server.addAccount(settings)
      if (!made.ok) return made
      const { account, privateKeys } = made.value
      const indexes = [...privateKeys.keys()].join(',')
      return ok({ key: `${account.index}:${indexes}`, secret: [...privateKeys.values()].join(',') })
    },
    close: () => server.close(),
  }
}

/** An account that the journal remembers has its money; only its key is new. */
function keyLine(running: Running, { account, deposit }: Required<NewAccount>): string {
  const isKnown = running.exchange.accounts().includes(account)
  const made = running.addAccount(isKnown ? { account } : { account, deposit })
  return made.ok ? `account ${account}: key ${made.value.key} secret ${made.value.secret}` : made.error
}

/** A candle file covers one symbol, so the exchange lists only that one. */
function pricesOf({
  candles,
  venue: protocol,
}: Flags): Result<Pick<RunExchangeOptions, 'path' | 'instruments' | 'startAt'>, string> {
  if (candles === undefined) return ok({})
  try {
    const parsed = parseCandles(readFileSync(candles, 'utf8'))
    if (!parsed.ok) return err(`${candles}: ${parsed.error}`)
    const { symbol, instruments: all } = PROTOCOLS[protocol]
    const instruments = all.filter(each => each.symbol === symbol)
    const startAt = parsed.value[0]?.openTime ?? 0
    return ok({
      instruments,
      startAt,
      path: candlePath({ instruments, candles: new Map([[symbol, parsed.value]]), startAt }),
    })
  } catch (error) {
    return err(`${candles} cannot be used: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function accountsOf(texts: readonly string[]): Result<readonly Required<NewAccount>[], string> {
  const accounts: Required<NewAccount>[] = []
  for (const text of texts) {
    const [account = '', amount = ''] = text.split(':')
    const deposit = parseDecimal(amount)
    if (account === '' || deposit === undefined || deposit < 0n)
      return err(`--account ${text}: write name:deposit, like ada:10000`)
    accounts.push({ account, deposit })
  }
  return ok(accounts)
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

function limits(text: string): 'venue' | 'off' {
  if (text !== 'venue' && text !== 'off') throw new InvalidArgumentError('It must be venue or off.')
  return text
}

function venue(text: string): Protocol {
  if (text !== 'bybit' && text !== 'lighter')
    throw new InvalidArgumentError('It must be bybit or lighter: no other protocol is spoken yet.')
  return text
}
