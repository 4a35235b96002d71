import type { LiveStatus } from '../../../client/live.ts'
import type { StreamView } from '../../../client/stream-reader.ts'
import type { PairRow } from '../../../protocol/live-data.ts'
import { clip, painter } from '../paint.ts'
import type { ScreenSize } from '../screen.ts'
import { clockTime, headLine, UNKNOWN } from './head.ts'

const FOOT = 'Ctrl-C ends; the pair goes on.'
/** Rounds that stay in view. */
const KEPT_ROUNDS = 100

type Round = NonNullable<PairRow['round']>

/** What the stream of one hedge pair has said, as a person reads it. */
export class SeenPair {
  readonly #name: string
  /** By number, newest last. */
  readonly #rounds = new Map<number, Round>()
  #view: StreamView | null = null
  #status: LiveStatus = 'offline'
  #reason = 'connecting'

  constructor(name: string) {
    this.#name = name
  }

  take(view: StreamView): void {
    this.#view = view
    const round = view.kind === 'pair' ? view.data?.round : null
    if (!round) return
    this.#rounds.set(round.number, round)
    const [oldest] = this.#rounds.keys()
    if (this.#rounds.size > KEPT_ROUNDS && oldest !== undefined) this.#rounds.delete(oldest)
  }

  moved(status: LiveStatus, reason: string): void {
    this.#status = status
    this.#reason = reason
  }

  /** One change for who reads lines. */
  line(view: StreamView): string {
    const stale = view.isStale ? ` (not live: ${view.state})` : ''
    const said = view.kind === 'pair' && view.data !== null ? textOf(view.data) : 'nothing yet'
    return `${clockTime(view.at)} ${this.#name} ${said}${stale}`
  }

  board({ columns, rows, color }: ScreenSize, now: number): readonly string[] {
    const paint = painter(color)
    const views = this.#view === null ? [] : [this.#view]
    const heading = { name: this.#name, status: this.#status, reason: this.#reason, views }
    const data = this.#view?.kind === 'pair' ? this.#view.data : null
    const rounds = [...this.#rounds.values()].reverse().map(roundText)
    const lines = [
      headLine(heading, paint, now),
      '',
      ...(data === null ? [] : standing(data)),
      '',
      paint('bold', 'ROUNDS'),
      ...(rounds.length === 0 ? ['  none yet'] : rounds),
    ]
    const shown = lines.slice(0, Math.max(1, rows - 2))
    return [...shown, '', paint('dim', FOOT)].map(line => clip(line, columns - 1))
  }
}

function textOf(data: PairRow): string {
  const { phase, pause, a, b, round } = data
  const paused = pause === null ? '' : ` (${pause})`
  const last = round === null ? '' : `,${roundText(round)}`
  return `${phase}${paused}: a ${a.quantity ?? UNKNOWN}, b ${b.quantity ?? UNKNOWN}, unhedged ${unhedgedText(data)}${last}`
}

function standing(data: PairRow): readonly string[] {
  const { phase, pause, a, b, attempts } = data
  return [
    `PHASE     ${phase}${pause === null ? '' : `: ${pause}`}`,
    `LEG A     ${a.quantity ?? UNKNOWN} ${a.instrument}`,
    `LEG B     ${b.quantity ?? UNKNOWN} ${b.instrument}`,
    `UNHEDGED  ${unhedgedText(data)}${attempts === 0 ? '' : `, ${attempts} attempts ended short`}`,
  ]
}

function unhedgedText({ unhedged, unhedgedSince }: PairRow): string {
  if (unhedged === null) return UNKNOWN
  return unhedgedSince === null ? unhedged : `${unhedged} since ${clockTime(unhedgedSince)}`
}

function roundText({ number, outcome, quantityA, quantityB, unhedgedMs, costBps }: Round): string {
  const time = unhedgedMs === null ? 'still unhedged' : `${unhedgedMs} ms unhedged`
  const cost = costBps === null ? '' : `, cost ${costBps.toFixed(2)} bps`
  return `  round ${number} ${outcome}: a ${quantityA}, b ${quantityB}, ${time}${cost}`
}
