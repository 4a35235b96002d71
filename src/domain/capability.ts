import type { ClientOrderId, VenueName } from './ids.ts'

/** What one venue does in its own way: the engine reads this, never a venue's name. */
export interface Capability {
  readonly venue: VenueName
  readonly clientOrderId: ClientOrderIdFormat
  /** What makes the venue itself refuse a request that comes late. */
  readonly deadline: 'receive_window' | 'expiry_time' | 'signed_expiry'
  readonly receiveWindowMs: number
  /** An oversized reduce-only order is cut to the position, or refused. */
  readonly reduceOnly: 'trims' | 'refuses'
  /** Whether an id stays taken after its order is done. */
  readonly idReuse: 'never' | 'after_terminal'
  readonly quantityUnit: 'base' | 'contracts'
  /** What contracts settle in: what sizing and risk measure in. */
  readonly settlementCurrency: string
  /** How long after a deadline the venue's queries may still not know of an accepted order, ms. */
  readonly queryLagMs: number
  /** How many orders one batch request may carry; 1: no batches. */
  readonly maximumBatch: number
  readonly maximumOpenOrdersPerSymbol: number
  /** Budgets that every request names one or more of; `scope` says what shares it. */
  readonly budgets: Readonly<Record<string, BudgetRule>>
}

export interface BudgetRule {
  readonly scope: 'account' | 'egress'
  readonly requests: number
  readonly perMs: number
}

/** alphanumeric texts up to a length, or an integer up to a maximum (Lighter). */
export type ClientOrderIdFormat =
  | { readonly kind: 'text'; readonly maximumLength: number }
  | { readonly kind: 'integer'; readonly maximum: number }

/** Installations that share an account must not share ids: each has a tag of its own. */
export const INSTALLATION_TAG_LENGTH = 7

/** An integer id is the installation's number times this, plus the intent's sequence. */
const SEQUENCES = 2 ** 32
const TAG_DIGITS = 36

/**
 * The id that the venue keeps for an intent, from the intent's own sequence.
 *
 * Letters and digits only, so that the strictest venue takes it: `LS` + installation tag + sequence in base 36. Where
 * a venue takes integers only, the installation's number stands above the sequence; it is never 0.
 * @param tag seven letters or digits, drawn once per installation
 */
export function clientOrderId(format: ClientOrderIdFormat, tag: string, sequence: number): ClientOrderId {
  if (format.kind === 'text') return `LS${tag}${sequence.toString(36)}` as ClientOrderId
  return String(installationNumber(format.maximum, tag) * SEQUENCES + (sequence % SEQUENCES)) as ClientOrderId
}

/** Whether an id can be one of this installation's. Integers: one other installation in some thousands looks alike. */
export function isOwnClientOrderId(
  format: ClientOrderIdFormat,
  tag: string,
  id: ClientOrderId | null,
): boolean {
  if (id === null) return false
  if (format.kind === 'text') return id.startsWith(`LS${tag}`)
  return Math.floor(Number(id) / SEQUENCES) === installationNumber(format.maximum, tag)
}

/** In the upper half of what the maximum leaves room for: counters and clocks of other programs are in the lower. */
function installationNumber(maximum: number, tag: string): number {
  const half = Math.floor((maximum + 1) / SEQUENCES / 2)
  return half + (Number.parseInt(tag, TAG_DIGITS) % half)
}
