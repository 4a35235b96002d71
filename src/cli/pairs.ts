import { randomUUID } from 'node:crypto'
import { Command } from 'commander'
import type { z } from 'zod'
import { flattenPairAnswer, pairAnswer } from '../../protocol/rest/pairs.ts'
import { LEG_NAMES, type LegName } from '../domain/pair.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { answer, withServer } from './answer.ts'
import { complain } from './config.ts'
import { EXIT, type Exit, type Failure } from './exit-codes.ts'
import type { Pass } from './local.ts'
import { findPair, type Named } from './lookup.ts'
import { showExposure } from './pair-exposure.ts'
import { type ShownPair, showPositions, unhedgedText } from './pair-positions.ts'
import { askYes, canAsk } from './prompt.ts'
import { ask, askAll } from './rest.ts'
import { FROM, type SpanFlags, TO } from './span.ts'
import { tableText } from './table.ts'
import { UNKNOWN } from './watch/head.ts'
import { type WhereFlags, whereOf, withWhereFlags } from './where.ts'

const EXAMPLES = `Examples:
  lockstep pairs                                    how each hedge pair stands
  lockstep pairs positions --pair maker             what both legs hold, and all that their accounts hold
  lockstep pairs exposure maker --from 2026-01-31   what was unhedged after each trade since then
  lockstep pairs pause maker                        A quotes no more; what is unhedged is still hedged
  lockstep pairs resume maker                       it hedges and quotes again
  lockstep pairs flatten maker --dry-run            what closing both legs would trade
  lockstep pairs flatten maker --leg a --yes        close leg A alone, without being asked
`

type Flattened = z.infer<typeof flattenPairAnswer>

interface Flags extends WhereFlags, SpanFlags {
  readonly pair?: string
  readonly leg?: string
  readonly dryRun?: boolean
  readonly yes?: boolean
  readonly json?: boolean
}

export function pairsCommand(exit: Exit): Command {
  const finish = (command: Command): Command =>
    withWhereFlags(command.addHelpText('before', EXAMPLES).option('--json', 'one JSON object'))
  const list = finish(new Command('list').description('phase, pause, what both legs hold, what is unhedged'))
  const pause = finish(new Command('pause').description('A quotes no more, until somebody resumes'))
  const resume = finish(
    new Command('resume').description('hedge and quote again, with all attempts before it'),
  )
  const positions = new Command('positions')
    .description('what both legs hold, what their accounts hold, how far they are in step')
    .option('--pair <name>', 'one pair, by its name or id')
  const exposure = new Command('exposure')
    .description(
      'what was unhedged after each trade on a leg, newest first: the last ones if nothing is said',
    )
    .option('--from <date>', FROM)
    .option('--to <date>', TO)
  const flatten = new Command('flatten')
    .description('pause the pair and close both legs, reduce-only and within its bound')
    .option('--leg <leg>', 'that leg alone: a or b')
    .option('--dry-run', 'say what it would trade, and trade nothing')
    .option('--yes', 'without being asked')
  return new Command('pairs')
    .description("the running server's hedge pairs")
    .addHelpText('before', EXAMPLES)
    .addCommand(
      list.action(async (flags: Flags) => exit(await show(flags))),
      { isDefault: true },
    )
    .addCommand(finish(positions).action(async (flags: Flags) => exit(await showPositions(flags))))
    .addCommand(naming(finish(exposure), showExposure, exit))
    .addCommand(naming(pause, (name, flags) => command(name, flags, 'pause'), exit))
    .addCommand(naming(resume, (name, flags) => command(name, flags, 'resume'), exit))
    .addCommand(naming(finish(flatten), flattenPair, exit))
}

function naming(made: Command, run: (name: string, flags: Flags) => Promise<number>, exit: Exit): Command {
  return made
    .argument('<name>', "the pair's name or id")
    .action(async (name: string, flags: Flags) => exit(await run(name, flags)))
}

