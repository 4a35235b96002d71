import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { round } from '../../../test/contract/store-rows.ts'
import { decimal } from '../../domain/decimal.ts'
import { type IdKind, instrumentId, uuidv7 } from '../../domain/ids.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { emptyLinkState } from '../../domain/link-state.ts'
import { must } from '../../domain/result.ts'
import { restoreState } from '../../engine/restore.ts'
import { applySetup } from '../../engine/setup.ts'
import {
  type AccountSession,
  type AccountState,
  type EngineState,
  type Holding,
  holdingOf,
  type MarketView,
} from '../../engine/state.ts'
import { aPair } from '../../logic/testing/pair.ts'
import type { StoreImage } from '../../ports/store.ts'
import { BYBIT_CAPABILITY } from '../../venues/bybit/capability.ts'
import type { ScreenSize } from '../screen.ts'
import { type Board, renderBoard } from './board.ts'
import type { CopyEvent } from './events.ts'
import { hedgeEvent } from './hedge-events.ts'
import { demoSetup, LEADER } from './world.ts'

const BTC = instrumentId('bybit', 'BTCUSDT')
const WIDE: ScreenSize = { columns: 120, rows: 36, color: false }
const MS = { receive: 1, decide: 0, persist: 6, send: 0, ack: 3, fill: 2, total: 12 }
const COPY: CopyEvent = {
  at: new Date(2026, 0, 2, 9, 8, 7).getTime(),
  account: 'ada',
  symbol: 'BTCUSDT',
  side: 'sell',
  quantity: '0.034',
  outcome: 'copied',
  reason: 'copied',
  sentence: 'The order was filled.',
  ms: MS,
}

