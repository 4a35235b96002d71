import { setTimeout as sleep } from 'node:timers/promises'
import type { Leaders } from './leader.ts'
import type { Step } from './plan.ts'
import type { ServerProcess, ServerStart } from './server-process.ts'
import type { ChaosVenue } from './venue.ts'
import type { Wire } from './wire.ts'

/** What a step acts on. */
export interface Scene {
  readonly venue: ChaosVenue
  readonly wire: Wire
  readonly leaders: Leaders
  readonly tally: Tally
  start(more?: Omit<ServerStart, 'folder'>): ServerProcess
}

/** What was done in a run, over all its worlds. */
export interface Tally {
  kills: number
  exchangeKills: number
  pauses: number
  networkTroubles: number
  diskTroubles: number
  /** Times a server ended by itself because of its disk, with the exit code that says so. */
  diskStops: number
  readonly failpoints: Map<string, number>
}

const DISK_FAILED = 4
const LIVE_WITHIN_MS = 8_000
const TRAP_WITHIN_MS = 6_000
const DISK_WITHIN_MS = 10_000
const NETWORK_DELAY_MS = 60
const POLL_MS = 10

/** Starts a server, does to it what the step says, and leaves it dead. @returns what must not be, in words */
export async function take(scene: Scene, step: Step): Promise<string | null> {
  switch (step.kind) {
    case 'kill': {
      const server = scene.start()
      if (step.from === 'live') await anyLive(server)
      await sleep(step.afterMs)
      return kill(scene, server)
    }
    case 'failpoint':
      return takeTrap(scene, step)
    case 'stop':
      return takeStop(scene, step)
    case 'exchange':
      return takeExchange(scene, step)
    case 'network':
      return takeNetwork(scene, step)
    case 'disk':
      return takeDisk(scene, step)
  }
}

async function kill({ tally }: Scene, server: ServerProcess): Promise<string | null> {
  // Nothing of a step may end a server but its kill.
  const early = server.isRunning() ? null : `the server ended by itself: ${server.said()}`
  server.signal('SIGKILL')
  await server.ended()
  tally.kills += 1
  return early
}

async function takeTrap(
  scene: Scene,
  { trap }: Extract<Step, { kind: 'failpoint' }>,
): Promise<string | null> {
  const server = scene.start({ trap })
  if (!(await within(TRAP_WITHIN_MS, () => !server.isRunning()))) return kill(scene, server)
  const code = await server.ended()
  if (code !== null) return `the server ended with ${code}: ${server.said()}`
  scene.tally.kills += 1
  scene.tally.failpoints.set(trap.point, (scene.tally.failpoints.get(trap.point) ?? 0) + 1)
  return null
}

async function takeStop(scene: Scene, step: Extract<Step, { kind: 'stop' }>): Promise<string | null> {
  const server = scene.start()
  await anyLive(server)
  await sleep(step.afterMs)
  server.signal('SIGSTOP')
  await sleep(step.forMs)
  server.signal('SIGCONT')
  scene.tally.pauses += 1
  await sleep(step.thenMs)
  return kill(scene, server)
}

async function takeExchange(scene: Scene, step: Extract<Step, { kind: 'exchange' }>): Promise<string | null> {
  const server = scene.start()
  await anyLive(server)
  await sleep(step.afterMs)
  // What the exchange did until now is in its journal; its log goes on from there.
  await scene.venue.kill()
  await sleep(step.downMs)
  await scene.venue.comeBack()
  scene.leaders.moveOver()
  scene.tally.exchangeKills += 1
  await sleep(step.thenMs)
  return kill(scene, server)
}

async function takeNetwork(scene: Scene, step: Extract<Step, { kind: 'network' }>): Promise<string | null> {
  const { wire } = scene
  wire.delayMs = step.how === 'slow' ? NETWORK_DELAY_MS : 0
  const server = scene.start()
  await anyLive(server)
  if (step.how === 'cut') wire.cut()
  wire.silent = step.how === 'silent'
  await sleep(step.forMs)
  if (step.how === 'silent') wire.cut()
  wire.silent = false
  scene.tally.networkTroubles += 1
  await sleep(step.thenMs)
  wire.delayMs = 0
  return kill(scene, server)
}

async function takeDisk(
  scene: Scene,
  { trouble, afterMs }: Extract<Step, { kind: 'disk' }>,
): Promise<string | null> {
  const server = scene.start({ trouble })
  scene.tally.diskTroubles += 1
  if (trouble.kind === 'slow') {
    await anyLive(server)
    await sleep(afterMs)
    return kill(scene, server)
  }
  if (!(await within(DISK_WITHIN_MS, () => !server.isRunning()))) return kill(scene, server)
  const code = await server.ended()
  scene.tally.diskStops += 1
  // Before it had started it may also say that it cannot run here.
  return code === DISK_FAILED || code === 3 ? null : `a ${trouble.kind} disk, and it ended with ${code}`
}

async function anyLive(server: ServerProcess): Promise<void> {
  await within(LIVE_WITHIN_MS, () => server.liveAccounts > 0 || !server.isRunning())
}

export async function within(limitMs: number, check: () => boolean): Promise<boolean> {
  const until = performance.now() + limitMs
  while (!check()) {
    if (performance.now() > until) return false
    await sleep(POLL_MS)
  }
  return true
}
