import { join } from 'node:path'
import { createExchange } from '../../exchange/core/exchange.ts'
import { DEFAULT_BASE_PRICES, DEFAULT_INSTRUMENTS } from '../../exchange/core/instruments.ts'
import { seededPath } from '../../exchange/core/path-seeded.ts'
import type { Exchange } from '../../exchange/core/types.ts'
import { Journal } from '../../exchange/server/journal.ts'
import { Audit } from '../e2e/audit.ts'
import { ExchangeProcess } from '../e2e/exchange-process.ts'
import { Trader } from '../e2e/trader.ts'
import type { SeededRandom } from '../simulation/seeded-random.ts'
import { credentialOf, DEPOSIT, LEADER } from './cast.ts'
import type { VenueFault } from './plan.ts'
import type { Wire } from './wire.ts'

const JOURNAL = 'exchange.journal'

/** The exchange of one world: a process behind the wire that can be killed and comes back from its journal. */
export class ChaosVenue {
  readonly audit = new Audit()
  readonly #folder: string
  readonly #wire: Wire
  readonly #accounts: readonly string[]
  readonly #limits: 'venue' | 'off'
  #process: ExchangeProcess

  private constructor(settings: VenueSettings, process: ExchangeProcess) {
    this.#folder = settings.folder
    this.#wire = settings.wire
    this.#accounts = settings.accounts
    this.#limits = settings.limits
    this.#process = process
  }

  static async start(settings: VenueSettings): Promise<ChaosVenue> {
    const process = await launch(settings)
    for (const name of settings.accounts) await process.addKey(name, credentialOf(name), DEPOSIT)
    settings.wire.target = portOf(process)
    return new ChaosVenue(settings, process)
  }

  /** A person with the npm package bybit-api, who goes straight to the exchange. */
  trader(account: string, random: SeededRandom): Trader {
    return new Trader(credentialOf(account), this.#process.urls.rest, random)
  }

  async gather(): Promise<void> {
    for (const row of await this.#process.audit(this.audit.lastNumber)) this.audit.add(row)
  }

  /**
   * The clock is everybody's. Everything else is for those who follow alone: what the leader's own stream keeps
   * back or turns round cannot be counted in the exchange's order, and that order is what is judged.
   */
  async setFaults(faults: readonly VenueFault[]): Promise<void> {
    const followers = this.#accounts.filter(account => account !== LEADER)
    for (const fault of faults) {
      if (fault.name === 'clock_offset') await this.#process.setFault(fault)
      else for (const account of followers) await this.#process.setFault({ ...fault, account })
    }
  }

  clearFaults(): Promise<void> {
    return this.#process.clearFaults()
  }

  async kill(): Promise<void> {
    this.#wire.target = null
    await this.#process.kill()
  }

  /** Keys are not in the journal: nobody is let in before all are known again, or a login would be refused. */
  async comeBack(): Promise<void> {
    this.#process = await launch({ folder: this.#folder, limits: this.#limits })
    for (const name of this.#accounts) await this.#process.addKey(name, credentialOf(name))
    this.#wire.target = portOf(this.#process)
  }

  stop(): Promise<void> {
    return this.#process.stop()
  }

  /** What the exchange was when it stopped, made once more from what it wrote down. */
  remembered(): Exchange {
    const opened = Journal.open(join(this.#folder, JOURNAL), { seed: 0, startAt: 0 })
    if (!opened.ok) throw new Error(opened.error)
    const journal = opened.value
    const instruments = DEFAULT_INSTRUMENTS
    const path = seededPath({ seed: journal.head.seed, instruments, basePrices: DEFAULT_BASE_PRICES })
    const exchange = createExchange({ instruments, path, ...journal.head })
    journal.replay(exchange)
    journal.close()
    return exchange
  }
}

export interface VenueSettings {
  /** Holds the journal. */
  readonly folder: string
  readonly wire: Wire
  readonly accounts: readonly string[]
  readonly limits: 'venue' | 'off'
}

function launch({ folder, limits }: Pick<VenueSettings, 'folder' | 'limits'>): Promise<ExchangeProcess> {
  return ExchangeProcess.start(['--limits', limits, '--journal', join(folder, JOURNAL)])
}

function portOf(process: ExchangeProcess): number {
  return Number(new URL(process.urls.rest).port)
}
