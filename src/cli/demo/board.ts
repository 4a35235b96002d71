import { absolute, type Decimal, formatDecimal, subtract, ZERO } from '../../domain/decimal.ts'
import { symbolOf } from '../../domain/ids.ts'
import type { AccountState, EngineState, Holding } from '../../engine/state.ts'
import { type CopyEvent, clockTime, hopsText, isCopy } from './events.ts'
import { FOLLOWERS, LEADER } from './world.ts'

/** Everything that the board shows; made anew for each picture. */
export interface Board {
  readonly now: number
  readonly startedAt: number
  readonly state: EngineState
  /** Newest first. */
  readonly events: readonly CopyEvent[]
  readonly counts: ReadonlyMap<string, number>
  readonly exchangeUrl: string
}

export interface BoardSize {
  readonly columns: number
  readonly rows: number
  readonly color: boolean
}

type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red'
const CODES: Record<Style, number> = { bold: 1, dim: 2, green: 32, yellow: 33, red: 31 }

/** The demo on a terminal: who is in step, what was copied and how fast, and why one was not. */
export function renderBoard(board: Board, size: BoardSize): readonly string[] {
  const paint = (style: Style, text: string): string =>
    size.color ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text
  const head = [
    `${paint('bold', 'LOCKSTEP')}  ${paint('yellow', 'PAPER')}  copying ${FOLLOWERS.length} followers of "${LEADER}"  ${since(board)}`,
    paint('dim', `simulated Bybit exchange at ${board.exchangeUrl}`),
    '',
    paint('dim', row('ACCOUNT', 'FOLLOWS WITH', 'SESSION', 'STEP', 'HOLDS')),
  ]
  const accounts = [...board.state.accounts.values()].map(account => accountLine(account, paint))
  const failing = board.events.find(event => event.outcome === 'failed' || event.outcome === 'skipped')
  const why = failing === undefined ? [] : ['', ...reasonLines(failing, paint)]
  const room = Math.max(1, size.rows - head.length - accounts.length - why.length - 5)
  const copies = board.events
    .filter(isCopy)
    .slice(0, room)
    .map(event => copyLine(event, paint))
  const lines = [
    ...head,
    ...accounts,
    ...why,
    '',
    `${paint('bold', 'Last copies')}  ${paint('dim', countsText(board.counts))}`,
    ...(copies.length === 0 ? [paint('dim', '  none yet: the leader trades every few seconds')] : copies),
    '',
    paint('dim', 'Ctrl-C stops; the next start goes on from here.'),
  ]
  return lines.map(line => clip(line, size.columns))
}

function row(name: string, note: string, session: string, step: string, holds: string): string {
  return `${name.padEnd(9)}${note.padEnd(24)}${session.padEnd(11)}${step.padEnd(18)}${holds}`
}

function since({ now, startedAt }: Board): string {
  const seconds = Math.floor((now - startedAt) / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

function accountLine(account: AccountState, paint: (style: Style, text: string) => string): string {
  const { name } = account.account
  const note = FOLLOWERS.find(follower => follower.name === name)?.note ?? 'is followed'
  const live = account.session?.isLive() === true
  const holdings = [...account.holdings.values()]
  const holds = holdings.filter(({ position }) => position.quantity !== ZERO).map(holdingText)
  const behind = holdings.filter(isBehind)
  const step = name === LEADER ? '' : behind.length === 0 ? 'in step' : behindText(behind)
  const line = row(name, note, live ? 'live' : 'not live', step, holds.join('  ') || '-')
  const color = !live ? 'red' : behind.length > 0 ? 'yellow' : null
  return color === null ? line : paint(color, line)
}

function holdingText({ instrumentId, position }: Holding): string {
  return `${symbolOf(instrumentId).replace('USDT', '')} ${formatDecimal(position.quantity)}`
}

/** Out of step by a whole lot or more; less is carried, and shown on the account's own page later. */
function isBehind(holding: Holding): boolean {
  return holding.orders.size > 0 || absolute(driftOf(holding)) >= lotOf(holding)
}

function driftOf({ link }: Holding): Decimal {
  return link === null ? ZERO : subtract(link.state.desired, link.state.attributed)
}

function lotOf({ link, instrumentId }: Holding): Decimal {
  const instrument = link?.runtime.account.session?.market.instrument(instrumentId)
  return instrument === undefined || instrument === null ? (1n as Decimal) : instrument.lotSize
}

function behindText(behind: readonly Holding[]): string {
  return `moving ${behind.map(({ instrumentId }) => symbolOf(instrumentId).replace('USDT', '')).join(' ')}`
}

function reasonLines(event: CopyEvent, paint: (style: Style, text: string) => string): readonly string[] {
  return [
    `${paint('red', 'Not copied')}  ${event.account} ${event.symbol} at ${clockTime(event.at)} (${event.reason})`,
    `  ${event.sentence}`,
  ]
}

function copyLine(event: CopyEvent, paint: (style: Style, text: string) => string): string {
  const { account, symbol, side, quantity, ms } = event
  const what = `${account.padEnd(6)}${symbol.padEnd(9)}${(side ?? '').padEnd(5)}${quantity.padEnd(9)}`
  return `  ${clockTime(event.at)}  ${what}${paint('green', `${ms.total ?? '-'} ms`.padEnd(9))}${paint('dim', hopsText(ms))}`
}

function countsText(counts: ReadonlyMap<string, number>): string {
  return Array.from(counts, ([outcome, count]) => `${outcome} ${count}`).join(' · ')
}

/** Cut to the terminal's width without cutting a colour open. */
function clip(line: string, columns: number): string {
  let width = 0
  let clipped = ''
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours are control sequences
  for (const part of line.split(/(\u001b\[\d+m)/)) {
    if (part.startsWith('\u001b')) clipped += part
    else {
      clipped += part.slice(0, Math.max(0, columns - width))
      width += part.length
    }
  }
  return clipped
}
