import type { z } from 'zod'
import { pageOf } from '../../protocol/rest/common.ts'
import { exposureAnswer } from '../../protocol/rest/pairs.ts'
import { ok, type Result } from '../domain/result.ts'
import { answer, withServer } from './answer.ts'
import { complain } from './config.ts'
import type { Failure } from './exit-codes.ts'
import type { Pass } from './local.ts'
import { findPair } from './lookup.ts'
import { ask, askAll } from './rest.ts'
import { type SpanFlags, spanOf } from './span.ts'
import { tableText } from './table.ts'
import { type WhereFlags, whereOf } from './where.ts'

const page = pageOf(exposureAnswer)
type Page = z.infer<typeof page>

interface Flags extends WhereFlags, SpanFlags {
  readonly json?: boolean
}

/** What was unhedged after each trade on a leg: since `--from`, or of late. */
export async function showExposure(name: string, { json = false, ...flags }: Flags): Promise<number> {
  const where = whereOf(flags)
  if (!where.ok) return complain(where.error)
  const span = spanOf(flags)
  if (!span.ok) return complain([span.error.message], span.error.exitCode)
  const shown = await withServer(where.value, async pass => {
    const pair = await findPair(pass, name)
    return pair.ok ? momentsOf(pass, `/pairs/${pair.value.id}/exposure`, span.value) : pair
  })
  return answer(shown, { json, text: exposureText })
}

async function momentsOf(pass: Pass, path: string, query: URLSearchParams): Promise<Result<Page, Failure>> {
  if (!query.has('from')) return ask(pass, { method: 'GET', path: `${path}?${query}`, answer: page })
  const all = await askAll(pass, { path, query, row: exposureAnswer })
  return all.ok ? ok({ rows: all.value, next: null }) : all
}

const TITLES = ['AT (UTC)', 'LEG', 'SIDE', 'QUANTITY', 'FILL PRICE', 'A HOLDS', 'B HOLDS', 'GAP'] as const
const OLDER = 'There is more before that: say since when with --from.'

function exposureText({ rows, next }: Page): string {
  if (rows.length === 0) return 'No trade on a leg then.'
  const cells = rows.map(({ at, leg, side, quantity, fillPrice, a, b, gap }) => [
    new Date(at).toISOString(),
    leg,
    side,
    quantity,
    fillPrice,
    a,
    b,
    gap,
  ])
  return [tableText(TITLES, cells), ...(next === null ? [] : [OLDER])].join('\n')
}
