import type { VenueRules } from '../../../exchange/core/rules.ts'
import type { SeededRandom } from '../seeded-random.ts'

/** How what the venue remembers is read beside the trading. */
export interface PastConfiguration {
  /** Whose: each of them costs time. */
  readonly accounts: readonly string[]
  /** How often a request fails. */
  readonly failRate: number
  /** How often a row is shown far later than the venue promises. */
  readonly overdueRate: number
  /** How often a process begins with a back-fill. */
  readonly backfillRate: number
  readonly closedPnlRows: VenueRules['closedPnlRows']
}

/** One seed in so many; what is read costs about as much time as what is traded. */
const READ_RATE = 1 / 12

export interface PastWish {
  readonly leader: string
  readonly followers: readonly string[]
  /** In thin books the leader has more rows than all others together: it is left out. */
  readonly isThin: boolean
  /** Whatever the seed says. */
  readonly always: boolean
}

/** Null: nobody reads it. */
export function drawPast(random: SeededRandom, wish: PastWish): PastConfiguration | null {
  const { leader, followers, isThin, always } = wish
  const isRead = random.chance(READ_RATE)
  const withLeader = random.chance(0.4) && !isThin
  const past: PastConfiguration = {
    accounts: [...(withLeader ? [leader] : []), ...followers.slice(0, random.integer(1, 2))],
    failRate: random.pick([0, 0.02, 0.1]),
    overdueRate: random.pick([0, 0, 0.05]),
    backfillRate: random.pick([0, 0.5]),
    closedPnlRows: random.pick(['per_order', 'per_fill']),
  }
  return isRead || always ? past : null
}
