import { Command } from 'commander'
import { listAnswer } from '../../protocol/rest/common.ts'
import {
  COMPLETE_HEADER,
  coverageAnswer,
  historyList,
  jobAnswer,
  syncAnswer,
  tieOutAnswer,
} from '../../protocol/rest/history.ts'
import { ok, type Result } from '../domain/result.ts'
import { answer, withServer } from './answer.ts'
import { complain } from './config.ts'
import { EXIT, type Exit, type Failure } from './exit-codes.ts'
import { dateText, JobBar } from './job-bar.ts'
import type { Pass } from './local.ts'
import { accountNames, findAccount, type Named } from './lookup.ts'
import { ask, save } from './rest.ts'
import { FROM, type SpanFlags, spanOf, TO } from './span.ts'
import { tieOutText } from './tie-out.ts'
import { type WhereFlags, whereOf, withWhereFlags } from './where.ts'

const EXAMPLES = `Examples:
  lockstep history status                                   how far each account is complete
  lockstep history sync --account ada                       read what is new, now
  lockstep history sync --account ada --days 365            read whatever is missing of a year, with a progress bar
  lockstep history tie-out --account ada                    whether the venue's lists and the wallet say the same
  lockstep history export --account ada > closed-pnl.csv    what was earned, for a spreadsheet
  lockstep history export --what orders --from 2026-01-01 --out orders.csv
`
const WHAT = ['closed-pnl', 'orders'] as const
const POLL_MS = 500

interface Flags extends WhereFlags, SpanFlags {
  readonly account?: string
  readonly days?: string
  readonly what?: string
  readonly out?: string
  readonly json?: boolean
}

export function historyCommand(exit: Exit): Command {
  const json = '--json'
  const status = new Command('status')
    .description('from when to when each account is complete')
    .option('--account <name>', 'one account, by its name or id')
    .option(json, 'one JSON object, as GET /history/coverage answers')
  const sync = new Command('sync')
    .description('read what is new of an account, or whatever is missing of the last days')
    .requiredOption('--account <name>', 'the account, by its name or id')
    .option('--days <number>', 'so many days back, until they are complete')
    .option(json, 'one JSON object: rows added, updated and skipped, or the job')
  const tieOut = new Command('tie-out')
    .description(
      'closed PnL, executions and the wallet against each other, day by day: the last week if nothing is said',
    )
    .requiredOption('--account <name>', 'the account, by its name or id')
    .option('--from <date>', FROM)
    .option('--to <date>', TO)
    .option(json, 'one JSON object, as GET /history/tie-out answers')
  const exported = new Command('export')
    .description('rows as CSV: UTF-8, times in UTC, newest first')
    .option('--account <name>', 'one account, by its name or id')
    .option('--what <rows>', `one of ${WHAT.join(', ')}`, WHAT[0])
    .option('--from <date>', FROM)
    .option('--to <date>', TO)
    .option('--out <file>', 'into a file; without it, to stdout')
  const run = (command: Command, action: (pass: Pass, flags: Flags) => Promise<number>): Command =>
    withWhereFlags(command.addHelpText('before', EXAMPLES)).action(async (flags: Flags) =>
      exit(await atServer(flags, action)),
    )
  return new Command('history')
    .description("what venues remember of the running server's accounts")
    .addHelpText('before', EXAMPLES)
    .addCommand(run(status, showStatus))
    .addCommand(run(sync, syncAccount))
    .addCommand(run(tieOut, showTieOut))
    .addCommand(run(exported, exportRows))
}

async function atServer(
  flags: Flags,
  action: (pass: Pass, flags: Flags) => Promise<number>,
): Promise<number> {
  const where = whereOf(flags)
  if (!where.ok) return complain(where.error)
  const done = await withServer(where.value, async pass => ok(await action(pass, flags)))
  return done.ok ? done.value : complain([done.error.message], done.error.exitCode)
}

async function showStatus(pass: Pass, { account, json = false }: Flags): Promise<number> {
  const names = await accountNames(pass)
  if (!names.ok) return complain([names.error.message], names.error.exitCode)
  const found = account === undefined ? ok(null) : await findAccount(pass, account)
  if (!found.ok) return complain([found.error.message], found.error.exitCode)
  const path = `/history/coverage${found.value === null ? '' : `?accountId=${found.value.id}`}`
  const coverage = await ask(pass, { method: 'GET', path, answer: historyList(coverageAnswer) })
  const width = Math.max(7, ...Array.from(names.value.values(), name => name.length))
  return answer(coverage, {
    json,
    text: ({ rows }) =>
      rows
        .map(({ accountId, complete, paused }) => {
          const name = (names.value.get(accountId) ?? accountId).padEnd(width)
          const span =
            complete === null ? 'nothing yet' : `${dateText(complete.from)} to ${dateText(complete.to)}`
          return `${name}  complete: ${span}${paused === null ? '' : `  (${paused})`}`
        })
        .join('\n') || 'There are no accounts.',
  })
}

