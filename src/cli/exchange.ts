import { readFileSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { parseCandles } from '../../exchange/core/candles.ts'
import { DEFAULT_INSTRUMENTS } from '../../exchange/core/instruments.ts'
import { candlePath } from '../../exchange/core/path-candles.ts'
import type { AccountSettings } from '../../exchange/server/admin.ts'
import { type RunExchangeOptions, runExchange } from '../../exchange/server/run.ts'
import type { ExchangeServer } from '../../exchange/server/server.ts'
import { parseDecimal } from '../domain/decimal.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { createProcessLog } from '../ops/logging.ts'
import { complain } from './config.ts'
import { EXIT, type Exit } from './exit-codes.ts'
import { untilStopped } from './signals.ts'

interface Flags {
  readonly host: string
  readonly port: number
  readonly seed: number
  readonly speed: number
  readonly candles?: string
  readonly limits: 'venue' | 'off'
  readonly journal?: string
  readonly account?: readonly string[]
}

const EXAMPLES = `Examples:
  lockstep exchange --port 8100 --account ada:10000      an account with money; its key is printed
  lockstep exchange --port 8100 --journal paper.journal  the same world again after a restart
  lockstep exchange --candles BTCUSDT-1m.csv --speed 20  recorded prices, twenty times as fast
  curl -X POST http://127.0.0.1:8100/admin/accounts -H 'content-type: application/json' \\
       -d '{"account":"ben","deposit":"5000"}'
`

export function exchangeCommand(exit: Exit): Command {
  return new Command('exchange')
    .description('run the simulated exchange alone: the Bybit v5 protocol, with faults to order at /admin')
    .addHelpText('before', EXAMPLES)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port; 0 takes a free one', wholeNumber, 0)
    .option('--seed <number>', 'the same seed gives the same prices', wholeNumber, 1)
    .option('--speed <factor>', 'world seconds per second', wholeNumber, 1)
    .option('--candles <file>', 'recorded one-minute candles (CSV) of BTCUSDT instead of seeded prices')
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
    const server = await runExchange({
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
    for (const settings of accounts.value) giveKey(server, settings, print)
    const reason = await waiting.stopped
    await server.close()
    return reason.kind === 'asked' ? EXIT.ok : complain([reason.message], EXIT.stopped)
  } catch (error) {
    return complain(
      [`The exchange cannot start: ${error instanceof Error ? error.message : String(error)}`],
      EXIT.cannotRun,
    )
  }
}

/** An account that the journal remembers has its money; only its key is new. */
function giveKey(server: ExchangeServer, settings: AccountSettings, print: (line: string) => void): void {
  const { account } = settings
  const known = server.exchange.accounts().includes(account)
  const made = server.addAccount(known ? { account } : settings)
  print(made.ok ? `account ${account}: key ${made.value.key} secret ${made.value.secret}` : made.error)
}

/** A candle file covers one symbol, so the exchange lists only that one. */
function pricesOf({
  candles,
}: Flags): Result<Pick<RunExchangeOptions, 'path' | 'instruments' | 'startAt'>, string> {
  if (candles === undefined) return ok({})
  try {
    const parsed = parseCandles(readFileSync(candles, 'utf8'))
    if (!parsed.ok) return err(`${candles}: ${parsed.error}`)
    const instruments = DEFAULT_INSTRUMENTS.filter(({ symbol }) => symbol === 'BTCUSDT')
    const startAt = parsed.value[0]?.openTime ?? 0
    return ok({
      instruments,
      startAt,
      path: candlePath({ instruments, candles: new Map([['BTCUSDT', parsed.value]]), startAt }),
    })
  } catch (error) {
    return err(`${candles} cannot be used: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function accountsOf(texts: readonly string[]): Result<readonly AccountSettings[], string> {
  const accounts: AccountSettings[] = []
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
