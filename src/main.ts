import { join } from 'node:path'
import type { RunExchangeOptions } from '../exchange/server/run.ts'
import type { ExchangeServer } from '../exchange/server/server.ts'
import type { Account, Credential } from './domain/account.ts'
import { AssertionError, err, ok, type Result } from './domain/result.ts'
import { DEFAULT_ENGINE_OPTIONS, type EngineObserver, type EngineOptions } from './engine/context.ts'
import { createEngine, type Engine, type EngineInput } from './engine/engine.ts'
import type { Setup } from './engine/setup.ts'
import { countingObserver } from './front/counting.ts'
import { type Front, type FrontSettings, openFront } from './front/front.ts'
import { openPeople, type People } from './front/open-people.ts'
import { makeFolder } from './ops/folder.ts'
import { openSentMarks, sharedMemory } from './ops/sent-marks.ts'
import { systemClock } from './ops/system-clock.ts'
import { systemRandom } from './ops/system-random.ts'
import { openPast, type Past, type PastSettings, readAccounts } from './past.ts'
import type { Clock } from './ports/clock.ts'
import type { Store } from './ports/store.ts'
import type { Vault } from './ports/vault.ts'
import type { Venue } from './ports/venue.ts'
import { capabilityOf, type VenueSettings, Venues } from './spoken-venues.ts'
import { openSqliteStore } from './store/sqlite/store.ts'

export interface ServerSettings extends VenueSettings {
  readonly dataFolder: string
  readonly setup: Setup
  /** By account name. */
  readonly credentials: ReadonlyMap<string, Credential>
  readonly engine: Partial<EngineOptions> & Pick<EngineOptions, 'systemLimits'>
  /** Null: no exchange of its own. */
  readonly exchange: OwnExchange | null
  readonly observer?: EngineObserver
  /** What stands between the engine and the outside, for those who disturb it; nothing if left out. */
  readonly between?: Between
  /** The store or the exchange's journal failed: nothing is sent any more, and the process should end. */
  readonly onFatal: (message: string) => void
  /** REST and live push; null or left out: none. */
  readonly front?: FrontSettings | null
  /** What venues remember of the accounts; null or left out: it is not read. */
  readonly history?: PastSettings | null
  /** In place of the machine's: for benches, which need fractions of a millisecond. */
  readonly clock?: Clock
}

export interface Between {
  store(store: Store): Store
  venue(venue: Venue): Venue
}

/** The simulated exchange that a server runs beside itself, for paper accounts. */
export type OwnExchange = Omit<RunExchangeOptions, 'log' | 'print' | 'onFatal'>

export interface Server {
  readonly engine: Engine
  readonly store: Store
  readonly exchange: ExchangeServer | null
  readonly front: Front | null
  readonly past: Past | null
  /** Ends what was begun, last first. Safe to call twice. */
  stop(): Promise<void>
}

/**
 * Wires a server and starts it: store, exchange, venues, engine.
 *
 * @returns every reason why it cannot run, each with what to do; then nothing is left running
 */
export async function startServer(settings: ServerSettings): Promise<Result<Server, readonly string[]>> {
  const endings: Ending[] = []
  const stop = async (): Promise<void> => {
    for (const end of endings.splice(0).reverse()) await end()
  }
  try {
    const built = await buildServer(settings, endings)
    if (built.ok) return ok({ ...built.value, stop })
    await stop()
    return built
  } catch (error) {
    await stop()
    throw error
  }
}

/** How what was begun is ended. */
type Ending = () => Promise<void>

