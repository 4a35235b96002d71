import { assert, must } from '../../src/domain/result.ts'

/** A stretch of steady speed: world = worldStart + (wall - wallStart) x speed. */
interface Stretch {
  readonly wallStart: number
  readonly worldStart: number
  readonly speed: number
}

/** Changes of speed and jumps that are kept; older times are read by the oldest that is left. */
const MAXIMUM_STRETCHES = 1_000
export const MAXIMUM_SPEED = 100_000

/**
 * The exchange's own time: prices move by it, faster than the wall's when asked to. What clients see
 * (frames, rows, limits, signatures) stays on the wall's, so that unmodified clients can trade.
 */
export class WorldClock {
  readonly #wallNow: () => number
  readonly #stretches: Stretch[]
  #latest: number

  /** @param wallNow ms @param start `at` ms, null: the wall's own time; `speed` world ms per wall ms */
  constructor(wallNow: () => number, start: { readonly at: number | null; readonly speed: number }) {
    assert(start.speed > 0 && start.speed <= MAXIMUM_SPEED, 'the speed must be above 0')
    this.#wallNow = wallNow
    const wallStart = wallNow()
    const worldStart = start.at ?? wallStart
    this.#stretches = [{ wallStart, worldStart, speed: start.speed }]
    this.#latest = worldStart
  }

  get speed(): number {
    return this.#current().speed
  }

  /** Never goes back, also where the wall clock does. */
  now(): number {
    const { wallStart, worldStart, speed } = this.#current()
    this.#latest = Math.max(this.#latest, worldStart + Math.trunc((this.#wallNow() - wallStart) * speed))
    return this.#latest
  }

  /** The wall time of a world time, ms; 0, the core's "never", stays 0. */
  wallAt(world: number): number {
    if (world === 0) return 0
    const stretch =
      this.#stretches.findLast(({ worldStart }) => worldStart <= world) ??
      must(this.#stretches[0], 'there is always one')
    return Math.round(stretch.wallStart + (world - stretch.worldStart) / stretch.speed)
  }

  /** The world time that a wall time was at, or will be at as the world runs now, ms. */
  worldAt(wall: number): number {
    const stretch =
      this.#stretches.findLast(({ wallStart }) => wallStart <= wall) ??
      must(this.#stretches[0], 'there is always one')
    return Math.trunc(stretch.worldStart + (wall - stretch.wallStart) * stretch.speed)
  }

  /** From now on. @param change `speed`: world ms per wall ms; `jumpMs`: world ms to leave out, >= 0 */
  change(change: { readonly speed?: number | undefined; readonly jumpMs?: number | undefined }): void {
    const { speed = this.speed, jumpMs = 0 } = change
    const worldStart = this.now() + jumpMs
    this.#stretches.push({ wallStart: this.#wallNow(), worldStart, speed })
    if (this.#stretches.length > MAXIMUM_STRETCHES) this.#stretches.shift()
  }

  #current(): Stretch {
    return must(this.#stretches.at(-1), 'there is always one')
  }
}
