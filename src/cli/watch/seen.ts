import type { LiveStatus } from '../../../client/live.ts'
import type { StreamView } from '../../../client/stream-reader.ts'
import type { StreamData } from '../../../protocol/live-data.ts'
import { absolute, decimal, formatDecimal, ONE, parseDecimal, truncateToStep } from '../../domain/decimal.ts'
import { clip, type Paint, painter } from '../paint.ts'
import type { ScreenSize } from '../screen.ts'
import { clockTime, headLine, UNKNOWN } from './head.ts'

const FOUR_DECIMALS = decimal('0.0001')
const EIGHT_DECIMALS = decimal('0.00000001')
const FOOT = 'Ctrl-C ends; the account goes on.'

type Data = { [Kind in keyof StreamData]?: StreamData[Kind] }

/** What the streams of one account have said, as a person reads it. */
export class Seen {
  readonly #name: string
  readonly #views = new Map<string, StreamView>()
  #status: LiveStatus = 'offline'
  #reason = 'connecting'

  constructor(name: string) {
    this.#name = name
  }

  take(view: StreamView): void {
    this.#views.set(view.kind, view)
  }

  moved(status: LiveStatus, reason: string): void {
    this.#status = status
    this.#reason = reason
  }

  /** One change for who reads lines. */
  line(view: StreamView): string {
    return `${clockTime(view.at)} ${this.#name} ${view.kind}: ${textOf(view)}`
  }

  board({ columns, rows, color }: ScreenSize, now: number): readonly string[] {
    const paint = painter(color)
    const data = this.#data()
    const views = [...this.#views.values()]
    const lines = [
      headLine({ name: this.#name, status: this.#status, reason: this.#reason, views }, paint, now),
      '',
      gainLine(data.pnl, paint),
      '',
      ...section('BALANCE', table(data.balance ?? [], BALANCE), paint),
      ...section('POSITIONS', table(data.positions ?? [], POSITIONS), paint),
      ...section('ORDERS', table([...(data.orders ?? [])].reverse(), ORDERS), paint),
    ]
    const shown = lines.slice(0, Math.max(1, rows - 2))
    return [...shown, '', paint('dim', FOOT)].map(line => clip(line, columns - 1))
  }

  #data(): Data {
    const data: Record<string, unknown> = {}
    for (const [kind, view] of this.#views) if (view.data !== null) data[kind] = view.data
    return data
  }
}

interface Column<Row> {
  readonly title: string
  readonly width: number
  text(row: Row): string | null
}

const BALANCE: readonly Column<StreamData['balance'][number]>[] = [
  { title: 'CURRENCY', width: 10, text: row => row.currency },
  { title: 'TOTAL', width: 18, text: row => short(row.total) },
  { title: 'AVAILABLE', width: 18, text: row => short(row.available) },
  { title: 'EQUITY', width: 18, text: row => short(row.equity) },
]

const POSITIONS: readonly Column<StreamData['positions'][number]>[] = [
  { title: 'INSTRUMENT', width: 18, text: row => row.instrument },
  { title: 'SIDE', width: 7, text: row => row.side },
  { title: 'QUANTITY', width: 12, text: row => row.quantity },
  { title: 'AVERAGE', width: 12, text: row => short(row.averagePrice) },
  { title: 'MARK', width: 12, text: row => short(row.markPrice) },
  { title: 'GAIN', width: 14, text: row => short(row.unrealizedPnl) },
]

const ORDERS: readonly Column<StreamData['orders'][number]>[] = [
  { title: 'TIME', width: 10, text: row => clockTime(row.at) },
  { title: 'INSTRUMENT', width: 18, text: row => row.instrument },
  { title: 'ORDER', width: 20, text: row => `${row.side} ${row.quantity} ${row.type}` },
  { title: 'FILLED', width: 10, text: row => row.filled },
  { title: 'PRICE', width: 12, text: row => short(row.averagePrice ?? row.limitPrice) },
  { title: 'STATUS', width: 10, text: row => row.status },
  { title: 'BY', width: 9, text: row => row.origin },
]

function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): readonly string[] {
  const line = (texts: readonly string[]): string =>
    `  ${texts.map((text, index) => `${text} `.padEnd(columns[index]?.width ?? 0)).join('')}`.trimEnd()
  if (rows.length === 0) return ['  none']
  return [
    line(columns.map(({ title }) => title)),
    ...rows.map(row => line(columns.map(({ text }) => text(row) ?? UNKNOWN))),
  ]
}

function section(title: string, lines: readonly string[], paint: Paint): readonly string[] {
  return [paint('bold', title), ...lines, '']
}

function gainLine(pnl: StreamData['pnl'] | undefined, paint: Paint): string {
  const shown = (amount: string | null | undefined): string => short(amount ?? null) ?? UNKNOWN
  const { realizedToday, unrealized, equity } = pnl ?? {}
  return `${paint('bold', 'TODAY')}  realized ${shown(realizedToday)}  open ${shown(unrealized)}  equity ${shown(equity)}`
}

/** Cut for reading, toward zero: four decimals, or eight of what is less than one. Lines and JSON have them all. */
function short(amount: string | null): string | null {
  const value = amount === null ? undefined : parseDecimal(amount)
  if (value === undefined) return amount
  return formatDecimal(truncateToStep(value, absolute(value) < ONE ? EIGHT_DECIMALS : FOUR_DECIMALS))
}

function textOf({ kind, data, isStale, state }: StreamView): string {
  if (data === null) return `nothing yet (${state})`
  const rows = Array.isArray(data) ? `${data.length} rows` : JSON.stringify(data)
  return `${rows}${isStale ? ` (not live: ${state})` : ''}${kind === 'orders' ? ordersTail(data) : ''}`
}

function ordersTail(orders: StreamData['orders']): string {
  const last = orders.at(-1)
  return last === undefined ? '' : `, last ${last.side} ${last.quantity} ${last.instrument} ${last.status}`
}
