import { describe, expect, test } from 'vitest'
import { decimal, ZERO } from '../../domain/decimal.ts'
import { instrumentId } from '../../domain/ids.ts'
import { MODES, NO_LIMITS } from '../../domain/strategy.ts'
import { type AccountState, type EngineState, type Holding, holdingOf } from '../../engine/state.ts'
import { BYBIT_CAPABILITY } from '../../venues/bybit/capability.ts'
import { type Board, type BoardSize, renderBoard } from './board.ts'
import type { CopyEvent } from './events.ts'
import { LEADER } from './world.ts'

const BTC = instrumentId('bybit', 'BTCUSDT')
const WIDE: BoardSize = { columns: 120, rows: 36, color: false }
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
    world.add(LEADER, { quantity: '-0.07' })
    world.add('ada', { quantity: '-0.035', leader: '-0.07', desired: '-0.035', attributed: '-0.035' })
    world.add('ben', { quantity: '0', leader: '-0.07', desired: '-0.007', attributed: '0' })
    world.add('flo', { quantity: '0', leader: '-0.07', desired: '0', attributed: '0' })
    world.add('emil', { live: false })
    const text = world.picture().join('\n')
    expect(text).toContain('PAPER')
    expect(text).toMatch(/leader +trades by itself +leads +BTC -0\.07\n/)
    expect(text).toMatch(/ada +half of the leader +in step +BTC -0\.035\n/)
    expect(text).toMatch(/ben .* moving BTC +-\n/)
    expect(text).toMatch(/flo +too little money +out of step BTC +-\n/)
    expect(text).toMatch(/emil .* connecting +-\n/)
  })

  test('[CL14] less than a lot is carried: that is in step', () => {
    const world = new PaperState()
    world.add('ada', { quantity: '0.01', leader: '0.02', desired: '0.0109', attributed: '0.01' })
    expect(world.picture().join('\n')).toMatch(/ada .* in step +BTC 0\.01/)
  })

  test('[CL14] shows the last copies hop by hop, newest first, and how many there were', () => {
    const events = [COPY, { ...COPY, account: 'ben', ms: { ...MS, fill: null } }]
    const text = new PaperState().picture({ events, counts: new Map([['copied', 2]]) })
    const from = text.findIndex(line => line === 'LAST COPIES  2 copied')
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

  test('[CL15] fits every terminal: cut with a mark, never a line too many', () => {
    const world = new PaperState()
    for (const name of ['ada', 'ben', 'chen'])
      world.add(name, { quantity: '1', leader: '1', desired: '1', attributed: '1' })
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
    world.add('flo', { quantity: '0', leader: '1', desired: '0', attributed: '0' })
    const plain = world.picture({ events: [COPY] })
    const colored = world.picture({ events: [COPY] }, { ...WIDE, color: true })
    expect(plain.join('')).not.toContain('\u001b')
    expect(colored.map(line => line.replaceAll(/\u001b\[\d+m/g, ''))).toEqual(plain)
    for (const line of world.picture({ events: [COPY] }, { columns: 12, rows: 24, color: true }))
      expect(line.split('\u001b[').length % 2).toBe(1)
  })
})

interface Row {
  readonly quantity?: string
  /** Of the link: what the leader holds, what is wanted, what its own trades made. Without, no link. */
  readonly leader?: string
  readonly desired?: string
  readonly attributed?: string
  readonly live?: boolean
}

/** As much of an engine's memory as a picture takes. */
class PaperState {
  readonly #state: EngineState = {
    installationTag: 'tag',
    restoredAt: 0,
    lastIntentSequence: 0,
    accounts: new Map(),
    sources: new Map(),
    links: new Map(),
    holdings: new Map(),
    liveOrders: new Set(),
  }

  add(name: string, { quantity, live = true, ...link }: Row): void {
    const account = accountState(name, live)
    this.#state.accounts.set(account.account.id, account)
    if (quantity === undefined) return
    const holding = holdingOf(this.#state, account, BTC, 0)
    holding.position = { ...holding.position, quantity: decimal(quantity) }
    if (link.leader !== undefined) holding.link = heldLink(account, link)
  }

  picture(changes: Partial<Board> = {}, size = WIDE): readonly string[] {
    const board = {
      now: 61_000,
      startedAt: 0,
      state: this.#state,
      events: [],
      counts: new Map(),
      exchangeUrl: 'http://127.0.0.1:1',
    }
    return renderBoard({ ...board, ...changes }, size)
  }
}

function accountState(name: string, live: boolean): AccountState {
  // Of a session only this much is looked at.
  const market = { instrument: () => ({ lotSize: decimal('0.001') }) }
  const session = { isLive: () => live, market } as unknown as AccountState['session']
  return {
    account: {
      id: name as AccountState['account']['id'],
      name,
      venue: 'bybit',
      environment: 'paper',
      status: 'active',
      maximumLeverage: decimal('3'),
    },
    capability: BYBIT_CAPABILITY,
    session,
    holdings: new Map(),
    orders: new Map(),
  } as unknown as AccountState
}

function heldLink(account: AccountState, row: Row): Holding['link'] {
  const state = {
    leaderQuantity: decimal(row.leader ?? '0'),
    desired: decimal(row.desired ?? '0'),
    attributed: decimal(row.attributed ?? '0'),
  }
  const strategy = { mode: MODES[0], limits: NO_LIMITS, maximum: ZERO }
  return { runtime: { account, strategy }, state, decisions: new Map() } as unknown as Holding['link']
}
