import type { z } from 'zod'
import type {
  leverageShape,
  limitsShape,
  linkAnswer,
  sizingShape,
  strategyAnswer,
} from '../../../protocol/rest/strategies.ts'
import { type Decimal, decimal } from '../../domain/decimal.ts'
import { type InstrumentId, instrumentId, VENUES } from '../../domain/ids.ts'
import { must } from '../../domain/result.ts'
import type { LeverageRule, Link, RiskLimits, Sizing, Strategy } from '../../domain/strategy.ts'
import { text, textOrNull } from './amounts.ts'

type SizingShape = z.infer<typeof sizingShape>
type LeverageShape = z.infer<typeof leverageShape>
type LimitsShape = z.infer<typeof limitsShape>

export function strategyView(strategy: Strategy): z.infer<typeof strategyAnswer> {
  const { id, name, origin, sourceId, mode, sizing, entry, leverage, limits, symbolMap } = strategy
  return {
    id,
    name,
    origin,
    sourceId,
    mode,
    sizing: sizingView(sizing),
    entry: { ...entry },
    leverage: leverageView(leverage),
    limits: limitsView(limits),
    symbolMap: Object.fromEntries(symbolMap),
    maxAgeMs: strategy.maxAgeMs,
    maxDriftBps: strategy.maxDriftBps,
  }
}

export function linkView(link: Link): z.infer<typeof linkAnswer> {
  const { id, origin, strategyId, accountId, mode, sizing } = link
  return { id, origin, strategyId, accountId, mode, sizing: sizing === null ? null : sizingView(sizing) }
}

function sizingView(sizing: Sizing): SizingShape {
  switch (sizing.kind) {
    case 'fixed_notional':
      return { ...sizing, notional: text(sizing.notional) }
    case 'fixed_quantity':
      return { ...sizing, quantity: text(sizing.quantity) }
    default:
      return { ...sizing, ratio: text(sizing.ratio) }
  }
}

export function sizingOf(shape: SizingShape): Sizing {
  switch (shape.kind) {
    case 'fixed_notional':
      return { ...shape, notional: decimal(shape.notional) }
    case 'fixed_quantity':
      return { ...shape, quantity: decimal(shape.quantity) }
    default:
      return { ...shape, ratio: decimal(shape.ratio) }
  }
}

export function sizingOrNull(shape: SizingShape | null): Sizing | null {
  return shape === null ? null : sizingOf(shape)
}

function leverageView(rule: LeverageRule): LeverageShape {
  return rule.kind === 'follow' ? { ...rule } : { ...rule, leverage: text(rule.leverage) }
}

export function leverageOf(shape: LeverageShape): LeverageRule {
  return shape.kind === 'follow' ? shape : { ...shape, leverage: decimal(shape.leverage) }
}

function limitsView(limits: RiskLimits): LimitsShape {
  return {
    ...limits,
    maximumLeverage: textOrNull(limits.maximumLeverage),
    maximumOrderNotional: textOrNull(limits.maximumOrderNotional),
    maximumSymbolNotional: textOrNull(limits.maximumSymbolNotional),
    maximumTotalNotional: textOrNull(limits.maximumTotalNotional),
    allowedSymbols: limits.allowedSymbols === null ? null : [...limits.allowedSymbols],
    deniedSymbols: [...limits.deniedSymbols],
    allowedSides: limits.allowedSides === null ? null : [...limits.allowedSides],
  }
}

export function limitsOf(shape: LimitsShape): RiskLimits {
  return {
    ...shape,
    maximumLeverage: decimalOrNull(shape.maximumLeverage),
    maximumOrderNotional: decimalOrNull(shape.maximumOrderNotional),
    maximumSymbolNotional: decimalOrNull(shape.maximumSymbolNotional),
    maximumTotalNotional: decimalOrNull(shape.maximumTotalNotional),
  }
}

export function decimalOrNull(amount: string | null): Decimal | null {
  return amount === null ? null : decimal(amount)
}

export function symbolMapOf(
  shape: Readonly<Record<string, string>>,
): ReadonlyMap<InstrumentId, InstrumentId> {
  return new Map(
    Object.entries(shape).map(([leader, follower]) => [instrumentOf(leader), instrumentOf(follower)]),
  )
}

/** @param name `venue:symbol`, as the schemas check it */
export function instrumentOf(name: string): InstrumentId {
  const venue = must(
    VENUES.find(each => name.startsWith(`${each}:`)),
    `${name} names a venue`,
  )
  return instrumentId(venue, name.slice(venue.length + 1))
}
