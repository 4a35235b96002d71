import { Command } from 'commander'
import { LiveClient } from '../../client/live.ts'
import { TRADING_TYPES } from '../../protocol/live.ts'
import { complain } from './config.ts'
import { EXIT, type Exit } from './exit-codes.ts'
import { askPass } from './local.ts'
import { findAccount, findPair } from './lookup.ts'
import { canDraw, startScreen } from './screen.ts'
import { untilStopped } from './signals.ts'
import { Seen } from './watch/seen.ts'
import { SeenPair } from './watch/seen-pair.ts'
import { type WhereFlags, whereOf, withWhereFlags } from './where.ts'

const EXAMPLES = `Examples:
  lockstep watch --account ada                     balance, positions, gain and orders, as they change
  lockstep watch --pair maker                      a hedge pair: what both legs hold, and what is unhedged
  lockstep watch --account ada --json | jq .       one JSON object per change
  lockstep watch --account ada --data /srv/desk    of the server on another data folder
`

interface Flags extends WhereFlags {
  readonly account?: string
  readonly pair?: string
  readonly json?: boolean
}

export function watchCommand(exit: Exit): Command {
  const command = new Command('watch')
    .description('an account or a hedge pair of the running server, live, on the terminal')
    .addHelpText('before', EXAMPLES)
    .option('--account <name>', 'the account, by its name or id')
    .option('--pair <name>', 'the hedge pair, by its name or id')
    .option('--json', 'one JSON object per line')
  return withWhereFlags(command).action(async (flags: Flags) => exit(await watch(flags)))
}

async function watch({ account, pair, json = false, ...whereFlags }: Flags): Promise<number> {
  const wanted = account ?? pair
  if (wanted === undefined || (account !== undefined && pair !== undefined))
    return complain(['Name what to watch: one of --account and --pair.'])
  const where = whereOf(whereFlags)
  if (!where.ok) return complain(where.error)
  const { dataFolder } = where.value
  const pass = await askPass(dataFolder)
  if (!pass.ok) return complain([pass.error.message], EXIT.cannotRun)
  const isPair = pair !== undefined
  const found = isPair ? await findPair(pass.value, wanted) : await findAccount(pass.value, wanted)
  if (!found.ok) return complain([found.error.message], found.error.exitCode)
  const waiting = untilStopped()
  const seen = isPair ? new SeenPair(found.value.name) : new Seen(found.value.name)
  const isBoard = !json && canDraw()
  const live = new LiveClient({
    url: pass.value.url,
    // A pass lasts for minutes, and the socket for as long as somebody looks.
    token: async () => {
      const next = await askPass(dataFolder)
      if (next.ok) return next.value.token
      throw new Error(next.error.message)
    },
    listener: {
      changed: view => {
        seen.take(view)
        if (!isBoard) print(json ? JSON.stringify(view) : seen.line(view))
      },
      status: (status, reason) => seen.moved(status, reason),
      refused: ({ detail }) => waiting.stop({ kind: 'failed', message: detail }),
    },
  })
  if (isPair) live.subscribePairs([found.value.id])
  else live.subscribeTrading({ types: [...TRADING_TYPES], accounts: [found.value.id] })
  const screen = isBoard ? startScreen(size => seen.board(size, Date.now())) : null
  const reason = await waiting.stopped
  live.close()
  screen?.close()
  return reason.kind === 'asked' ? EXIT.ok : complain([reason.message], EXIT.stopped)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
