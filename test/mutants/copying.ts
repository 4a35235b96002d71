import type { Mutant } from './mutant.ts'

const COPY = 'src/logic/copy.ts'
const SIZING = 'src/logic/sizing.ts'
const PLAN = 'src/logic/plan.ts'
const OPENING = 'src/logic/opening.ts'
const SHORTFALL = 'src/logic/shortfall.ts'
const INSTRUMENT = 'src/domain/instrument.ts'

/** What a follower should hold: sizes, sides, flips, exits, and what is forgone for good. */
export const COPYING: readonly Mutant[] = [
  {
    name: 'fixed-size-per-fill',
    mistake: 'A fixed size is taken for each fill of a leader order, not once for the order.',
    file: SIZING,
    find: 'const orderQuantity = maximum(fill.orderQuantity, fill.quantity)',
    replace: 'const orderQuantity = maximum(absolute(delta), fill.quantity)',
    breaks: ['I15'],
  },
  {
    name: 'inverse-same-side',
    mistake: "An inverse link copies its leader's own side.",
    file: SIZING,
    find: 'input.sizing.inverse ? negate(sized.value) : sized.value',
    replace: 'input.sizing.inverse ? sized.value : sized.value',
    breaks: ['I15'],
  },
  {
    name: 'equities-swapped',
    mistake: 'A size by equity is multiplied by what it should be divided by.',
    file: SIZING,
    find: 'followerEquity.equity, leaderEquity.equity)',
    replace: 'leaderEquity.equity, followerEquity.equity)',
    breaks: ['I15'],
  },
  {
    name: 'rounded-up',
    mistake: 'Quantities are rounded up to the lot.',
    file: INSTRUMENT,
    find: 'return truncateToStep(quantity, instrument.lotSize)',
    replace: 'return ceilToStep(quantity, instrument.lotSize)',
    breaks: ['I17', 'I15'],
  },
  {
    name: 'limit-rounded-outward',
    mistake: 'A limit price is rounded away from its bound.',
    file: INSTRUMENT,
    find: "return side === 'buy'\n    ? floorToStep",
    replace: "return side === 'sell'\n    ? floorToStep",
    breaks: ['I17'],
  },
  {
    name: 'flip-is-one-reduction',
    mistake: 'A flip reduces past zero instead of reducing and then increasing.',
    file: 'src/domain/position.ts',
    find: 'const closedSize = against ? minimum(absolute(quantity), absolute(position.quantity)) : ZERO',
    replace: 'const closedSize = against ? minimum(absolute(quantity), absolute(quantity)) : ZERO',
    breaks: ['I5', 'I15'],
  },
  {
    name: 'flip-in-one-order',
    mistake: 'The exit of a flip opens the other side as well, which risk is never asked about.',
    file: PLAN,
    find: 'quantity: minimum(size, roundQuantity',
    replace:
      'quantity: minimum(sign(view.state.desired) === -sign(gap) ? roundQuantity(view.instrument, add(size, absolute(view.state.desired))) : size, roundQuantity',
    also: [
      {
        file: PLAN,
        find: 'reduceOnly: true',
        replace: 'reduceOnly: sign(view.state.desired) !== -sign(gap)',
      },
    ],
    breaks: ['I1', 'I12'],
  },
  {
    name: 'reduction-not-in-proportion',
    mistake: "What is desired does not shrink with the leader's position until that is flat.",
    file: COPY,
    find: 'multiplyDivide(quantity, to, from)',
    replace: 'multiplyDivide(quantity, to === ZERO ? to : from, from)',
    breaks: ['I15'],
  },
  {
    name: 'flat-leader-leaves-some',
    mistake: 'A lot is kept when the leader goes flat.',
    file: COPY,
    find: 'return from === ZERO ? ZERO : multiplyDivide(quantity, to, from)',
    replace: 'return from === ZERO || to === ZERO ? quantity : multiplyDivide(quantity, to, from)',
    breaks: ['I15'],
  },
  {
    name: 'waiting-increase-keeps-its-size',
    mistake: 'An increase that waits is not made smaller when the leader reduces.',
    file: 'src/engine/copier.ts',
    find: 'reductions.reduce(reduced, decision.wanted)',
    replace: 'decision.wanted',
    breaks: ['I17', 'I15'],
  },
  {
    name: 'write-down-forgotten',
    mistake: 'What was forgone stays desired, and is bought with the next order.',
    file: SHORTFALL,
    find: 'const size = minimum(quantity, absolute(most))',
    replace: 'const size = minimum(ZERO, absolute(most))',
    breaks: ['I15', 'I17'],
  },
  {
    name: 'shortfall-made-up',
    mistake: 'An order buys all that is missing, not what its own increases add.',
    file: OPENING,
    find: 'if (missing <= owned || view.market === null) return state',
    replace: 'if (missing <= owned || missing > owned) return state',
    breaks: ['I17', 'I15'],
  },
  {
    name: 'refused-increase-sent-later',
    mistake: 'An increase that risk refuses is told as skipped, and stays desired.',
    file: OPENING,
    find: 'settle(valid, outcome, reason)\n    return { state: forgoWaiting(state, sumOf(valid)), order: null, wakeAt: null }',
    replace: 'settle(valid, outcome, reason)\n    return { state, order: null, wakeAt: null }',
    also: [
      {
        file: OPENING,
        find: 'if (missing <= owned || view.market === null) return state',
        replace: 'if (missing <= owned || missing > owned) return state',
      },
    ],
    breaks: ['I17'],
  },
  {
    name: 'exit-may-open',
    mistake: 'An exit is not reduce-only.',
    file: PLAN,
    find: 'reduceOnly: true',
    replace: 'reduceOnly: false',
    breaks: ['I1', 'I4', 'I15'],
  },
  {
    name: 'exit-sent-twice',
    mistake: 'What an exit on its way closes is closed by another one as well.',
    file: PLAN,
    find: 'const rest = add(gap, exitsInFlight(inFlight))',
    replace: 'const rest = inFlight.length > 99 ? add(gap, exitsInFlight(inFlight)) : gap',
    breaks: ['I15', 'I17'],
  },
  {
    name: 'exit-closes-everything',
    mistake: 'A reduction closes the whole copy.',
    file: SHORTFALL,
    find: 'minimum(absolute(state.desired), absolute(state.attributed)) : ZERO',
    replace: 'minimum(ZERO, absolute(state.attributed)) : ZERO',
    breaks: ['I15', 'I17'],
  },
  {
    name: 'exit-held-back-by-opening',
    mistake: 'An exit waits while an opening is backing off.',
    file: 'src/engine/drive.ts',
    find: 'session.isLive() && monotonic >= holding.exitPause.notBefore',
    replace:
      'session.isLive() && monotonic >= Math.max(holding.exitPause.notBefore, holding.openingPause.notBefore)',
    breaks: ['I15'],
  },
  {
    name: 'exit-held-back-by-doubt',
    mistake: 'An exit waits for an opening of which nothing is known yet.',
    file: PLAN,
    find: 'if (undecided) return null',
    replace: 'if (undecided || view.orders.some(order => isUnacknowledged(order.status))) return null',
    breaks: ['I15'],
  },
  {
    name: 'exit-held-back-by-risk',
    mistake: 'An exit asks the limits for leave like an opening.',
    file: PLAN,
    find: 'if (!view.canSend) return null',
    replace:
      'if (!view.canSend) return null\n  const mark = view.market?.mark ?? ZERO\n  const asked = { instrumentId: view.instrument.id, side, quantity: size, expectedPrice: mark, mark } as const\n  if (!view.assess(asked).approved) return null',
    breaks: ['I15'],
  },
  {
    name: 'exits-never-asked-for',
    mistake: 'A reduction is settled as soon as its exit has left.',
    file: PLAN,
    find: 'if (size < view.instrument.minimumQuantity || size === ZERO) {',
    replace: 'if (size < multiplyLots(view) || size === ZERO) {',
    also: [
      {
        file: PLAN,
        find: 'function planExit(',
        replace:
          'const multiplyLots = (view: HoldingView) => add(view.instrument.minimumQuantity, view.instrument.minimumQuantity)\n\nfunction planExit(',
      },
    ],
    breaks: ['I15'],
  },
]
