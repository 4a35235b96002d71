import type { z } from 'zod'
import { pairAnswer } from '../../protocol/rest/pairs.ts'
import { LEG_NAMES, type LegName } from '../domain/pair.ts'
import { err, ok } from '../domain/result.ts'
import { answer, withServer } from './answer.ts'
import { complain } from './config.ts'
import { accountNames, noSuch } from './lookup.ts'
import { askAll } from './rest.ts'
import { tableText } from './table.ts'
import { clockTime, UNKNOWN } from './watch/head.ts'
import { type WhereFlags, whereOf } from './where.ts'

export type ShownPair = z.infer<typeof pairAnswer>
/** With the names of both accounts. */
type Row = ShownPair & { readonly accounts: Readonly<Record<LegName, string>> }

interface Flags extends WhereFlags {
  readonly pair?: string
  readonly json?: boolean
}

/** What both legs of each pair hold, and how far they are in step. */
export async function showPositions({ pair: wanted, json = false, ...flags }: Flags): Promise<number> {
  const where = whereOf(flags)
  if (!where.ok) return complain(where.error)
  const listed = await withServer(where.value, async pass => {
    const pairs = await askAll(pass, { path: '/pairs', row: pairAnswer })
    if (!pairs.ok) return pairs
    const rows = pairs.value.filter(({ id, name }) => wanted === undefined || [id, name].includes(wanted))
    if (wanted !== undefined && rows.length === 0) return err(noSuch('pair', pairs.value, wanted))
    const names = await accountNames(pass)
    return names.ok ? ok({ rows: rows.map(row => withNames(row, names.value)) }) : names
  })
  return answer(listed, { json, text: ({ rows }) => positionsText(rows) })
}

function withNames(pair: ShownPair, names: ReadonlyMap<string, string>): Row {
  const nameOf = ({ accountId }: ShownPair[LegName]): string => names.get(accountId) ?? accountId
  return { ...pair, accounts: { a: nameOf(pair.a), b: nameOf(pair.b) } }
}

const TITLES = ['PAIR', 'LEG', 'ACCOUNT', 'INSTRUMENT', 'SINCE IT BEGAN', 'IN ALL'] as const

function positionsText(pairs: readonly Row[]): string {
  if (pairs.length === 0) return 'There are no pairs.'
  const rows = pairs.flatMap(({ name, accounts, now }) =>
    LEG_NAMES.map(leg => {
      const { instrument, quantity, held } = now[leg]
      return [name, leg, accounts[leg], instrument, quantity ?? UNKNOWN, held ?? UNKNOWN]
    }),
  )
  return [tableText(TITLES, rows), ...pairs.map(standingText)].join('\n')
}

function standingText({ name, now }: ShownPair): string {
  const { phase, pause, gap, action, waitsFor } = now
  const state = pause === null ? phase : `${phase} (${pause})`
  const hint = action ?? waitsFor
  return `${name}: ${state}, gap ${gap ?? UNKNOWN}, unhedged ${unhedgedText(now)}${hint === null ? '' : `. ${hint}`}`
}

export function unhedgedText({ unhedged, unhedgedSince }: ShownPair['now']): string {
  if (unhedged === null) return UNKNOWN
  return unhedgedSince === null ? unhedged : `${unhedged} since ${clockTime(unhedgedSince)}`
}