describe('the board of the demo', () => {
  test('[CL14] says PAPER, who is in step, moving or out of step, and what each holds', () => {
    const world = new PaperState()
    world.leader('-0.07')
    world.follower('ada', { holds: '-0.035', leader: '-0.07', desired: '-0.035', attributed: '-0.035' })
    world.follower('ben', { holds: '0', leader: '-0.07', desired: '-0.007', attributed: '0' })
    world.follower('flo', { holds: '0', leader: '-0.07', desired: '0', attributed: '0' })
    world.session('emil', false)
    const text = world.picture().join('\n')
    expect(text).toContain('PAPER')
    expect(text).toMatch(/leader +trades by itself +leads +BTC -0\.07\n/)
    expect(text).toMatch(/ada +half of the leader +in step +BTC -0\.035\n/)
    expect(text).toMatch(/ben .* moving BTC +-\n/)
    expect(text).toMatch(/flo +too little money +out of step BTC +-\n/)
    expect(text).toMatch(/emil .* connecting +-\n/)
  })

  test('[CL54] the pair has a row of its own, and its accounts have none', () => {
    const lastRound = hedgeEvent(
      round(1, { startedAt: 1_000, endedAt: 1_012, outcome: 'hedged' }),
      aPair({ name: 'maker' }),
      0,
    )
    const text = new PaperState().picture({ lastRound }).join('\n')
    expect(text).toMatch(/maker +hedge pair +idle +BTC 0 and 0 {2}12 ms unhedged\n/)
    expect(text).not.toMatch(/hana|hugo/)
  })

  test('[CL14] less than a lot is carried: that is in step', () => {
    const world = new PaperState()
    world.follower('ada', { holds: '0.01', leader: '0.02', desired: '0.0109', attributed: '0.01' })
    expect(world.picture().join('\n')).toMatch(/ada .* in step +BTC 0\.01/)
  })

  test('[CL14] shows the last copies hop by hop, newest first, and how many there were', () => {
    const events = [COPY, { ...COPY, account: 'ben', ms: { ...MS, fill: null } }]
    const text = new PaperState().picture({ events, counts: new Map([['copied', 2]]) })
    const from = text.indexOf('LAST COPIES  2 copied')
    expect(text[from + 1]).toMatch(/TIME +ACCOUNT +TRADE +ms receive decide persist send ack fill$/)
    expect(text[from + 2]).toMatch(/09:08:07 +ada +sell 0\.034 BTC +12 +1 +0 +6 +0 +3 +2$/)
    expect(text[from + 3]).toMatch(/ben .* 3 +-$/)
  })

  test('[CL14] tells the newest trade that was not copied, and why; what only follows from it is not the reason', () => {
    const skipped = {
      ...COPY,
      account: 'flo',
      outcome: 'skipped',
      reason: 'risk_leverage',
      sentence: 'Add funds.',
    }
    const events = [{ ...skipped, reason: 'nothing_to_reduce' }, COPY, skipped]
    const text = new PaperState().picture({ events })
    const at = text.findIndex(line => line.startsWith('NOT COPIED'))
    expect(text[at]).toBe('NOT COPIED   flo  BTCUSDT  09:08:07  skipped: risk_leverage')
    expect(text[at + 1]).toBe('  Add funds.')
  })

  test('[CL49] says where the server is and how to see an account; the link to own it is whole at every width', () => {
    const link = `http://127.0.0.1:2/first-owner?token=${'t'.repeat(43)}`
    const world = new PaperState()
    for (const columns of [40, 80, 120]) {
      const lines = world.picture({ firstOwnerUrl: link }, { columns, rows: 36, color: false })
      const from = lines.findIndex(line => line.startsWith('http:'))
      expect(lines.slice(from, lines.indexOf('', from)).join('')).toBe(link)
    }
    const owned = world.picture().join('\n')
    expect(owned).toContain('Server at http://127.0.0.1:2')
    expect(owned).toContain('bin/lockstep watch --account ada')
    expect(owned).not.toContain('Nobody owns')
  })

  test('[HS94] says how far history is complete as soon as it can be said', () => {
    const world = new PaperState()
    expect(world.picture().join('\n')).not.toContain('History')
    const history = { from: Date.UTC(2026, 9, 22), to: Date.UTC(2026, 10, 21, 14, 2) }
    expect(world.picture({ history }).join('\n')).toContain(
      'History of 9 accounts complete from 2026-10-22 00:00 to 2026-11-21 14:02 UTC; try: bin/lockstep history',
    )
  })

  test('[CL15] fits every terminal: cut with a mark, never a line too many', () => {
    const world = new PaperState()
    for (const name of ['ada', 'ben', 'chen'])
      world.follower(name, { holds: '1', leader: '1', desired: '1', attributed: '1' })
    const events = Array.from({ length: 50 }, () => COPY)
    for (const columns of [20, 40, 80])
      for (const rows of [5, 12, 24]) {
        const lines = world.picture({ events }, { columns, rows, color: false })
        expect(lines.length).toBeLessThanOrEqual(rows)
        expect(Math.max(...lines.map(line => line.length))).toBeLessThan(columns)
        expect(lines.some(line => line.endsWith('…'))).toBe(columns < 80)
      }
  })

  test('[CL15] colours are an addition: without them the same words stand, and none is left open', () => {
    const world = new PaperState()
    world.follower('flo', { holds: '0', leader: '1', desired: '0', attributed: '0' })
    const plain = world.picture({ events: [COPY] })
    const colored = world.picture({ events: [COPY] }, { ...WIDE, color: true })
    expect(plain.join('')).not.toContain('\u001b')
    expect(colored.map(line => stripVTControlCharacters(line))).toEqual(plain)
    for (const line of world.picture({ events: [COPY] }, { columns: 12, rows: 24, color: true }))
      expect(line.split('\u001b[').length % 2).toBe(1)
  })
})

interface Standing {
  /** The follower's position. */
  readonly holds: string
  /** What the leader holds, what is wanted, and what the link's own trades made. */
  readonly leader: string
  readonly desired: string
  readonly attributed: string
}

/** The demo's own accounts and links in an engine's memory, all live and flat at first. */
class PaperState {
  readonly #state = demoState()

  session(name: string, isLive: boolean): void {
    this.#account(name).session = new PaperSession(isLive)
  }