async function buildServer(
  settings: ServerSettings,
  endings: Ending[],
): Promise<Result<Omit<Server, 'stop'>, readonly string[]>> {
  const { log, dataFolder, onFatal, clock = systemClock() } = settings
  const made = makeFolder(dataFolder)
  if (!made.ok) return err([made.error])
  const databasePath = join(dataFolder, 'lockstep.db')
  const opened = await openSqliteStore({ path: databasePath, log })
  if (!opened.ok) return err([opened.error.message])
  const store = settings.between?.store(opened.value) ?? opened.value
  endings.push(() => store.close())
  const started = settings.exchange === null ? ok(null) : await startExchange(settings.exchange, settings)
  if (!started.ok) return err([started.error])
  const exchange = started.value
  if (exchange !== null) endings.push(() => exchange.close())
  const fallback = vaultOf(settings.credentials)
  const people = settings.front ? await openPeople(settings.front, { store, clock, log, fallback }) : ok(null)
  if (!people.ok) return err([people.error])
  const venues = new Venues(settings, exchange, clock)
  endings.push(() => venues.close())
  const vault = people.value?.security.vault ?? fallback
  const venueOf = (account: Account) => venues.of(account)?.venue ?? null
  const engine = await makeEngine(dataFolder, {
    ports: {
      clock,
      random: systemRandom(),
      log,
      store,
      observer: observerOf(settings, people.value),
      openMarks: epochs => openSentMarks({ folder: sharedMemory(), databasePath, epochs, log }),
      onFatal,
    },
    options: { ...DEFAULT_ENGINE_OPTIONS, ...settings.engine },
    setup: settings.setup,
    vault,
    venueOf,
    capabilityOf,
  })
  if (!engine.ok) return engine
  endings.push(() => engine.value.stop())
  engine.value.start()
  const past = await startPast(settings, { engine: engine.value, people: people.value, vault, venues, clock })
  if (!past.ok) return err([past.error])
  if (past.value !== null) endings.push(past.value.close)
  const running = { engine: engine.value, store, exchange, past: past.value?.past ?? null }
  if (people.value === null) return ok({ ...running, front: null })
  const front = await openFront({
    ...people.value,
    ...running,
    dataFolder,
    venueOf,
    clock,
    log,
    random: systemRandom(),
  })
  if (!front.ok) return err([front.error])
  endings.push(() => front.value.close())
  return ok({ ...running, front: front.value })
}

interface PastNeeds {
  readonly engine: Engine
  readonly people: People | null
  readonly vault: Vault
  readonly venues: Venues
  readonly clock: Clock
}

/** Reads the past of accounts from now on. Null: it is not wanted. @returns why it cannot, with what to do */
async function startPast(
  { history: settings, dataFolder, log }: ServerSettings,
  { engine, people, vault, venues, clock }: PastNeeds,
): Promise<Result<{ readonly past: Past; readonly close: Ending } | null, string>> {
  if (!settings) return ok(null)
  const metrics = people?.metrics ?? null
  const opened = await openPast({ settings, dataFolder, clock, random: systemRandom(), log, metrics })
  if (!opened.ok) return opened
  const { history } = opened.value
  const end = readAccounts({
    history,
    engine,
    vault,
    pastOf: account => venues.of(account)?.past ?? null,
    onKeyChanged: people === null ? null : listener => people.security.credentials.onChanged(listener),
  })
  if (settings.beginLater !== true) history.start()
  const close = async (): Promise<void> => {
    end()
    await opened.value.close()
  }
  return ok({ past: opened.value, close })
}

function observerOf({ observer = {} }: ServerSettings, people: People | null): EngineObserver {
  return people === null ? observer : countingObserver(people.metrics, observer)
}

async function startExchange(
  options: OwnExchange,
  { log, onFatal }: Pick<ServerSettings, 'log' | 'onFatal'>,
): Promise<Result<ExchangeServer, string>> {
  const print = (line: string): void => log.info('exchange_listens', { line })
  try {
    // Loaded where it is wanted: a server without paper accounts is 20 MB smaller for it.
    const { runExchange } = await import('../exchange/server/run.ts')
    return ok(await runExchange({ ...options, log, print, onFatal }))
  } catch (error) {
    return err(
      `The simulated exchange cannot start: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

async function makeEngine(folder: string, input: EngineInput): Promise<Result<Engine, readonly string[]>> {
  try {
    return await createEngine(input)
  } catch (error) {
    if (!(error instanceof Error) || error instanceof AssertionError) throw error
    return err([
      `The database in ${folder} cannot be used: ${error.message}. Keep the folder aside, and restore a backup.`,
    ])
  }
}

function vaultOf(credentials: ReadonlyMap<string, Credential>): Vault {
  return {
    credential(account) {
      const credential = credentials.get(account.name)
      return credential === undefined
        ? err({ message: `Account ${account.name} has no key. Set one up.` })
        : ok(credential)
    },
  }
}
