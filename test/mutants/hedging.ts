import type { Mutant } from './mutant.ts'

const PLAN = 'src/logic/hedge/plan-pair.ts'
const QUOTE = 'src/logic/hedge/plan-quote.ts'
const EXPOSURE = 'src/logic/hedge/exposure.ts'
const DRIVE_PAIR = 'src/engine/pairs/drive-pair.ts'

/** Pairs: what makes one leg stand alone, or too large. */
export const HEDGING: readonly Mutant[] = [
  {
    name: 'gate-ignored',
    world: 'pairs',
    mistake: 'A quotes whatever is unhedged.',
    file: QUOTE,
    find: 'if (exposure.tradable !== ZERO) return NOTHING\n  if (exposure.isBeyond) return waiting(TOO_LITTLE, view)\n  if (liveOrders(a).length > 0 || liveOrders(b).length > 0) return NOTHING',
    replace: 'if (liveOrders(a).length > 0) return NOTHING',
    also: [
      {
        file: PLAN,
        find: 'hedge.order === null && !isBusyB ? planQuote(next, exposure) : NOTHING',
        replace: 'planQuote(next, exposure)',
      },
      {
        file: 'src/engine/executor.ts',
        find: "purpose === 'entry' && isGateShut(context, holding)",
        replace: 'purpose === null && isGateShut(context, holding)',
      },
    ],
    breaks: ['I6'],
  },
  {
    name: 'message-in-place-of-position',
    world: 'pairs',
    mistake: 'What the trades of the last round say is hedged, not the difference of the positions.',
    file: DRIVE_PAIR,
    find: 'return view === null ? null : planPair(view)',
    replace:
      'const { quantityA = 0n, quantityB = 0n } = runtime.round ?? {}\n  return view === null ? null : planPair({ ...view, a: { ...view.a, position: quantityA }, b: { ...view.b, position: quantityB } })',
    breaks: ['I7', 'I8'],
  },
  {
    name: 'hedge-not-counted-as-held',
    world: 'pairs',
    mistake: 'Each trade on A is hedged with all that A holds: what B holds already is not looked at.',
    file: EXPOSURE,
    find: 'const gap = subtract(desiredOf(pair, a.position), b.position)',
    replace: 'const gap = desiredOf(pair, a.position)',
    breaks: ['I8'],
  },
  {
    name: 'first-partial-is-the-whole',
    world: 'pairs',
    mistake: 'A quote of which a part has traded is hedged as if all of it had.',
    file: EXPOSURE,
    find: 'subtract(desiredOf(pair, a.position), b.position)',
    replace:
      'subtract(desiredOf(pair, add(a.position, onTheirWay(a.orders.filter(({ filled }) => filled > ZERO)))), b.position)',
    breaks: ['I8'],
  },
  {
    name: 'retried-before-proof',
    world: 'pairs',
    mistake: 'A hedge in doubt counts as failed, and the next one is sent.',
    file: PLAN,
    find: 'const isBusyB = liveOrders(view.b).length > 0',
    replace: "const isBusyB = liveOrders(view.b).some(({ status }) => status !== 'in_doubt')",
    breaks: ['I8'],
  },
  {
    name: 'hedge-in-flight-not-counted',
    world: 'pairs',
    mistake: 'A hedge that is on its way counts only when it has traded.',
    file: PLAN,
    find: 'const isBusyB = liveOrders(view.b).length > 0',
    replace: 'const isBusyB = false',
    breaks: ['I8'],
  },
  {
    name: 'error-read-as-flat',
    world: 'pairs',
    mistake: 'Where the venue does not say what is held, a pair takes its legs for flat.',
    file: 'src/engine/pairs/pair-view.ts',
    find: 'position: subtract(holding.position.quantity, base),',
    replace: 'position: isReachable ? subtract(holding.position.quantity, base) : ZERO,',
    also: [
      {
        file: 'src/engine/pairs/pair-view.ts',
        find: 'canSend: isLive && now >=',
        replace: "canSend: instrument.status === 'trading' && now >=",
      },
    ],
    breaks: ['I8', 'I7'],
  },
  {
    name: 'pause-forgotten-at-restart',
    world: 'pairs',
    mistake: 'A restart ends the pause of a pair.',
    file: 'src/engine/restore.ts',
    find: 'addPair(state, pair, { state: image.pairStates.find(mine),',
    replace:
      "const known = image.pairStates.find(mine)\n    addPair(state, pair, { state: known === undefined ? known : { ...known, pause: null, phase: 'idle' },",
    breaks: ['I9'],
  },
  {
    name: 'pause-ended-by-balance',
    world: 'pairs',
    mistake: 'A pair that is in step again goes on by itself.',
    file: PLAN,
    find: 'return hasFailed ?',
    replace:
      "if (exposure.tradable === ZERO && state.pause === 'by_hand') return { ...state, pause: null, phase: 'idle' }\n  return hasFailed ?",
    breaks: ['I9'],
  },
  {
    name: 'quotes-behind-a-pause',
    world: 'pairs',
    mistake: 'A pause by hand keeps nothing from being quoted.',
    file: QUOTE,
    find: 'if (quoting === null || view.state.pause !== null) return NOTHING',
    replace:
      "if (quoting === null || (view.state.pause !== null && view.state.pause !== 'by_hand')) return NOTHING",
    also: [
      {
        file: QUOTE,
        find: 'if (state.pause !== null) return { ...NOTHING, state }',
        replace: "if (state.pause === 'finished') return { ...NOTHING, state }",
      },
    ],
    breaks: ['I9'],
  },
  {
    name: 'b-before-the-rest-is-gone',
    world: 'pairs',
    mistake: 'On one market B trades while the rest of A stands on the other side.',
    file: EXPOSURE,
    find: 'const rests = restsInTheWay(view, instrument, { side, worst })',
    replace: 'const rests = restsInTheWay(view, instrument, { side, worst }).slice(0, 0)',
    breaks: ['I8'],
  },
  {
    name: 'close-leaves-b-alone',
    world: 'pairs',
    mistake: 'A is closed whole, whatever becomes of B.',
    file: 'src/logic/hedge/plan-close.ts',
    find: 'a: minimum(whole.a, beyond(a, coveredOf(pair, heldB))),',
    replace: 'a: whole.a,',
    breaks: ['I8'],
  },
  {
    name: 'rest-stays-while-unhedged',
    world: 'pairs',
    mistake: 'What rests of A goes on resting, however long B is not hedged and whoever pauses the pair.',
    file: PLAN,
    find: 'const { cancels, wakeAt } = quotesToCancel(view, exposure)',
    replace: 'const { wakeAt } = quotesToCancel(view, exposure)\n  const cancels: readonly Order[] = []',
    breaks: ['I7', 'I9'],
  },
  {
    name: 'hedged-without-the-ratio',
    world: 'pairs',
    mistake: 'B holds as much as A, whatever the ratio.',
    file: EXPOSURE,
    find: 'return negate(basisPoints(positionA, pair.ratioBps))',
    replace: 'return negate(positionA)',
    breaks: ['I8', 'I7'],
  },
  {
    name: 'close-not-reduce-only',
    world: 'pairs',
    mistake: 'A forced close may open the other side.',
    file: 'src/logic/hedge/taking-order.ts',
    find: "reduceOnly: purpose === 'exit'",
    replace: 'reduceOnly: false',
    breaks: ['I8'],
  },
  {
    name: 'failure-told-to-nobody',
    world: 'pairs',
    mistake: 'A pair that pauses because B could not be hedged is told to nobody.',
    file: 'src/engine/pairs/pair-notices.ts',
    find: "if (why === null && (pause === 'by_hand' || pause === 'flattened')) return",
    replace: "if (why === null && pause !== 'misfit') return",
    breaks: ['I7'],
  },
  {
    name: 'pair-never-woken',
    world: 'pairs',
    mistake: 'What a pair waits for is not looked at again when the wait is over.',
    file: DRIVE_PAIR,
    find: 'if (delays.length === 0) return',
    replace: 'if (delays.length >= 0) return',
    breaks: ['I7', 'I9'],
  },
]
