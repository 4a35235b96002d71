import type { z } from 'zod'
import type { jobAnswer } from '../../protocol/rest/history.ts'

type Job = Pick<z.infer<typeof jobAnswer>, 'since' | 'until' | 'reachedAt' | 'added' | 'status'>

const WIDTH = 30

/** How far back a job has got. On a terminal one line that changes; elsewhere a line when the date does. */
export class JobBar {
  readonly #stream: { readonly isTTY?: boolean; write(text: string): unknown }
  readonly #name: string
  #last = ''

  constructor(stream: { readonly isTTY?: boolean; write(text: string): unknown }, name: string) {
    this.#stream = stream
    this.#name = name
  }

  show(job: Job): void {
    const line = `${this.#name} ${barOf(job)} back to ${dateText(job.reachedAt ?? job.until)}, rows added: ${job.added}`
    if (line === this.#last) return
    this.#last = line
    this.#stream.write(this.#stream.isTTY === true ? `\r\x1b[2K${line}` : `${line}\n`)
  }

  end(): void {
    if (this.#stream.isTTY === true && this.#last !== '') this.#stream.write('\n')
  }
}

/** It goes back from now: what is newest is wanted most. */
function barOf({ since, until, reachedAt, status }: Job): string {
  const part = status === 'done' ? 1 : (until - (reachedAt ?? until)) / Math.max(1, until - since)
  const full = Math.round(Math.min(1, Math.max(0, part)) * WIDTH)
  return `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${String(Math.floor(part * 100)).padStart(3)} %`
}

/** `2026-11-21 14:02`, UTC. @param at ms */
export function dateText(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ')
}
