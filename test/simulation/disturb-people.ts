import { decimal } from '../../src/domain/decimal.ts'
import type { AccountId, LinkId, StrategyId } from '../../src/domain/ids.ts'
import type { Change } from '../../src/engine/change.ts'
import type { Roster } from '../../src/engine/roster.ts'
import { drawSizing, drawStrategy } from './configuration.ts'
import { type Disturb, repeat } from './disturb.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { Simulation } from './simulation.ts'

/** What people change while everything runs: accounts, strategies and links of their own beside the file's. */

const NAMES = ['guest-1', 'guest-2', 'guest-3'] as const
const STRATEGY = 'of-people'
const SHARE = 0.5
/** How often it is looked whether every account is active again, once nothing goes wrong any more. */
const WAKE_EVERY_MS = 500

class People {
  readonly #simulation: Simulation
  readonly #random: SeededRandom
  /** Rows that come again have ids of their own. */
  #made = 0

  constructor(simulation: Simulation, random: SeededRandom) {
    this.#simulation = simulation
    this.#random = random
  }

  change(): void {
    const roster = this.#simulation.process?.engine?.roster()
    if (roster === undefined) return
    const changes = this.#draw(roster, this.#random.pick(NAMES))
    if (changes.length > 0) this.#make(changes)
  }

  /** Nobody is left inactive, or unlooked at, when everything is to come to rest. */
  wake(): void {
    const roster = this.#simulation.process?.engine?.roster()
    const changes = roster === undefined ? [] : this.#rousing(roster)
    if (roster !== undefined && changes.length === 0) return
    this.#make(changes)
    this.#simulation.clock.after(WAKE_EVERY_MS, () => this.wake())
  }

  /** An account without a link has no session, and what its owner trades is not counted. */
  #rousing(roster: Roster): readonly Change[] {
    const guests = roster.accounts.filter(({ name }) => NAMES.some(guest => guest === name))
    const asleep = guests.find(({ status }) => status === 'inactive')
    if (asleep !== undefined) return [{ kind: 'set_status', id: asleep.id, status: 'active' }]
    const idle = guests.find(({ id }) => !roster.links.some(({ accountId }) => accountId === id))
    return idle === undefined ? [] : this.#follow(roster, idle.id)
  }

  #make(changes: readonly Change[]): void {
    this.#simulation.faults.note('settingsChanged', {})
    void this.#simulation.process?.engine?.reconfigure(changes)
  }

  #draw(roster: Roster, name: string): readonly Change[] {
    const account = roster.accounts.find(row => row.name === name)
    if (account === undefined) return this.#newcomer(roster, name)
    const link = roster.links.find(({ accountId }) => accountId === account.id)
    if (link === undefined) return this.#follow(roster, account.id)
    const { id, strategyId, accountId, mode } = link
    const random = this.#random
    switch (random.integer(1, 6)) {
      case 1:
        return [{ kind: 'set_mode', id, mode: random.pick(['on', 'close_only', 'off']) }]
      case 2:
        return [{ kind: 'set_mode', id: strategyId, mode: random.pick(['on', 'on', 'close_only', 'off']) }]
      case 3:
        return [{ kind: 'put_link', row: { id, strategyId, accountId, mode, sizing: drawSizing(random) } }]
      case 4: {
        const strategy = this.#strategy(roster, strategyId)
        return strategy === null ? [] : [strategy]
      }
      case 5:
        return [{ kind: 'remove', id, abandon: random.chance(0.5) }]
      default:
        this.#simulation.clock.after(random.integer(500, 15_000), () => this.wake())
        return [{ kind: 'set_status', id: accountId, status: 'inactive' }]
    }
  }

  #newcomer(roster: Roster, name: string): readonly Change[] {
    const [like] = roster.accounts
    if (like === undefined) return []
    // Not before: what it held before it is counted could be misread, and nobody would know.
    openAccount(this.#simulation, this.#random, name)
    const id = this.#id('account') as AccountId
    return [{ kind: 'put_account', row: { ...like, id, name } }, ...this.#follow(roster, id)]
  }

  #follow(roster: Roster, accountId: AccountId): readonly Change[] {
    const known = roster.strategies.find(({ name }) => name === STRATEGY)
    const strategyId = known?.id ?? (this.#id('strategy') as StrategyId)
    const strategy = known === undefined ? this.#strategy(roster, strategyId) : null
    const id = this.#id('link') as LinkId
    const link: Change = { kind: 'put_link', row: { id, strategyId, accountId, mode: 'on', sizing: null } }
    return strategy === null ? [link] : [strategy, link]
  }

  #strategy({ sources }: Roster, id: StrategyId): Change | null {
    const [source] = sources
    if (source === undefined) return null
    const { source: _, ...drawn } = drawStrategy(this.#random, 0)
    return { kind: 'put_strategy', row: { ...drawn, id, name: STRATEGY, sourceId: source.id } }
  }

  #id(kind: string): string {
    this.#made += 1
    return `${kind}-${this.#made}-of-people`
  }
}

export function openAccount({ exchange }: Simulation, random: SeededRandom, name: string): void {
  if (!exchange.accounts().includes(name))
    exchange.createAccount(name, decimal(`${random.integer(5, 200)}000`))
}

const people: Disturb = (simulation, random) => {
  if (!random.chance(SHARE)) return () => undefined
  const someone = new People(simulation, random)
  const pace = random.pick([
    [500, 10_000],
    [5_000, 40_000],
  ] as const)
  const end = repeat(simulation.clock, random, pace, () => someone.change())
  return () => {
    end()
    someone.wake()
  }
}

export const PEOPLE_DISTURBANCES = { people } as const satisfies Record<string, Disturb>