async function show(flags: Flags): Promise<number> {
  const where = whereOf(flags)
  if (!where.ok) return complain(where.error)
  const listed = await withServer(where.value, async pass => {
    const pairs = await askAll(pass, { path: '/pairs', row: pairAnswer })
    return pairs.ok ? ok({ rows: pairs.value }) : pairs
  })
  const text = ({ rows }: { readonly rows: readonly ShownPair[] }): string =>
    rows.length === 0 ? 'There are no pairs.' : table(rows)
  return answer(listed, { json: flags.json ?? false, text })
}

const TITLES = ['PAIR', 'PHASE', 'PAUSE', 'A HOLDS', 'B HOLDS', 'UNHEDGED'] as const

function table(pairs: readonly ShownPair[]): string {
  const rows = pairs.map(({ name, now }) => [
    name,
    now.phase,
    now.pause ?? UNKNOWN,
    `${now.a.quantity ?? UNKNOWN} ${now.a.instrument}`,
    `${now.b.quantity ?? UNKNOWN} ${now.b.instrument}`,
    unhedgedText(now),
  ])
  const hints = pairs.flatMap(({ name, now }) => {
    const hint = now.action ?? now.waitsFor
    return hint === null ? [] : [`${name}: ${hint}`]
  })
  return [tableText(TITLES, rows), ...hints].join('\n')
}

async function command(name: string, flags: Flags, what: 'pause' | 'resume'): Promise<number> {
  const where = whereOf(flags)
  if (!where.ok) return complain(where.error)
  const done = await withServer(where.value, async pass => {
    const pair = await findPair(pass, name)
    if (!pair.ok) return pair
    return ask(pass, { method: 'POST', path: `/pairs/${pair.value.id}/${what}`, answer: pairAnswer })
  })
  return answer(done, { json: flags.json ?? false, text: pair => table([pair]) })
}

async function flattenPair(name: string, flags: Flags): Promise<number> {
  const { leg, dryRun = false, yes = false, json = false } = flags
  const wanted = LEG_NAMES.find(each => each === leg)
  if (leg !== undefined && wanted === undefined) return complain([`--leg ${leg}: expected a or b.`])
  const where = whereOf(flags)
  if (!where.ok) return complain(where.error)
  const done = await withServer(where.value, async pass => {
    const pair = await findPair(pass, name)
    if (!pair.ok) return pair
    if (dryRun || !yes) {
      const planned = await flatten(pass, pair.value, { leg: wanted, dryRun: true })
      if (dryRun || !planned.ok) return planned
      const agreed = await agree(planned.value)
      if (!agreed.ok) return agreed
    }
    return flatten(pass, pair.value, { leg: wanted, dryRun: false })
  })
  return answer(done, { json, text: closesText })
}

function flatten(
  pass: Pass,
  { id }: Named,
  { leg, dryRun }: { readonly leg: LegName | undefined; readonly dryRun: boolean },
): Promise<Result<Flattened, Failure>> {
  return ask(pass, {
    method: 'POST',
    path: `/pairs/${id}/flatten`,
    body: { dryRun, ...(leg !== undefined && { leg }) },
    idempotencyKey: randomUUID(),
    answer: flattenPairAnswer,
  })
}

/** Whoever is not there to be asked has to say so. */
async function agree(planned: Flattened): Promise<Result<void, Failure>> {
  const refusal = (message: string) => err({ message, exitCode: EXIT.usage })
  if (!canAsk())
    return refusal('Nobody can be asked here: say --yes to close, or --dry-run to see what it would do.')
  process.stderr.write(`${closesText(planned)}\n`)
  return (await askYes('Close now?')) ? ok() : refusal('Nothing was done.')
}

function closesText({ dryRun, closes, pair: { name } }: Flattened): string {
  const subject = dryRun ? `Flattening ${name} would pause it` : `Pair ${name} is paused`
  if (closes.length === 0) return `${subject}; it holds nothing that can be closed.`
  const lines = closes.map(({ leg, side, quantity, instrument, worstPrice }) => {
    const bound = worstPrice === null ? 'as soon as its price is known' : `at ${worstPrice} or better`
    return `  leg ${leg}: ${side} ${quantity} ${instrument} ${bound}`
  })
  return [`${subject} and ${dryRun ? 'trade' : 'being closed'}:`, ...lines].join('\n')
}
