import type { Mode } from '../../src/domain/strategy.ts'
import { redraw } from './configuration.ts'
import { type Disturb, sometimes } from './disturb.ts'

/** What happens to our own machine: processes, clocks, disks. */

const kills: Disturb = (simulation, random) =>
  sometimes(
    simulation,
    random,
    {
      share: 0.8,
      paces: [
        [2_000, 15_000],
        [10_000, 60_000],
        [30_000, 120_000],
      ],
    },
    () => {
      simulation.faults.note('kill', {})
      simulation.restart({ afterMs: random.integer(10, 4_000), chance: random.next() })
    },
  )

/** The moments at which a copy is on its way are short: some kills aim at them. */
const killsAtSend: Disturb = (simulation, random) => {
  const probability = random.pick([0, 0, 0.01])
  return simulation.onSend(() => {
    if (!random.chance(probability)) return
    simulation.clock.after(random.next() * 25, () => {
      simulation.faults.note('kill', {})
      simulation.restart({ afterMs: random.integer(10, 4_000), chance: random.next() })
    })
  })
}

/** SIGSTOP, and SIGCONT a while later. */
const freezes: Disturb = (simulation, random) => {
  const probability = random.pick([0, 0.005])
  const freeze = (): void => {
    simulation.faults.note('frozen', {})
    simulation.freeze({ forMs: random.integer(20, 8_000) })
  }
  const end = simulation.onSend(() => {
    if (random.chance(probability)) simulation.clock.after(random.next() * 25, freeze)
  })
  const stop = sometimes(simulation, random, { share: 0.4, paces: [[10_000, 60_000]] }, freeze)
  return () => {
    end()
    stop()
  }
}

/** Another process takes over while the first is stopped; the first then goes on where it was. */
const takeovers: Disturb = (simulation, random) => {
  const takeOver = (): void => {
    simulation.faults.note('fenced', {})
    simulation.takeOver({
      frozenMs: random.integer(1, 4_000),
      aliveMs: random.integer(100, 6_000),
      chance: random.next(),
    })
  }
  const probability = random.pick([0, 0, 0.005])
  const end = simulation.onSend(() => {
    if (random.chance(probability)) simulation.clock.after(random.next() * 5, takeOver)
  })
  const stop = sometimes(simulation, random, { share: 0.3, paces: [[15_000, 90_000]] }, takeOver)
  return () => {
    end()
    stop()
  }
}

const newSettings: Disturb = (simulation, random) =>
  sometimes(simulation, random, { share: 0.4, paces: [[20_000, 90_000]] }, () => {
    simulation.faults.note('settingsChanged', {})
    simulation.setup = redraw(simulation.setup, random)
    simulation.restart({ afterMs: random.integer(10, 2_000), chance: random.next() })
  })

/** Until something waits, ms; then somebody gives up on it. */
const WAITING_LOOK_MS = 100
const WAITING_LOOKS = 50

/** A person makes a mode stricter while an increase waits, and takes back what they did so before. */
const stricterModes: Disturb = (simulation, random) => {
  let loosened = simulation.setup.links
  const tighten = (looks: number): void => {
    const [first, ...others] = simulation.waiting()
    if (first === undefined) {
      if (looks > 0) simulation.clock.after(WAITING_LOOK_MS, () => tighten(looks - 1))
      return
    }
    simulation.faults.note('settingsChanged', {})
    const account = random.pick([first, ...others])
    const mode = random.pick<Mode>(['close_only', 'off'])
    const links = simulation.setup.links.map((link, index) => {
      const before = loosened[index]
      if (link.account === account) return { ...link, mode }
      return before === undefined ? link : { ...link, mode: before.mode }
    })
    loosened = simulation.setup.links
    simulation.setup = { ...simulation.setup, links }
    simulation.restart({ afterMs: random.integer(10, 500), chance: random.next() })
  }
  return sometimes(simulation, random, { share: 0.3, paces: [[10_000, 60_000]] }, () =>
    tighten(WAITING_LOOKS),
  )
}

const failingDisk: Disturb = (simulation, random) =>
  sometimes(simulation, random, { share: 0.4, paces: [[15_000, 60_000]] }, () => {
    simulation.faults.note('diskFailed', {})
    simulation.store.failNext({ durable: random.chance(0.5) })
  })

/** Somebody sets our wall clock, by a little or by a lot. */
const ourClock: Disturb = (simulation, random) =>
  sometimes(simulation, random, { share: 0.25, paces: [[20_000, 90_000]] }, () => {
    simulation.faults.note('ourClockJumped', {})
    const furthestMs = random.pick([300, 5_000, 30_000])
    simulation.clock.jump(random.integer(-furthestMs, furthestMs))
  })

export const PROCESS_DISTURBANCES = {
  kills,
  killsAtSend,
  freezes,
  takeovers,
  newSettings,
  stricterModes,
  failingDisk,
  ourClock,
} as const satisfies Record<string, Disturb>
