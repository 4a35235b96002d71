import type { Cell } from '../codec.ts'
import { INSTALLATION_TAG } from '../record-tables.ts'
import * as setup from '../setup-tables.ts'
import * as tables from '../tables.ts'
import { RECORD_READS } from './record-reads.ts'
import { select } from './statements.ts'

/** One question, with what stands for its placeholders. */
export interface Query {
  readonly read: Read
  readonly values: readonly Cell[]
}

export type Read = keyof typeof READS

/** One statement per question. Ids are time-ordered, so the order of decisions and notices is that of their ids. */
export const READS = {
  installationTag: `SELECT value FROM settings WHERE name = '${INSTALLATION_TAG}'`,
  lastIntentSequence: 'SELECT COALESCE(MAX(sequence), 0) FROM intents',
  accounts: select(setup.accounts, `WHERE origin <> 'removed' ORDER BY id`),
  sources: select(setup.sources, `WHERE origin <> 'removed' ORDER BY id`),
  strategies: select(setup.strategies, `WHERE origin <> 'removed' ORDER BY id`),
  links: select(setup.links, `WHERE origin <> 'removed' ORDER BY id`),
  pairs: select(setup.pairs, `WHERE origin <> 'removed' ORDER BY id`),
  pairStates: select(tables.pairStates, 'ORDER BY pair_id'),
  roundsOpen: select(tables.rounds, `WHERE outcome = 'open' ORDER BY id`),
  books: select(tables.books, 'ORDER BY source_id, instrument_id, position_index'),
  linkStates: select(tables.linkStates, 'ORDER BY link_id, instrument_id, position_index'),
  positions: select(tables.positions, 'ORDER BY account_id, instrument_id, position_index'),
  syncs: select(tables.accountSyncs, 'ORDER BY account_id'),
  decisionsNotDone: select(tables.decisions, `WHERE status <> 'done' ORDER BY id`),
  intentsUnsettled: select(tables.intents, 'WHERE settled = 0 ORDER BY sequence'),
  intent: select(tables.intents, 'WHERE intent_id = ?'),
  intentByClientOrderId: select(tables.intents, 'WHERE account_id = ? AND client_order_id = ?'),
  sourceFills: select(
    tables.fills,
    'WHERE source_id = ? AND source_sequence > ? ORDER BY source_sequence LIMIT ?',
  ),
  lastSourceSequence: 'SELECT COALESCE(MAX(source_sequence), 0) FROM fills WHERE source_id = ?',
  trade: 'SELECT trade_id FROM fills WHERE account_id = ? AND instrument_id = ? AND trade_id = ?',
  fills: select(tables.fills, 'WHERE account_id = ? ORDER BY at, trade_id'),
  ...RECORD_READS,
} as const satisfies Record<string, string>
