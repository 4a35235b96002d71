import type { OrderStatus } from '../../src/domain/order.ts'
import type { WorldName } from './world-name.ts'

/** An intent is claimed as it is made, so that no order is ever seen as merely created. */
export type SeenStatus = Exclude<OrderStatus, 'created'>

export const SEEN: readonly SeenStatus[] = [
  'submitted',
  'acknowledged',
  'in_doubt',
  'open',
  'filled',
  'canceled',
  'rejected',
  'withdrawn',
  'never_accepted',
]

interface FaultKind {
  /** Whose orders it happens to: one order's, one account's, those of one symbol, or everybody's. */
  readonly scope: 'order' | 'account' | 'symbol' | 'all'
  /** The states in which it can meet an order. */
  readonly meets: readonly SeenStatus[]
  /** Why it never meets the others; '' where there are none. */
  readonly why: string
  /** Where it happens, if not everywhere. */
  readonly world?: WorldName
}

const EVERY = { meets: SEEN, why: '' } as const
const ACCOUNT: FaultKind = { scope: 'account', ...EVERY }
const ALL: FaultKind = { scope: 'all', ...EVERY }
const SENDING: FaultKind = {
  scope: 'order',
  meets: ['submitted'],
  why: 'it is the fate of the request, and who waits for an answer calls the order submitted',
}
const UNTOLD: FaultKind = {
  scope: 'order',
  meets: ['submitted', 'acknowledged', 'in_doubt', 'open'],
  why: 'the venue has nothing more to tell of an order that is done or never came',
}
const TOLD_ODDLY: FaultKind = {
  scope: 'order',
  meets: ['submitted', 'acknowledged', 'in_doubt', 'open', 'filled', 'canceled', 'rejected'],
  why: 'the venue tells nothing of an order that never came',
}
const CANCELLING: FaultKind = {
  scope: 'order',
  meets: ['submitted', 'acknowledged', 'in_doubt', 'open'],
  why: 'what is over is not cancelled',
}

/** Of a venue that says yes before it has looked. */
const SEQUENCED: FaultKind = {
  scope: 'order',
  meets: ['submitted', 'in_doubt'],
  why: 'it is met where the order arrives, and until then whoever sent it has had no answer',
  world: 'pairs',
}

const SHOWN_OPEN =
  'what shows there that an order was taken shows it open or done, so that none is merely acknowledged'

function isKept(status: SeenStatus): boolean {
  return status !== 'acknowledged'
}

/** Everything that goes wrong, and which orders it can find. */
export const FAULTS = {
  requestLost: SENDING,
  answerLost: SENDING,
  late: SENDING,
  refusedByReport: SENDING,
  rateLimited: SENDING,
  keyCannotTrade: SENDING,
  addressBarred: SENDING,
  underMaintenance: SENDING,
  symbolHalted: SENDING,
  wrongPositionMode: SENDING,
  tooPoor: SENDING,
  onlyReducing: SENDING,
  refusedAfterDeadline: {
    scope: 'order',
    meets: ['submitted', 'in_doubt'],
    why: 'whoever sent it has had no answer, and no report can have come',
  },
  cancelLost: CANCELLING,
  cancelAnswerLost: CANCELLING,
  cancelLate: CANCELLING,
  reportLost: UNTOLD,
  reportUnheard: UNTOLD,
  fillOutrun: UNTOLD,
  reportTwice: TOLD_ODDLY,
  reportDelayed: TOLD_ODDLY,
  leverageLost: ACCOUNT,
  leverageRefused: ACCOUNT,
  readFailed: ACCOUNT,
  readStale: ACCOUNT,
  readIncomplete: ACCOUNT,
  noBudget: ACCOUNT,
  streamDrop: ACCOUNT,
  streamDeaf: ACCOUNT,
  foreignTrade: ACCOUNT,
  tradedByHand: ACCOUNT,
  flattened: ACCOUNT,
  keyRevoked: ACCOUNT,
  keyLimited: ACCOUNT,
  ranDry: ACCOUNT,
  stopAttached: ACCOUNT,
  stoppedOut: ACCOUNT,
  liquidated: ACCOUNT,
  deleveraged: ACCOUNT,
  hedgeMode: ACCOUNT,
  symbolClosed: { scope: 'symbol', ...EVERY },
  delisted: { scope: 'symbol', ...EVERY },
  marketSilent: ALL,
  maintenance: ALL,
  addressRefused: ALL,
  ourClockJumped: ALL,
  venueClockJumped: ALL,
  kill: ALL,
  frozen: ALL,
  fenced: ALL,
  settingsChanged: ALL,
  diskFailed: ALL,
  diskSlow: ALL,
  takenAndLost: SEQUENCED,
  nonceTaken: SEQUENCED,
  vanished: SEQUENCED,
  cancelTakenAndLost: {
    scope: 'order',
    meets: CANCELLING.meets.filter(isKept),
    why: `what is over is not cancelled, and ${SHOWN_OPEN}`,
    world: 'pairs',
  },
  outage: { scope: 'all', meets: SEEN.filter(isKept), why: SHOWN_OPEN, world: 'pairs' },
} as const satisfies Record<string, FaultKind>

export type Fault = keyof typeof FAULTS

/** What a fault happened to; nothing said: to everything. */
export interface FaultTarget {
  readonly account?: string
  readonly symbol?: string
  readonly clientOrderId?: string
}

export type Pair = `${Fault}/${SeenStatus}`

/** Every pair that can be met in a world: the others are left out, each with its reason above. */
export function possiblePairs(world: WorldName): readonly Pair[] {
  const pairs: Pair[] = []
  for (const [fault, kind] of Object.entries(FAULTS) as [Fault, FaultKind][])
    if (kind.world === undefined || kind.world === world)
      for (const status of kind.meets) pairs.push(`${fault}/${status}`)
  return pairs
}
