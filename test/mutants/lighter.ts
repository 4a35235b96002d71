import type { Mutant } from './mutant.ts'

/** What only a venue shows whose ids are numbers, whose yes proves nothing and whose lists are late: seeds of Lighter. */
export const LIGHTER: readonly Mutant[] = [
  {
    name: 'absent-after-two-seconds',
    world: 'pairs',
    mistake:
      'An order counts as absent two seconds after its deadline, however late the lists of the venue may be.',
    file: 'src/engine/doubt.ts',
    find: 'context.state.accounts.get(entry.order.accountId)?.capability.queryLagMs ?? Number.POSITIVE_INFINITY',
    replace: '2_000',
    breaks: ['I10'],
  },
  {
    name: 'cancel-believed',
    world: 'pairs',
    mistake: 'A cancel that the venue has taken is not asked for again.',
    file: 'src/engine/executor.ts',
    find: "context.detach(venueAccount.cancel(entry.order, 'exit'))",
    replace:
      "context.detach(venueAccount.cancel(entry.order, 'exit').then(({ ok }) => { if (ok) entry.cancelAskedAt = Number.POSITIVE_INFINITY }))",
    breaks: ['I7', 'I9'],
  },
  {
    name: 'number-used-again',
    world: 'pairs',
    mistake: 'Where ids are numbers the count of orders begins anew at forty.',
    file: 'src/domain/capability.ts',
    find: '(sequence % SEQUENCES)',
    replace: '(sequence % 40)',
    breaks: ['I1', 'I2', 'I3'],
  },
]
