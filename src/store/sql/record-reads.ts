import { OUTCOMES } from '../../domain/decision.ts'
import { ORDER_STATUSES } from '../../domain/order.ts'
import * as records from '../record-tables.ts'
import { decisions, fills, intents, notices, rounds } from '../tables.ts'
import { placeholders, select } from './statements.ts'

/** What an order page is narrowed by: `ordersNarrowed` in pages.ts gives the values. */
const narrowed = (createdAt: string) => `${createdAt} >= ? AND ${createdAt} < ?
  AND (? IS NULL OR instrument_id = ?) AND status IN (${placeholders(ORDER_STATUSES.length)})
  ORDER BY sequence DESC LIMIT ?`
/** Both, or the one that is asked for. */
const ACKNOWLEDGED = 'CASE WHEN acknowledged_at IS NULL THEN 0 ELSE 1 END IN (?, ?)'
const NEWEST = 'id < ? ORDER BY id DESC LIMIT ?'

/** What people ask for: the directory, and the lists that pages.ts puts together. */
export const RECORD_READS = {
  users: select(records.users, 'ORDER BY id'),
  logins: select(records.logins, 'WHERE revoked_at IS NULL AND expires_at > used_at ORDER BY id'),
  apiTokens: select(records.apiTokens, 'ORDER BY id'),
  profiles: select(records.accountProfiles, 'ORDER BY account_id'),
  secrets: select(records.secrets, 'ORDER BY owner, field'),
  settings: select(records.settings, `WHERE name <> '${records.INSTALLATION_TAG}' ORDER BY name`),
  lastAudit: select(records.audit, 'ORDER BY sequence DESC LIMIT 1'),

  // A plus keeps a column from being looked up by its index: the newest of all come by their sequence, and those
  // of a time by their time, because SQLite would sort all orders for the former and read all for the latter.
  orders: select(intents, `WHERE sequence < ? AND ${narrowed('+created_at')}`),
  ordersSince: select(intents, `WHERE +sequence < ? AND ${narrowed('created_at')}`),
  ordersOfAccount: select(intents, `WHERE account_id = ? AND sequence < ? AND ${narrowed('created_at')}`),
  decisions: select(decisions, `WHERE ${NEWEST}`),
  decisionsOfOutcome: select(decisions, `WHERE status = 'done' AND outcome = ? AND ${NEWEST}`),
  decisionsDoneOfLink: select(decisions, `WHERE status = 'done' AND link_id = ? AND ${NEWEST}`),
  decisionsNotDoneOfLink: select(decisions, `WHERE status <> 'done' AND link_id = ? AND ${NEWEST}`),
  outcomesOfLink: select(
    decisions,
    `WHERE status = 'done' AND link_id = ? AND outcome IN (${placeholders(OUTCOMES.length)}) AND ${NEWEST}`,
  ),
  notices: select(notices, `WHERE ${ACKNOWLEDGED} AND ${NEWEST}`),
  noticesUnacknowledged: select(notices, `WHERE acknowledged_at IS NULL AND ${NEWEST}`),
  noticesOfAccount: select(notices, `WHERE account_id = ? AND ${ACKNOWLEDGED} AND ${NEWEST}`),
  roundsOfPair: select(rounds, 'WHERE pair_id = ? AND number < ? ORDER BY number DESC LIMIT ?'),
  fillsOfPair: select(
    fills,
    'WHERE pair_id = ? AND pair_sequence < ? AND at >= ? AND at < ? ORDER BY pair_sequence DESC LIMIT ?',
  ),
  signalsOfSource: select(records.signals, `WHERE source_id = ? AND ${NEWEST}`),
  audit: select(records.audit, 'WHERE sequence < ? ORDER BY sequence DESC LIMIT ?'),

  auditAfter: select(records.audit, 'WHERE sequence > ? ORDER BY sequence LIMIT ?'),
  signalsPending: select(records.signals, `WHERE status = 'pending' ORDER BY received_at, id`),
  notice: select(notices, 'WHERE id = ?'),
  signal: select(records.signals, 'WHERE source_id = ? AND external_id = ?'),
  idempotentAnswer: select(records.idempotentAnswers, 'WHERE actor = ? AND key = ?'),
} as const satisfies Record<string, string>
