import { absolute, formatDecimal, ONE, subtract, ZERO } from '../../domain/decimal.ts'
import type { Interval } from '../../domain/history.ts'
import { symbolOf } from '../../domain/ids.ts'
import type { AccountState, EngineState, Holding, PairRuntime } from '../../engine/state.ts'
import { standingOf } from '../../logic/hedge/standing.ts'
import { HOPS } from '../../logic/hops.ts'
import { clip, type Paint, painter, type Style } from '../paint.ts'
import type { ScreenSize } from '../screen.ts'
import { type CopyEvent, clockTime, countsText, historyLine, isCopy, shortSymbol } from './events.ts'
import { type HedgeEvent, timeAndCost } from './hedge-events.ts'
import { FOLLOWERS, LEADER } from './world.ts'

/** Everything that the board shows; made anew for each picture. */
export interface Board {
  /** Our clock, ms. */
  readonly now: number
  readonly startedAt: number
  readonly state: EngineState
  /** Newest first. */
  readonly events: readonly CopyEvent[]
  /** By outcome. */
  readonly counts: ReadonlyMap<string, number>
  /** Of the hedge pair; null: none is over yet. */
  readonly lastRound: HedgeEvent | null
  readonly exchangeUrl: string
  readonly serverUrl: string
  /** Null: somebody owns the server. */
  readonly firstOwnerUrl: string | null
  readonly watchCommand: string
  readonly historyCommand: string
  /** What is complete of all accounts' past, the venue's clock, ms; null: not yet. */
  readonly history: Interval | null
}

const FOOT = 'Ctrl-C stops; the next start goes on from here.'
/** Outcomes that a person may want to do something about. */
const NOT_COPIED: ReadonlySet<string> = new Set(['failed', 'skipped', 'forgone'])

/** The demo on a terminal: who is in step, what was copied and how fast, and why one was not. */
export function renderBoard(board: Board, { columns, rows, color }: ScreenSize): readonly string[] {
  const paint = painter(color)
  const legs = new Set(
    Array.from(board.state.pairs.values(), ({ a, b }) => [a.accountId, b.accountId]).flat(),
  )
  const accounts = [...board.state.accounts.values()]
    .filter(({ account }) => !legs.has(account.id))
    .map(account => accountLine(account, paint))
  const pairs = [...board.state.pairs.values()].map(pair => pairLine(pair, board, paint))
  const above = [
    ...headLines(board, paint),
    ...ownerLines(board, columns - 1, paint),
    '',
    paint('dim', `  ${accountRow('ACCOUNT', 'FOLLOWS WITH', 'STEP', 'HOLDS')}`),
    ...accounts,
    ...pairs,
    ...reasonLines(board.events, paint),
    '',
    `${paint('bold', 'LAST COPIES')}  ${countsText(board.counts)}`,
  ]
  const below = ['', paint('dim', FOOT)]
  const copies = copyLines(board.events, paint).slice(0, Math.max(1, rows - above.length - below.length))
  // A character in the last column makes some terminals begin another line.
  return [...above, ...copies, ...below].slice(0, rows).map(line => clip(line, columns - 1))
}

function headLines(board: Board, paint: Paint): readonly string[] {
  const seconds = Math.max(0, Math.floor((board.now - board.startedAt) / 1_000))
  const running = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  return [
    `${paint('bold', 'LOCKSTEP')}  ${paint('yellow', 'PAPER')}  ${FOLLOWERS.length} accounts follow "${LEADER}"  ${paint('dim', running)}`,
    paint('dim', `Simulated Bybit exchange at ${board.exchangeUrl}; no real money is moved.`),
    `Server at ${board.serverUrl}; try: ${board.watchCommand}`,
    ...historyLines(board, paint),
  ]
}

function historyLines({ state, history, historyCommand }: Board, paint: Paint): readonly string[] {
  if (history === null) return []
  return [paint('dim', `${historyLine(state.accounts.size, history)}; try: ${historyCommand}`)]
}

/** The link in as many lines as it takes: one that is cut is no link. */
function ownerLines({ firstOwnerUrl }: Board, width: number, paint: Paint): readonly string[] {
  if (firstOwnerUrl === null) return []
  const pieces = firstOwnerUrl.match(new RegExp(`.{1,${width}}`, 'g')) ?? []
  return [paint('yellow', 'Nobody owns it yet. Open this once, on this machine:'), ...pieces]
}

function accountRow(name: string, note: string, step: string, holds: string): string {
  return `${name.padEnd(9)}${note.padEnd(20)}${step.padEnd(25)}${holds}`
}

