import type { Mutant } from './mutant.ts'

/** What people trade and flatten themselves. */
export const HANDS: readonly Mutant[] = [
  {
    name: 'hand-order-given-to-a-link',
    mistake: 'What a person trades is counted as what the link on the place has bought.',
    file: 'src/engine/hands.ts',
    find: 'linkId: null,',
    replace: 'linkId: account.value.holdings.values().next().value?.link?.runtime.link.id ?? null,',
    breaks: ['I17', 'I15', 'I4', 'I9', 'I12'],
  },
  {
    name: 'hand-order-in-the-way-of-a-link',
    mistake: 'What a person has ordered counts as what the link on the place has on its way.',
    file: 'src/engine/holdings.ts',
    find: '.filter(({ linkId }) => linkId === id)',
    replace: '.filter(() => id !== null)',
    breaks: ['I15', 'I9', 'I17'],
  },
  {
    name: 'flatten-forgotten-at-a-start',
    mistake: 'After a restart the links of a flattened account open again.',
    file: 'src/engine/flattened.ts',
    find: "account.isFlattened = settings.get(settingOf(account.account.id)) === 'true'",
    replace: 'account.isFlattened = settings.size < 0',
    breaks: ['I9'],
  },
]