async function syncAccount(pass: Pass, { account = '', days, json = false }: Flags): Promise<number> {
  if (days !== undefined && !/^\d{1,3}$/.test(days))
    return complain([`--days ${days}: expected a whole number from 1 to 730.`])
  const found = await findAccount(pass, account)
  if (!found.ok) return complain([found.error.message], found.error.exitCode)
  const path = `/sync/trading/${found.value.id}`
  const body = days === undefined ? {} : { days: Number(days) }
  const begun = await ask(pass, { method: 'POST', path, body, answer: syncAnswer })
  if (begun.ok && begun.value.job !== null) return followJob(pass, found.value, json)
  const exitCode = answer(begun, {
    json,
    text: ({ added, updated, skipped }) => `Rows added: ${added}, updated: ${updated}, known: ${skipped}.`,
  })
  if (!begun.ok || begun.value.failures.length === 0) return exitCode
  const failures = begun.value.failures.map(({ kind, message }) => `${kind}: ${message}`)
  return complain(failures, EXIT.cannotRun)
}

/** Until it has ended: it goes on at the server whether somebody looks or not. */
async function followJob(pass: Pass, { id, name }: Named, json: boolean): Promise<number> {
  const bar = new JobBar(process.stderr, name)
  for (;;) {
    const path = `/jobs?accountId=${id}`
    const listed = await ask(pass, { method: 'GET', path, answer: listAnswer(jobAnswer) })
    const job = listed.ok ? listed.value.rows[0] : undefined
    if (job !== undefined) bar.show(job)
    if (job?.status !== 'running' || job.reason !== null) {
      bar.end()
      if (!listed.ok) return complain([listed.error.message], listed.error.exitCode)
      if (job?.status !== 'done')
        return complain([job?.reason ?? `${name} has no such job any more. Begin again.`], EXIT.cannotRun)
      const text = ({ since, added }: typeof job): string =>
        `Complete since ${dateText(since)}. Rows added: ${added}.`
      return answer(ok(job), { json, text })
    }
    await new Promise(resolve => setTimeout(resolve, POLL_MS))
  }
}

async function showTieOut(pass: Pass, flags: Flags): Promise<number> {
  const query = await queryOf(pass, flags)
  if (!query.ok) return complain([query.error.message], query.error.exitCode)
  const path = `/history/tie-out?${query.value}`
  const tieOuts = await ask(pass, { method: 'GET', path, answer: historyList(tieOutAnswer) })
  return answer(tieOuts, { json: flags.json ?? false, text: ({ rows }) => tieOutText(rows) })
}

async function exportRows(pass: Pass, flags: Flags): Promise<number> {
  const { what = WHAT[0], out } = flags
  if (!WHAT.some(each => each === what))
    return complain([`--what ${what}: expected one of ${WHAT.join(', ')}.`])
  const query = await queryOf(pass, flags)
  if (!query.ok) return complain([query.error.message], query.error.exitCode)
  const saved = await save(pass, `/history/${what}/export?${query.value}`, out ?? null)
  if (!saved.ok) return complain([saved.error.message], saved.error.exitCode)
  // Beside the rows, which may go into a pipe.
  if (saved.value !== null) process.stderr.write(`${completeText(saved.value.get(COMPLETE_HEADER))}\n`)
  return EXIT.ok
}

/** @param said like `2026-10-22T00:00:00.000Z/2026-11-21T20:23:00.000Z` */
function completeText(said: string | null): string {
  const [from = Number.NaN, to = Number.NaN] = (said ?? '').split('/').map(Date.parse)
  return Number.isNaN(to) ? 'Complete: nothing yet.' : `Complete: ${dateText(from)} to ${dateText(to)}.`
}

/** Whose rows, and of when. */
async function queryOf(pass: Pass, flags: Flags): Promise<Result<URLSearchParams, Failure>> {
  const span = spanOf(flags)
  if (!span.ok || flags.account === undefined) return span
  const found = await findAccount(pass, flags.account)
  if (!found.ok) return found
  span.value.set('accountId', found.value.id)
  return span
}