function accountLine(account: AccountState, paint: Paint): string {
  const { name } = account.account
  const note = FOLLOWERS.find(follower => follower.name === name)?.note ?? 'trades by itself'
  const step = stepOf(account)
  const holds = [...account.holdings.values()]
    .filter(({ position }) => position.quantity !== ZERO)
    .map(
      holding => `${shortSymbol(symbolOf(holding.instrumentId))} ${formatDecimal(holding.position.quantity)}`,
    )
  const row = accountRow(name, note, step.text, holds.join('  ') || '-')
  return `${paint(step.style, '●')} ${step.style === 'green' ? row : paint(step.style, row)}`
}

/** Both legs of the pair in one row, and how its last round went. */
function pairLine({ pair, state, a, b }: PairRuntime, { lastRound }: Board, paint: Paint): string {
  const held = standingOf(pair, state, { a: a.position.quantity, b: b.position.quantity })
  const short = shortSymbol(symbolOf(a.instrumentId))
  const holds = `${short} ${formatDecimal(held.a ?? ZERO)} and ${formatDecimal(held.b ?? ZERO)}`
  const last = lastRound === null ? '' : `  ${timeAndCost(lastRound)}`
  const style = state.pause !== null ? 'red' : state.unhedgedSince === null ? 'green' : 'yellow'
  const row = accountRow(pair.name, 'hedge pair', state.pause ?? state.phase, `${holds}${last}`)
  return `${paint(style, '●')} ${style === 'green' ? row : paint(style, row)}`
}

/** How an account stands to its leader. The worst of its holdings decides. */
function stepOf(account: AccountState): { readonly text: string; readonly style: Style } {
  if (account.session?.isLive() !== true) return { text: 'connecting', style: 'red' }
  if (account.account.name === LEADER) return { text: 'leads', style: 'green' }
  const holdings = [...account.holdings.values()]
  const out = holdings.filter(isLeftOut)
  if (out.length > 0) return { text: `out of step ${symbolsText(out)}`, style: 'red' }
  const moving = holdings.filter(isMoving)
  if (moving.length > 0) return { text: `moving ${symbolsText(moving)}`, style: 'yellow' }
  return { text: 'in step', style: 'green' }
}

/** The leader holds something of which this follower wants nothing: everything of it was refused or forgone. */
function isLeftOut({ link }: Holding): boolean {
  return link !== null && link.state.leaderQuantity !== ZERO && link.state.desired === ZERO
}

/** An order is on its way, or a lot or more is missing; less than a lot is carried. */
function isMoving({ orders, link, instrumentId }: Holding): boolean {
  if (orders.size > 0) return true
  if (link === null) return false
  const lotSize = link.runtime.account.session?.market.instrument(instrumentId)?.lotSize ?? ONE
  return absolute(subtract(link.state.desired, link.state.attributed)) >= lotSize
}

function symbolsText(holdings: readonly Holding[]): string {
  return holdings.map(({ instrumentId }) => shortSymbol(symbolOf(instrumentId))).join(' ')
}

/** The newest trade that was not copied, and what to do. That nothing was there to reduce only follows from it. */
function reasonLines(events: readonly CopyEvent[], paint: Paint): readonly string[] {
  const event = events.find(
    ({ outcome, reason }) => NOT_COPIED.has(outcome) && reason !== 'nothing_to_reduce',
  )
  if (event === undefined) return []
  const { account, symbol, at, outcome, reason, sentence } = event
  return [
    '',
    `${paint('red', 'NOT COPIED')}   ${account}  ${symbol}  ${clockTime(at)}  ${outcome}: ${reason}`,
    `  ${sentence}`,
  ]
}

function copyLines(events: readonly CopyEvent[], paint: Paint): readonly string[] {
  const copies = events.filter(isCopy).map(event => copyLine(event, paint))
  if (copies.length === 0) return [paint('dim', '  none yet: the leader trades every few seconds')]
  const titles = `${'ms'.padStart(TOTAL_WIDTH)}${HOPS.map(hop => ` ${hop}`).join('')}`
  return [paint('dim', `${'  TIME      ACCOUNT  TRADE'.padEnd(TRADE_WIDTH)}${titles}`), ...copies]
}

const TRADE_WIDTH = 36
const TOTAL_WIDTH = 5

function copyLine({ at, account, side, quantity, symbol, ms }: CopyEvent, paint: Paint): string {
  const trade = `${side ?? ''} ${quantity} ${shortSymbol(symbol)}`
  const what = `  ${clockTime(at)}  ${account.padEnd(9)}${trade}`.padEnd(TRADE_WIDTH)
  const hops = HOPS.map(hop => String(ms[hop] ?? '-').padStart(hop.length + 1)).join('')
  return `${what}${paint('green', String(ms.total ?? '-').padStart(TOTAL_WIDTH))}${paint('dim', hops)}`
}
