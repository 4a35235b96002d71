import { instrumentId } from '../../src/domain/ids.ts'
import { amountOf, signed, textOf } from '../simulation/checkers/amounts.ts'
import type { Evidence } from './evidence.ts'
import { SYMBOL } from './world.ts'

const INSTRUMENT = instrumentId('bybit', SYMBOL)

interface FillsVerdict {
  readonly positionMismatches: number
  readonly foreignFills: number
}

/** I3 and I4: every trade once, and what is held is opening + attributed + foreign, exactly. */
export function judgeFills(evidence: Evidence): FillsVerdict {
  let positionMismatches = 0
  let foreignFills = 0
  for (const { name, status } of evidence.records.image.accounts) {
    const opening = status === 'inactive' ? null : judgeTrades(evidence, name)
    const problems = judgePosition(evidence, name, opening ?? 0n)
    for (const problem of problems) evidence.violate('I4', `${name}: ${problem}`)
    if (problems.length > 0) positionMismatches += 1
    const stored = evidence.records.fills.get(name) ?? []
    if (name !== evidence.leader) foreignFills += stored.filter(fill => fill.intentId === null).length
  }
  return { positionMismatches, foreignFills }
}

/** @returns what the exchange traded on the account before it was counted here, signed */
function judgeTrades({ audit, records, violate }: Evidence, name: string): bigint {
  const account = records.image.accounts.find(row => row.name === name)
  const position = records.image.positions.find(
    row => row.accountId === account?.id && row.instrumentId === INSTRUMENT,
  )
  const baseline = position?.baselineSequence ?? 0
  const missing = new Set<string>()
  let opening = 0n
  for (const fill of audit.fills) {
    if (fill.account !== name) continue
    if (fill.sequence > baseline) missing.add(fill.tradeId)
    else opening += signed(fill.side, amountOf(fill.quantity))
  }
  const seen = new Set<string>()
  for (const { fill } of records.fills.get(name) ?? []) {
    if (seen.has(fill.tradeId)) violate('I3', `${name}: trade ${fill.tradeId} is stored twice`)
    seen.add(fill.tradeId)
    if (!missing.delete(fill.tradeId))
      violate('I3', `${name}: trade ${fill.tradeId} is stored, the exchange has no such trade`)
  }
  for (const tradeId of missing) violate('I3', `${name}: trade ${tradeId} of the exchange is not stored`)
  return opening
}

/** @returns what does not add up, in words; of the symbol that everybody trades */
function judgePosition({ audit, records, venuePositions }: Evidence, name: string, before: bigint): string[] {
  const { image } = records
  const account = image.accounts.find(row => row.name === name)
  const stored = image.positions.find(row => row.accountId === account?.id && row.instrumentId === INSTRUMENT)
  let attributed = 0n
  let foreign = 0n
  for (const row of records.fills.get(name) ?? []) {
    if (row.fill.instrumentId !== INSTRUMENT) continue
    attributed += row.attributed
    foreign += signed(row.fill.side, row.fill.quantity) - row.attributed
  }
  const opening = stored?.openingQuantity ?? 0n
  const counted = opening + attributed + foreign
  const link = records.links.find(row => row.account.name === name)
  const state = image.linkStates.find(row => row.linkId === link?.link.id)
  const venue = audit.positions.get(`${name}/${SYMBOL}`) ?? 0n
  const problems: string[] = []
  const same = (what: string, a: bigint, b: bigint): void => {
    if (a !== b) problems.push(`${what}: ${textOf(a)} against ${textOf(b)}`)
  }
  same('opening + attributed + foreign, and the trades of the audit log', counted, venue)
  same('the position here, and the trades of the audit log', stored?.quantity ?? 0n, venue)
  same('what the venue answers, and the trades of its audit log', venuePositions.get(name) ?? 0n, venue)
  same('the opening here, and what the venue traded before', opening, before)
  if (link !== undefined)
    same('the state of the link, and its attributed trades', state?.attributed ?? 0n, attributed)
  return problems
}
