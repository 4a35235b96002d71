import type { Mutant } from './mutant.ts'

const FILLS_FILE = 'src/engine/fills.ts'
const INTAKE = 'src/engine/intake.ts'
const SHORTFALL = 'src/logic/shortfall.ts'

/** Trades: each once, and each to whom it belongs. */
export const FILLS: readonly Mutant[] = [
  {
    name: 'fill-counted-twice',
    mistake: 'A trade that is told twice counts twice.',
    file: FILLS_FILE,
    find: 'if (account.recentTrades.has(trade)) return null',
    replace: 'account.recentTrades.has(trade)',
    breaks: ['I3', 'I4'],
  },
  {
    name: 'one-fill-per-order',
    mistake: "A trade is known by its order's id, so that the second trade of an order is lost.",
    file: FILLS_FILE,
    find: 'fill.tradeId}',
    replace: 'fill.venueOrderId}',
    breaks: ['I3', 'I4'],
  },
  {
    name: 'fetched-counted-again',
    mistake: 'Trades that are asked for are not held against those that the store has.',
    file: INTAKE,
    find: 'if (known.has(fill.tradeId)) account.recentTrades',
    replace: 'if (known.size < 0) account.recentTrades',
    breaks: ['I3'],
  },
  {
    name: 'old-trades-trusted',
    mistake: 'A trade from before the start that is told late is not looked up in the store.',
    file: INTAKE,
    find: 'fills.some(fill => fill.at < since || isForgotten(',
    replace: 'fills.some(fill => since < 0 || isForgotten(',
    breaks: ['I3'],
  },
  {
    name: 'forgotten-order-is-foreign',
    mistake: 'The late trade of an order that memory has let go of counts as foreign.',
    file: INTAKE,
    find: 'await recall(context, account, fill)',
    replace: 'await Promise.resolve()',
    breaks: ['I3', 'I4'],
  },
  {
    name: 'late-fill-after-cancel-is-foreign',
    mistake: 'A trade that raced the cancel is no longer that of its order.',
    file: FILLS_FILE,
    find: 'return fill.clientOrderId === null ? null : (account.orders.get(fill.clientOrderId) ?? null)',
    replace:
      "const entry = account.orders.get(fill.clientOrderId ?? ('' as never)) ?? null\n  return entry?.order.status === 'canceled' ? null : entry",
    breaks: ['I3', 'I4'],
  },
  {
    name: 'foreign-trade-ignored',
    mistake: 'What an owner closed by hand goes on being attributed.',
    file: SHORTFALL,
    find: 'if (beyond <= 0n) return { state, attributed: ZERO }',
    replace: 'if (beyond <= 0n || beyond > 0n) return { state, attributed: ZERO }',
    breaks: ['I4'],
  },
  {
    name: 'foreign-cover-forgotten',
    mistake: 'What an owner closes is taken from the copy although they held some of their own.',
    file: SHORTFALL,
    find: 'const foreignCover = sign(foreign) === side ? absolute(foreign) : ZERO',
    replace: 'const foreignCover = sign(foreign) === side ? minimum(absolute(foreign), ZERO) : ZERO',
    breaks: ['I4'],
  },
  {
    name: 'foreign-reduction-reentered',
    mistake: 'A part that was closed by hand stays desired, and is opened again.',
    file: SHORTFALL,
    find: 'const lowered = add(state.desired, moved)',
    replace: 'const lowered = state.desired',
    breaks: ['I17', 'I15'],
  },
  {
    name: 'stop-forgotten',
    mistake: 'After a stop closed all of the copy, the next increase of the leader opens it again.',
    file: SHORTFALL,
    find: 'stopped: state.stopped || desired === ZERO',
    replace: 'stopped: state.stopped',
    breaks: ['I9', 'I17'],
  },
  {
    name: 'stop-by-last-trade-only',
    mistake:
      'Whether a copy was closed from outside is asked of the last trade, which closes what is not desired any more.',
    file: SHORTFALL,
    find: 'stopped: state.stopped || desired === ZERO',
    replace: 'stopped: state.stopped || attributed === ZERO',
    breaks: ['I9'],
  },
  {
    name: 'owner-holds-what-we-count',
    mistake: "An owner's own opening is attributed to the copy.",
    file: SHORTFALL,
    find: 'if (side === 0 || sign(position) !== side || sign(traded) !== -side) return { state, attributed: ZERO }',
    replace:
      'if (side !== 0 && sign(traded) === side)\n    return { state: { ...state, attributed: add(state.attributed, traded) }, attributed: traded }\n  if (side === 0 || sign(position) !== side || sign(traded) !== -side) return { state, attributed: ZERO }',
    breaks: ['I4'],
  },
  {
    name: 'position-side-forgotten',
    mistake: 'Every trade is added to the position as if it were a buy.',
    file: 'src/engine/fills.ts',
    find: 'applyTrade(before, signed, fill.fillPrice)',
    replace: 'applyTrade(before, fill.quantity, fill.fillPrice)',
    breaks: ['I4'],
  },
  {
    name: 'overtaken-trade-dropped',
    mistake: 'A trade that a later one overtook counts as known already.',
    file: FILLS_FILE,
    find: 'fill.venueSequence <= holding.position.baselineSequence',
    replace: 'fill.venueSequence <= holding.position.venueSequence',
    breaks: ['I3', 'I4'],
  },
  {
    name: 'leader-fill-is-nobodys',
    mistake: 'A leader fill that is fetched after a gap is counted in the position and copied to nobody.',
    file: INTAKE,
    find: 'if (account.source !== null && steps.length > 0)',
    replace: 'if (account.source !== null && steps.length > 0 && steps[0]!.fill.at > receivedAt - 5_000)',
    breaks: ['I5', 'I15'],
  },
]
