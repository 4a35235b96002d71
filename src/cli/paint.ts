export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red'
/** Text in a style; the text alone where there are no colours. */
export type Paint = (style: Style, text: string) => string

const CODES: Record<Style, number> = { bold: 1, dim: 2, green: 32, yellow: 33, red: 31 }
const ESCAPE = '\u001b'
const RESET = `${ESCAPE}[0m`

export function painter(color: boolean): Paint {
  return (style, text) => (color ? `${ESCAPE}[${CODES[style]}m${text}${RESET}` : text)
}

/** Cut to the terminal's width, with a mark where something is missing, and without leaving a colour open. */
export function clip(line: string, columns: number): string {
  const parts = line.split(new RegExp(`(${ESCAPE}\\[\\d+m)`))
  const isCode = (part: string) => part.startsWith(ESCAPE)
  let room = parts.filter(part => !isCode(part)).join('').length > columns ? columns - 1 : columns
  if (room === columns) return line
  let clipped = ''
  for (const part of parts) {
    clipped += isCode(part) ? part : part.slice(0, room)
    if (!isCode(part)) room = Math.max(0, room - part.length)
  }
  return `${clipped}…`
}
