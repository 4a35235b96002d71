import type { StreamName } from '../../protocol/live.ts'
import { Hub, type HubParts, type Wanted } from '../../src/live/hub.ts'
import type { Subscriber } from '../../src/live/room.ts'
import type { SeededRandom } from '../simulation/seeded-random.ts'

/** A hub whose packets sometimes do not arrive though the connection stays: what nobody can see but by the numbers. */
export class LossyHub extends Hub {
  lost = 0
  readonly #random: SeededRandom
  readonly #chance: number
  readonly #lossy = new Map<Subscriber, Subscriber>()

  constructor(parts: HubParts, { random, chance }: { random: SeededRandom; chance: number }) {
    super(parts)
    this.#random = random
    this.#chance = chance
  }

  override join<Each extends Wanted>(subscriber: Subscriber, wanted: readonly Each[]): readonly Each[] {
    return super.join(this.#of(subscriber), wanted)
  }

  override leave(subscriber: Subscriber, name: StreamName): number {
    return super.leave(this.#of(subscriber), name)
  }

  override resync(subscriber: Subscriber, name: StreamName): void {
    super.resync(this.#of(subscriber), name)
  }

  #of(subscriber: Subscriber): Subscriber {
    const known = this.#lossy.get(subscriber)
    if (known !== undefined) return known
    const lossy = {
      send: (packet: Buffer) => {
        if (this.#random.chance(this.#chance)) this.lost += 1
        else subscriber.send(packet)
      },
    }
    this.#lossy.set(subscriber, lossy)
    return lossy
  }
}
