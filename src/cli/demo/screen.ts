import type { Server } from '../../main.ts'
import { type Board, renderBoard } from './board.ts'

const REDRAW_EVERY_MS = 250
const ENTER = '\u001b[?1049h\u001b[?25l'
const LEAVE = '\u001b[?25h\u001b[?1049l'
const HOME = '\u001b[H'
const CLEAR_LINE = '\u001b[K'
const CLEAR_BELOW = '\u001b[J'

export interface Screen {
  /** Gives the terminal back as it was. */
  close(): void
}

/** Draws the board several times a second on the terminal's second page. */
export function startScreen(
  parts: { readonly server: Server } & Pick<Board, 'startedAt' | 'events' | 'counts'>,
): Screen {
  const { server, ...rest } = parts
  const { stdout } = process
  const draw = (): void => {
    const board = {
      ...rest,
      now: Date.now(),
      state: server.engine.context.state,
      exchangeUrl: server.exchange?.url ?? '',
    }
    const size = { columns: stdout.columns, rows: stdout.rows, color: process.env['NO_COLOR'] === undefined }
    const lines = renderBoard(board, size).slice(0, stdout.rows - 1)
    stdout.write(`${HOME}${lines.map(line => `${line}${CLEAR_LINE}\n`).join('')}${CLEAR_BELOW}`)
  }
  stdout.write(ENTER)
  // A crash must not leave the terminal without its cursor.
  process.once('exit', leave)
  draw()
  const timer = setInterval(draw, REDRAW_EVERY_MS)
  return {
    close: () => {
      clearInterval(timer)
      process.off('exit', leave)
      leave()
    },
  }
}

function leave(): void {
  process.stdout.write(LEAVE)
}
