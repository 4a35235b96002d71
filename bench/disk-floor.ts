import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const PAGE = Buffer.alloc(4_096, 1)

/** What the disk itself takes to make one page durable: the floor of every commit. */
export class DiskFloor {
  readonly measuredMs: number[] = []
  readonly #file: number

  constructor(folder: string) {
    this.#file = openSync(join(folder, 'floor'), 'a')
  }

  measure(): void {
    const startedAt = performance.now()
    writeSync(this.#file, PAGE)
    fsyncSync(this.#file)
    this.measuredMs.push(performance.now() - startedAt)
  }

  close(): void {
    closeSync(this.#file)
  }
}
