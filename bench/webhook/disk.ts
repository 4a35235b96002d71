import { open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

const PAGE = Buffer.alloc(4_096, 1)
const EVERY_MS = 200

/** @returns what the disk takes by itself to make one page durable, ms, again and again until `isOver` */
export async function measureDisk(file: string, isOver: () => boolean): Promise<readonly number[]> {
  const measuredMs: number[] = []
  const handle = await open(file, 'a')
  try {
    while (!isOver()) {
      const startedAt = performance.now()
      await handle.write(PAGE)
      await handle.sync()
      measuredMs.push(performance.now() - startedAt)
      await sleep(EVERY_MS)
    }
    return measuredMs
  } finally {
    await handle.close()
  }
}
