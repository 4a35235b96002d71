import { Command } from 'commander'
import { z } from 'zod'
import { resetAnswer } from '../../protocol/rest/accounts.ts'
import { VENUES } from '../domain/ids.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { answer, withServer } from './answer.ts'
import { complain } from './config.ts'
import { EXIT, type Exit, type Failure } from './exit-codes.ts'
import type { Pass } from './local.ts'
import { findAccount, findUser } from './lookup.ts'
import { ask } from './rest.ts'
import { type WhereFlags, whereOf, withWhereFlags } from './where.ts'

const EXAMPLES = `Examples:
  lockstep sessions reset --account ada            connect one account to its venue anew
  lockstep sessions reset --user ada@example.com   every account of one customer
  lockstep sessions reset --venue bybit --json     every account of one venue
`

interface Flags extends WhereFlags {
  readonly account?: string
  readonly user?: string
  readonly venue?: string
  readonly json?: boolean
}

export function sessionsCommand(exit: Exit): Command {
  const reset = new Command('reset')
    .description('replace sessions at venues by new ones; who watches and who follows stays')
    .addHelpText('before', EXAMPLES)
    .option('--account <name>', 'of one account, by its name or id')
    .option('--user <email>', "of a user's accounts, by email or id")
    .option('--venue <name>', `of a venue: ${VENUES.join(', ')}`)
    .option('--json', 'one JSON object: {"reset":2}')
  return new Command('sessions')
    .description("the running server's connections to venues")
    .addHelpText('before', EXAMPLES)
    .addCommand(withWhereFlags(reset).action(async (flags: Flags) => exit(await run(flags))))
}

async function run(flags: Flags): Promise<number> {
  const { account, user, venue, json = false } = flags
  if ([account, user, venue].filter(given => given !== undefined).length !== 1)
    return complain(['Name whose sessions: one of --account, --user and --venue.'])
  const where = whereOf(flags)
  if (!where.ok) return complain(where.error)
  const reset = await withServer(where.value, async pass => {
    const target = await targetOf(pass, flags)
    if (!target.ok) return target
    return ask(pass, { method: 'POST', ...target.value, answer: resetAnswer })
  })
  return answer(reset, { json, text: ({ reset: count }) => `Sessions replaced: ${count}.` })
}

interface Target {
  readonly path: string
  readonly body?: unknown
}

const venueName = z.enum(VENUES)

async function targetOf(pass: Pass, { account, user, venue }: Flags): Promise<Result<Target, Failure>> {
  if (account !== undefined) {
    const found = await findAccount(pass, account)
    return found.ok ? ok({ path: `/accounts/${found.value.id}/sessions/reset` }) : found
  }
  if (user !== undefined) {
    const found = await findUser(pass, user)
    return found.ok ? ok({ path: '/system/sessions/reset', body: { userId: found.value.id } }) : found
  }
  const known = venueName.safeParse(venue)
  if (known.success) return ok({ path: '/system/sessions/reset', body: { venue: known.data } })
  const message = `--venue ${venue}: there is no such venue. There are: ${VENUES.join(', ')}.`
  return err({ message, exitCode: EXIT.usage })
}
