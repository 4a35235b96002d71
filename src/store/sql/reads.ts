import type { Cell } from '../codec.ts'
import * as tables from '../tables.ts'

/** One question, with what stands for its placeholders. */
export interface Query {
  readonly read: Read
  readonly values: readonly Cell[]
}

export type Read = keyof typeof READS

const columns = {
  decisions: tables.decisions.columns.join(', '),
  intents: tables.intents.columns.join(', '),
  fills: tables.fills.columns.join(', '),
}

/** One statement per question. Ids are time-ordered, so the order of decisions and notices is that of their ids. */
export const READS = {
  installationTag: `SELECT value FROM settings WHERE name = 'installation_tag'`,
  lastIntentSequence: 'SELECT COALESCE(MAX(sequence), 0) FROM intents',
  accounts: `SELECT ${tables.accounts.columns.join(', ')} FROM accounts ORDER BY id`,
  sources: `SELECT ${tables.sources.columns.join(', ')} FROM sources ORDER BY id`,
  strategies: `SELECT ${tables.strategies.columns.join(', ')} FROM strategies ORDER BY id`,
  links: `SELECT ${tables.links.columns.join(', ')} FROM links ORDER BY id`,
  books: `SELECT ${tables.books.columns.join(', ')} FROM books
    ORDER BY source_id, instrument_id, position_index`,
  linkStates: `SELECT ${tables.linkStates.columns.join(', ')} FROM link_states
    ORDER BY link_id, instrument_id, position_index`,
  positions: `SELECT ${tables.positions.columns.join(', ')} FROM positions
    ORDER BY account_id, instrument_id, position_index`,
  syncs: `SELECT ${tables.accountSyncs.columns.join(', ')} FROM account_syncs ORDER BY account_id`,
  decisionsNotDone: `SELECT ${columns.decisions} FROM decisions WHERE status <> 'done' ORDER BY id`,
  intentsUnsettled: `SELECT ${columns.intents} FROM intents WHERE settled = 0 ORDER BY sequence`,
  intent: `SELECT ${columns.intents} FROM intents WHERE intent_id = ?`,
  intentByClientOrderId: `SELECT ${columns.intents} FROM intents
    WHERE account_id = ? AND client_order_id = ?`,
  sourceFills: `SELECT ${columns.fills} FROM fills
    WHERE source_id = ? AND source_sequence > ? ORDER BY source_sequence LIMIT ?`,
  lastSourceSequence: 'SELECT COALESCE(MAX(source_sequence), 0) FROM fills WHERE source_id = ?',
  trade: `SELECT trade_id FROM fills WHERE account_id = ? AND instrument_id = ? AND trade_id = ?`,
  fills: `SELECT ${columns.fills} FROM fills WHERE account_id = ? ORDER BY at, trade_id`,
  decisions: `SELECT ${columns.decisions} FROM decisions ORDER BY id DESC LIMIT ?`,
  // In two parts, because each has an index of its own; both parts have the same placeholders, numbered.
  decisionsOfLink: `SELECT ${columns.decisions} FROM decisions WHERE link_id = ?1 AND status = 'done'
    UNION ALL SELECT ${columns.decisions} FROM decisions WHERE link_id = ?1 AND status <> 'done'
    ORDER BY id DESC LIMIT ?2`,
  notices: `SELECT ${tables.notices.columns.join(', ')} FROM notices ORDER BY id DESC LIMIT ?`,
} as const satisfies Record<string, string>
