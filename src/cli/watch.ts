import { Command } from 'commander'
import { z } from 'zod'
import { LiveClient } from '../../client/live.ts'
import { problemSchema } from '../../protocol/problem.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { complain } from './config.ts'
import { EXIT, type Exit } from './exit-codes.ts'
import { askPass, type Pass } from './local.ts'
import { canDraw, startScreen } from './screen.ts'
import { untilStopped } from './signals.ts'
import { Seen } from './watch/seen.ts'

const EXAMPLES = `Examples:
  lockstep watch --account ada                     balance, positions, gain and orders, as they change
  lockstep watch --account ada --json | jq .       one JSON object per change
  lockstep watch --account ada --data /srv/desk    of the server on another data folder
`

interface Flags {
  readonly account: string
  readonly data: string
  readonly json?: boolean
}

export function watchCommand(exit: Exit): Command {
  return new Command('watch')
    .description('an account of the running server, live, on the terminal')
    .addHelpText('before', EXAMPLES)
    .requiredOption('--account <name>', 'its name or id')
    .option('--data <folder>', "the server's data folder", './data')
    .option('--json', 'one JSON object per line')
    .action(async (flags: Flags) => exit(await watch(flags)))
}

async function watch({ account, data, json = false }: Flags): Promise<number> {
  const pass = await askPass(data)
  if (!pass.ok) return complain([pass.error], EXIT.cannotRun)
  const found = await findAccount(pass.value, account)
  if (!found.ok) return complain([found.error], EXIT.usage)
  const waiting = untilStopped()
  const seen = new Seen(found.value.name)
  const isBoard = !json && canDraw()
  const live = new LiveClient({
    url: pass.value.url,
    // A pass lasts for minutes, and the socket for as long as somebody looks.
    token: async () => {
      const next = await askPass(data)
      if (next.ok) return next.value.token
      throw new Error(next.error)
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
  live.subscribeTrading({ types: ['balance', 'positions', 'pnl', 'orders'], accounts: [found.value.id] })
  const screen = isBoard ? startScreen(size => seen.board(size, Date.now())) : null
  const reason = await waiting.stopped
  live.close()
  screen?.close()
  return reason.kind === 'asked' ? EXIT.ok : complain([reason.message], EXIT.stopped)
}

const accountList = z.object({ rows: z.array(z.object({ id: z.string(), name: z.string() })) })

type Named = z.output<typeof accountList>['rows'][number]

/** By its id or its name. */
async function findAccount({ url, token }: Pass, wanted: string): Promise<Result<Named, string>> {
  const answer = await fetch(`${url}/api/v1/accounts`, { headers: { authorization: `Bearer ${token}` } })
  const body: unknown = await answer.json()
  if (!answer.ok) return err(problemSchema.parse(body).detail)
  const { rows } = accountList.parse(body)
  const found = rows.find(({ id, name }) => id === wanted || name === wanted)
  if (found !== undefined) return ok(found)
  const names = rows.map(({ name }) => name).join(', ')
  return err(`There is no account "${wanted}". There are: ${names || 'none'}.`)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
