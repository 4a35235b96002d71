const REDRAW_EVERY_MS = 250
/** Of a terminal that does not tell its size. */
const USUAL = { columns: 80, rows: 24 }
/** The terminal's second page, without a cursor. */
const ENTER = '\u001b[?1049h\u001b[?25l'
const LEAVE = '\u001b[?25h\u001b[?1049l'
const HOME = '\u001b[H'
const CLEAR = '\u001b[2J'
const CLEAR_LINE = '\u001b[K'
const CLEAR_BELOW = '\u001b[J'

export interface Screen {
  /** Gives the terminal back as it was. */
  close(): void
}

/** A terminal that can be drawn on; a log file or a pipe gets lines. */
export function canDraw(): boolean {
  return process.stdout.isTTY && process.env['TERM'] !== 'dumb'
}

export interface ScreenSize {
  readonly columns: number
  readonly rows: number
  readonly color: boolean
}

/** Draws what `render` gives, several times a second, on the terminal's second page. */
export function startScreen(render: (size: ScreenSize) => readonly string[]): Screen {
  const { stdout } = process
  let shown = ''
  const draw = (): void => {
    const columns = stdout.columns || USUAL.columns
    const rows = stdout.rows || USUAL.rows
    const lines = render({ columns, rows, color: !process.env['NO_COLOR'] })
    const picture = lines.map(line => `${line}${CLEAR_LINE}`).join('\r\n')
    // One write, and only of what changed: nothing flickers, and a slow line is not kept busy.
    if (picture !== shown) stdout.write(`${HOME}${picture}${CLEAR_BELOW}`)
    shown = picture
  }
  const redraw = (): void => {
    shown = ''
    stdout.write(CLEAR)
    draw()
  }
  stdout.write(ENTER)
  // A crash must not leave the terminal without its cursor, nor its message on the page that goes away.
  process.once('uncaughtExceptionMonitor', leave)
  process.once('exit', leave)
  stdout.on('resize', redraw)
  draw()
  const timer = setInterval(draw, REDRAW_EVERY_MS)
  return {
    close: () => {
      clearInterval(timer)
      stdout.off('resize', redraw)
      process.off('exit', leave)
      process.off('uncaughtExceptionMonitor', leave)
      leave()
    },
  }
}

function leave(): void {
  process.stdout.write(LEAVE)
}
