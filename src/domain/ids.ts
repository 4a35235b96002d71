/** Ids are branded and made once, at the edge; after that the compiler keeps them apart. */
declare const brand: unique symbol
type Id<Name extends string> = string & { readonly [brand]: Name }

export type AccountId = Id<'AccountId'>
export type SourceId = Id<'SourceId'>
export type StrategyId = Id<'StrategyId'>
export type LinkId = Id<'LinkId'>
export type DecisionId = Id<'DecisionId'>
export type IntentId = Id<'IntentId'>
export type NoticeId = Id<'NoticeId'>
export type UserId = Id<'UserId'>
export type LoginId = Id<'LoginId'>
export type ApiTokenId = Id<'ApiTokenId'>
export type SignalId = Id<'SignalId'>
export type HistoryJobId = Id<'HistoryJobId'>
export type PairId = Id<'PairId'>
export type RoundId = Id<'RoundId'>
/** `venue:symbol`, the same text in every table and log line. */
export type InstrumentId = Id<'InstrumentId'>
export type ClientOrderId = Id<'ClientOrderId'>
export type VenueOrderId = Id<'VenueOrderId'>
/** The venue's own id of one execution: what I3 is counted by. */
export type TradeId = Id<'TradeId'>

export type IdKind =
  | AccountId
  | SourceId
  | StrategyId
  | LinkId
  | DecisionId
  | IntentId
  | NoticeId
  | UserId
  | LoginId
  | ApiTokenId
  | SignalId
  | HistoryJobId
  | PairId
  | RoundId

export const VENUES = ['bybit', 'okx', 'lighter'] as const
export type VenueName = (typeof VENUES)[number]

/** 0 in one-way mode; 1 long and 2 short in hedge mode (refused so far, but in every key). */
export type PositionIndex = 0 | 1 | 2

export function instrumentId(venue: VenueName, symbol: string): InstrumentId {
  return `${venue}:${symbol}` as InstrumentId
}

export function symbolOf(id: InstrumentId): string {
  return id.slice(id.indexOf(':') + 1)
}

/** One account's place for one instrument: what a link, a position and an order lock are keyed by. */
export type PositionKey = Id<'PositionKey'>

export function positionKey(
  accountId: AccountId,
  instrument: InstrumentId,
  index: PositionIndex,
): PositionKey {
  return `${accountId}/${instrument}/${index}` as PositionKey
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** An id that came from outside, or undefined: in lower case, so that one row has one spelling. */
export function parseId<T extends IdKind>(text: string): T | undefined {
  return UUID.test(text) ? (text as T) : undefined
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const VARIANTS = '89ab'

/** Time-ordered UUID (RFC 9562, version 7). @param random ten bytes */
export function uuidv7<T extends IdKind>(nowMs: number, random: Uint8Array): T {
  const time = Math.trunc(nowMs).toString(16).padStart(12, '0')
  const hex = (at: number): string => HEX[random[at] ?? 0] ?? ''
  const variant = VARIANTS.charAt(((random[2] ?? 0) >> 4) & 3)
  const third = `7${hex(0).charAt(1)}${hex(1)}`
  const fourth = `${variant}${hex(2).charAt(1)}${hex(3)}`
  const fifth = `${hex(4)}${hex(5)}${hex(6)}${hex(7)}${hex(8)}${hex(9)}`
  return `${time.slice(0, 8)}-${time.slice(8)}-${third}-${fourth}-${fifth}` as T
}
