import type { SeededRandom } from '../simulation/seeded-random.ts'
import type { DiskEvent } from './trace.ts'

type Change = Extract<DiskEvent, { kind: 'write' | 'truncate' }>

interface File {
  /** What the last sync made sure of. */
  readonly durable: Buffer
  /** What came after it: on the disk, or not, or a part of it, in any order. */
  readonly pending: Change[]
  /** Its name was in the folder when the folder was synced. */
  readonly named: boolean
  readonly removed: boolean
}

/** Disks write whole sectors. */
const SECTOR = 512

/** A folder as a disk without power leaves it: only what was synced is certain. */
export class DiskModel {
  readonly #files = new Map<string, File>()

  apply(event: DiskEvent): void {
    switch (event.kind) {
      case 'create':
        this.#create(event.file)
        return
      case 'write':
      case 'truncate':
        this.#file(event.file)?.pending.push(event)
        return
      case 'remove':
        this.#change(event.file, { removed: true })
        return
      case 'sync': {
        const file = this.#file(event.file)
        if (file !== undefined)
          this.#change(event.file, { durable: applied(file.durable, file.pending), pending: [] })
        return
      }
      case 'sync_folder':
        for (const [name, file] of this.#files) {
          if (file.removed) this.#files.delete(name)
          else this.#change(name, { named: true })
        }
        return
      case 'told':
        return
    }
  }

  /**
   * What is found after the power is gone now.
   *
   * @param keep how much of what was not synced is there: 0 nothing, 1 all; between, writes are there or not by
   *   chance, without their order, and some are torn
   */
  after(keep: number, random: SeededRandom): ReadonlyMap<string, Buffer> {
    const found = new Map<string, Buffer>()
    for (const [name, file] of this.#files) {
      // An entry that was not synced may be missing, and one that was removed may be back.
      if (!file.named && !random.chance(keep)) continue
      if (file.removed && random.chance(keep)) continue
      const kept = file.pending.filter(() => random.chance(keep))
      found.set(name, applied(file.durable, keep < 1 ? kept.map(change => torn(change, random)) : kept))
    }
    return found
  }

  #file(name: string): File | undefined {
    return this.#files.get(name)
  }

  #create(name: string): void {
    const file = this.#files.get(name)
    if (file !== undefined && !file.removed) return
    this.#files.set(name, { durable: Buffer.alloc(0), pending: [], named: false, removed: false })
  }

  #change(name: string, change: Partial<File>): void {
    const file = this.#files.get(name)
    if (file !== undefined) this.#files.set(name, { ...file, ...change })
  }
}

const TORN = 0.1

function torn(change: Change, random: SeededRandom): Change {
  if (change.kind !== 'write' || change.data.length <= SECTOR || !random.chance(TORN)) return change
  const sectors = random.integer(1, Math.floor(change.data.length / SECTOR))
  return { ...change, data: change.data.subarray(0, sectors * SECTOR) }
}

function applied(content: Buffer, changes: readonly Change[]): Buffer {
  let size = content.length
  let most = size
  for (const change of changes) {
    size = change.kind === 'truncate' ? change.size : Math.max(size, change.offset + change.data.length)
    most = Math.max(most, size)
  }
  const result = Buffer.alloc(most)
  content.copy(result)
  let end = content.length
  for (const change of changes) {
    if (change.kind === 'truncate') {
      // What is cut off comes back as zeros, should the file grow again.
      result.fill(0, change.size, Math.max(change.size, end))
      end = change.size
    } else {
      change.data.copy(result, change.offset)
      end = Math.max(end, change.offset + change.data.length)
    }
  }
  return result.subarray(0, size)
}
