import type { Mutant } from './mutant.ts'

const ORDER = 'src/domain/order.ts'
const SHORTFALL = 'src/logic/shortfall.ts'
const EVENTS = 'src/engine/order-events.ts'
const ENDINGS = 'src/engine/order-endings.ts'
const EXECUTOR = 'src/engine/executor.ts'

/** An order's life: what is sent, what is not known, and what its end means. */
export const ORDERS: readonly Mutant[] = [
  {
    name: 'blind-resend',
    mistake: 'An order whose answer was lost counts as never sent, and is sent again under a new id.',
    file: ORDER,
    find: "rejected: 'rejected',\n    answer_lost: 'in_doubt',",
    replace: "rejected: 'rejected',\n    answer_lost: 'withdrawn',",
    breaks: ['I1', 'I10'],
  },
  {
    name: 'doubt-holds-nothing-back',
    mistake: 'The next order does not wait for one in doubt.',
    file: ORDER,
    find: "new Set(['created', 'submitted', 'in_doubt'])",
    replace: "new Set(['created', 'submitted'])",
    breaks: ['I1'],
  },
  {
    name: 'unanswered-holds-nothing-back',
    mistake: 'The next order does not wait for the answer to the one before.',
    file: ORDER,
    find: "new Set(['created', 'submitted', 'in_doubt'])",
    replace: "new Set(['in_doubt'])",
    breaks: ['I1'],
  },
  {
    name: 'absence-before-deadline',
    mistake: 'A query that does not show an order proves it absent, although the venue may still take it.',
    file: 'src/logic/reconcile.ts',
    find: 'return absentAt > deadlineAt + queryLagMs',
    replace: 'return absentAt <= deadlineAt + queryLagMs || absentAt > 0',
    breaks: ['I10'],
  },
  {
    name: 'silence-is-absence',
    mistake: 'An acknowledged order of which no report came counts as never accepted.',
    file: ORDER,
    find: "answer_lost: 'acknowledged',\n    report_overdue: 'in_doubt',",
    replace: "answer_lost: 'acknowledged',\n    report_overdue: 'never_accepted',",
    breaks: ['I10'],
  },
  {
    name: 'not-listed-is-canceled',
    mistake: 'A resting order that a list of open orders leaves out counts as cancelled.',
    file: ORDER,
    find: "answer_lost: 'open',\n    report_overdue: 'in_doubt',",
    replace: "answer_lost: 'open',\n    report_overdue: 'canceled',",
    breaks: ['I10'],
  },
  {
    name: 'doubt-never-asked',
    mistake: 'Nobody asks the venue for an order in doubt.',
    file: 'src/engine/doubt.ts',
    find: "if (order.status === 'in_doubt') return true",
    replace: "if (order.status === 'in_doubt') return false",
    breaks: ['I15'],
  },
  {
    name: 'doubt-told-to-nobody',
    mistake: 'An order that stays in doubt is never told to a person.',
    file: 'src/engine/doubt.ts',
    find: 'inquiry.noticed = true\n',
    replace: 'inquiry.noticed = true\n  if (inquiry.noticed) return\n',
    breaks: ['I15'],
  },
  {
    name: 'cancel-asked-is-canceled',
    mistake: 'An order whose cancel was asked for counts as cancelled.',
    file: EXECUTOR,
    find: "context.detach(venueAccount.cancel(entry.order, 'exit'))",
    replace:
      "context.detach(venueAccount.cancel(entry.order, 'exit').then(() => context.run(next => moveOrder(context, next, entry, { kind: 'canceled' }))))",
    breaks: ['I10'],
  },
  {
    name: 'cancel-never-asked',
    mistake: 'A resting entry stays on the book when the leader turns round.',
    file: SHORTFALL,
    find: 'const openings = orders.filter(isResting)',
    replace: 'const openings = orders.filter(order => isResting(order) && isTerminal(order.status))',
    breaks: ['I15'],
  },
  {
    name: 'partial-is-complete',
    mistake: 'The first trade of an order counts as all of it.',
    file: 'src/engine/fills.ts',
    find: "kind: order.filled >= order.quantity ? 'completed' : 'filled'",
    replace: "kind: order.filled > ZERO ? 'completed' : 'filled'",
    breaks: ['I10'],
  },
  {
    name: 'cumulative-added-up',
    mistake: 'The filled quantity of a report, which is a sum already, is added to the one before.',
    file: EVENTS,
    find: 'const reportedFilled = maximum(entry.order.reportedFilled, report.filled)',
    replace: 'const reportedFilled = add(entry.order.reportedFilled, report.filled)',
    breaks: ['I3'],
  },
  {
    name: 'last-report-wins',
    mistake: 'A report that was overtaken takes back what later ones said was filled.',
    file: EVENTS,
    find: 'const reportedFilled = maximum(entry.order.reportedFilled, report.filled)',
    replace: 'const reportedFilled = report.filled',
    breaks: ['I3', 'I17', 'I15'],
  },
  {
    name: 'reported-not-counted',
    mistake: 'What an order traded by report, its trades being on their way, is missing and bought again.',
    file: SHORTFALL,
    find: 'add(leavesQuantity(order), unseenQuantity(order))',
    replace: 'leavesQuantity(order)',
    breaks: ['I17'],
  },
  {
    name: 'done-before-its-trades',
    mistake: 'An order leaves the working set before all of its trades have come.',
    file: EVENTS,
    find: 'if (!isTerminal(order.status) || unseenQuantity(order) > ZERO) return',
    replace: 'if (!isTerminal(order.status)) return',
    breaks: ['I17', 'I15'],
  },
  {
    name: 'resting-not-counted',
    mistake: 'What rests on the book is missing and ordered again.',
    file: SHORTFALL,
    find: 'return onSide(direction, subtract(notHeld(state, orders), onItsWay))',
    replace: 'return onSide(direction, subtract(notHeld(state, orders), minimum(onItsWay, ZERO)))',
    breaks: ['I17'],
  },
  {
    name: 'late-fill-after-reduction',
    mistake: 'A trade that raced the cancel is desired again although the leader has reduced since.',
    file: EVENTS,
    find: 'if (forgone === null || forgone.reductions !== holding.reductions) return',
    replace: 'if (forgone === null) return',
    breaks: ['I15', 'I17'],
  },
  {
    name: 'rest-not-written-down',
    mistake: 'What an order left undone stays desired.',
    file: ENDINGS,
    find: 'const rest = subtract(order.quantity, knownFilled(order))',
    replace: 'const rest = subtract(order.quantity, maximum(order.quantity, knownFilled(order)))',
    breaks: ['I15', 'I17'],
  },
  {
    name: 'partly-told-as-copied',
    mistake: 'A decision whose order was filled in part is told as copied.',
    file: ENDINGS,
    find: "if (filled > 0n) return { outcome: 'partly', reason: 'ended_short', detail: order.reason }",
    replace: "if (filled > 0n) return { outcome: 'copied', reason: 'copied', detail: null }",
    breaks: ['I5'],
  },
  {
    name: 'window-stretched',
    mistake: 'A request carries a later deadline than its claim, so that fewer are refused for being late.',
    file: EXECUTOR,
    find: "return { ...order, claim: must(order.claim, 'only claimed intents are sent') }",
    replace:
      "const claim = must(order.claim, 'only claimed intents are sent')\n  return { ...order, claim: { ...claim, deadlineAt: claim.deadlineAt + 60_000 } }",
    breaks: ['I13'],
  },
  {
    name: 'sent-unlike-its-intent',
    mistake: 'The quantity is rounded once more when the order is sent, after its intent was stored.',
    file: EXECUTOR,
    find: "return { ...order, claim: must(order.claim, 'only claimed intents are sent') }",
    replace:
      "const quantity = multiplyDivide(order.quantity, decimal('1'), decimal('2'))\n  return { ...order, quantity, claim: must(order.claim, 'only claimed intents are sent') }",
    also: [
      {
        file: EXECUTOR,
        find: "import { ZERO } from '../domain/decimal.ts'",
        replace: "import { decimal, multiplyDivide, ZERO } from '../domain/decimal.ts'",
      },
    ],
    breaks: ['I2'],
  },
]