  leader(holds: string): void {
    this.#hold(this.#account(LEADER), holds)
  }

  follower(name: string, { holds, leader, desired, attributed }: Standing): void {
    const account = this.#account(name)
    const holding = this.#hold(account, holds)
    const runtime = must(
      [...this.#state.links.values()].find(link => link.account === account),
      `${name} follows`,
    )
    const of = { linkId: runtime.link.id, instrumentId: BTC, positionIndex: 0, cursor: 0 } as const
    const state = {
      ...emptyLinkState(of),
      leaderQuantity: decimal(leader),
      desired: decimal(desired),
      attributed: decimal(attributed),
    }
    holding.link = { runtime, state, decisions: new Map() }
  }

  picture(changes: Partial<Board> = {}, size = WIDE): readonly string[] {
    const times = { now: 61_000, startedAt: 0 }
    const board = {
      ...times,
      state: this.#state,
      events: [],
      counts: new Map(),
      lastRound: null,
      exchangeUrl: 'http://127.0.0.1:1',
      serverUrl: 'http://127.0.0.1:2',
      firstOwnerUrl: null,
      watchCommand: 'bin/lockstep watch --account ada',
      historyCommand: 'bin/lockstep history status',
      history: null,
    }
    return renderBoard({ ...board, ...changes }, size)
  }

  #account(name: string): AccountState {
    const account = [...this.#state.accounts.values()].find(({ account: row }) => row.name === name)
    return must(account, `the demo has ${name}`)
  }

  #hold(account: AccountState, quantity: string): Holding {
    const holding = holdingOf(this.#state, account, BTC, 0)
    holding.position = { ...holding.position, quantity: decimal(quantity) }
    return holding
  }
}

const BTC_INSTRUMENT: Instrument = {
  id: BTC,
  venue: 'bybit',
  symbol: 'BTCUSDT',
  base: 'BTC',
  quote: 'USDT',
  status: 'trading',
  tickSize: decimal('0.1'),
  lotSize: decimal('0.001'),
  minimumQuantity: decimal('0.001'),
  minimumNotional: decimal('5'),
  maximumLimitQuantity: decimal('1000'),
  maximumMarketQuantity: decimal('100'),
  contractSize: decimal('1'),
  maximumLeverage: decimal('100'),
}

class PaperSession implements AccountSession {
  readonly market: MarketView = {
    instrument: () => BTC_INSTRUMENT,
    hasInstruments: () => true,
    prices: () => null,
    offsetMs: () => 0,
    knownOffsetMs: () => 0,
    depth: () => Promise.reject(new Error('a picture asks no venue')),
    watch: () => undefined,
  }
  readonly #live: boolean

  constructor(live: boolean) {
    this.#live = live
  }

  get venueAccount(): never {
    throw new Error('a picture asks no venue')
  }

  isLive(): boolean {
    return this.#live
  }

  resync(): void {}

  beginAnew(): void {}
}

const EMPTY: StoreImage = {
  installationTag: 'tag',
  lastIntentSequence: 0,
  accounts: [],
  sources: [],
  strategies: [],
  links: [],
  pairs: [],
  pairStates: [],
  rounds: [],
  books: [],
  linkStates: [],
  decisions: [],
  intents: [],
  positions: [],
  syncs: [],
}

function demoState(): EngineState {
  let made = 0
  const newId = <T extends IdKind>(): T => {
    made += 1
    return uuidv7<T>(0, new Uint8Array(10).fill(made))
  }
  const lastSequences = new Map()
  const applied = applySetup({ image: EMPTY, setup: demoSetup(), newId, lastSequences })
  if (!applied.ok) throw new Error(applied.error.join())
  const { roster } = applied.value
  const capabilityOf = () => BYBIT_CAPABILITY
  const state = restoreState({ image: EMPTY, roster, lastSequences, capabilityOf, now: 0 })
  for (const account of state.accounts.values()) account.session = new PaperSession(true)
  return state
}
