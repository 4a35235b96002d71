import type { Exchange, PricePath } from '../../exchange/core/types.ts'
import type { FaultName } from '../../exchange/server/fault-catalogue.ts'
import type { LighterFaultName } from '../../exchange/server/lighter/fault-catalogue.ts'
import { runLighterExchange } from '../../exchange/server/lighter/run.ts'
import { runExchange } from '../../exchange/server/run.ts'
import type { Credential } from '../../src/domain/account.ts'
import { type Decimal, decimal } from '../../src/domain/decimal.ts'
import { must } from '../../src/domain/result.ts'
import type { Trading } from './lockstep.ts'

export type DeskVenueName = 'bybit' | 'lighter'

/** What befalls an account's new orders, whatever its venue calls that. */
export type DeskFault =
  /** Taken, and ended without a trade. */
  | 'ends_short'
  /** For want of margin. */
  | 'refused'
  | 'answer_lost'
  /** Carried out delayMs later, and nothing is known of it until then. */
  | 'late'
  /** Taken, and never heard of again: at Lighter alone. */
  | 'lost'

export interface FaultSettings {
  readonly account: string
  /** Null: until it is called off. */
  readonly times: number | null
  readonly delayMs: number
}

/** The exchange of one venue, behind real sockets. */
export interface DeskVenue {
  readonly core: Exchange
  /** Where an account trades, in the shape that a server is told it. */
  placesOf(accounts: readonly string[]): Pick<Trading, 'bybit' | 'lighter'>
  addAccount(account: string, deposit: Decimal): Credential
  fault(fault: DeskFault, settings: FaultSettings): void
  calm(): void
  close(): Promise<void>
}

/** Prices that stand still: a quote trades when somebody takes it, and only then. */
const STILL: ReadonlyMap<string, Decimal> = new Map([
  ['BTC', decimal('60000')],
  ['ETH', decimal('3000')],
  ['DOGE', decimal('0.12')],
])
const PATH: PricePath = {
  priceAt: symbol => STILL.get(symbol.replace(/USDT$/, '')) ?? decimal('100'),
}

const BYBIT_FAULTS: Readonly<Partial<Record<DeskFault, FaultName>>> = {
  ends_short: 'acked_then_refused',
  refused: 'insufficient_balance',
  answer_lost: 'drop_answer',
  late: 'late_accept',
}
/** The API says yes whatever the margin is: what the sequencer refuses is all there is of either. */
const LIGHTER_FAULTS: Readonly<Record<DeskFault, LighterFaultName>> = {
  ends_short: 'tx_fails',
  refused: 'tx_fails',
  answer_lost: 'drop_answer',
  late: 'late_accept',
  lost: 'tx_lost',
}

export function openVenue(name: DeskVenueName): Promise<DeskVenue> {
  return name === 'lighter' ? openLighter() : openBybit()
}

async function openBybit(): Promise<DeskVenue> {
  const server = await runExchange({ limits: 'off', path: PATH, print: () => undefined })
  const { url: rest, streams, faults } = server
  const urls = {
    rest,
    privateStream: streams.private,
    tradeStream: streams.trade,
    publicStream: streams.public,
  }
  return {
    core: server.exchange,
    placesOf: accounts => ({ bybit: new Map(accounts.map(account => [account, urls])) }),
    addAccount(account, deposit) {
      const made = server.addAccount({ account, deposit })
      if (!made.ok) throw new Error(made.error)
      const { key, secret } = made.value
      return { key, secret }
    },
    fault(fault, settings) {
      const name = must(BYBIT_FAULTS[fault], `Bybit has no fault like ${fault}`)
      faults.add({ ...settings, name, probability: 1, target: 'create' })
    },
    calm: () => void faults.remove({}),
    close: () => server.close(),
  }
}

async function openLighter(): Promise<DeskVenue> {
  const server = await runLighterExchange({ limits: 'off', path: PATH })
  const { url: rest, stream, faults } = server
  return {
    core: server.exchange,
    placesOf: accounts => ({ lighter: new Map(accounts.map(account => [account, { rest, stream }])) }),
    addAccount(account, deposit) {
      const made = server.addAccount({ account, deposit, tier: 'premium' })
      if (!made.ok) throw new Error(made.error)
      const { account: numbered, privateKeys } = made.value
      const indexes = [...privateKeys.keys()].join(',')
      return { key: `${numbered.index}:${indexes}`, secret: [...privateKeys.values()].join(',') }
    },
    fault(fault, settings) {
      faults.add({ ...settings, name: LIGHTER_FAULTS[fault], probability: 1, target: 'create_order' })
    },
    calm: () => void faults.remove({}),
    close: () => server.close(),
  }
}
