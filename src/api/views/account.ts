import type { z } from 'zod'
import type {
  accountAnswer,
  balancesAnswer,
  keyCheckAnswer,
  positionsAnswer,
  venueOrdersAnswer,
} from '../../../protocol/rest/accounts.ts'
import type { Account } from '../../domain/account.ts'
import type { AccountProfile } from '../../domain/user.ts'
import type { BalanceView, OrderView, PositionView } from '../../ports/watch.ts'
import type { KeyCheck } from '../services.ts'
import { text, textOrNull } from './amounts.ts'

export function accountView(
  account: Account,
  { profile, flattened }: { profile: AccountProfile; flattened: boolean },
): z.infer<typeof accountAnswer> {
  const { id, name, kind, origin, venue, environment, status, maximumLeverage } = account
  return {
    id,
    name,
    kind,
    origin,
    venue,
    environment,
    status,
    flattened,
    maximumLeverage: text(maximumLeverage),
    ownerId: profile.ownerId,
    labels: [...profile.labels],
  }
}

export function keyCheckView({ permissions, problem, warning }: KeyCheck): z.infer<typeof keyCheckAnswer> {
  return { ...permissions, addresses: [...permissions.addresses], problem, warning }
}

type RowOf<T extends z.ZodType<{ rows: unknown[] }>> = z.infer<T>['rows'][number]

export function balanceView(row: BalanceView): RowOf<typeof balancesAnswer> {
  return {
    currency: row.currency,
    total: text(row.total),
    available: text(row.available),
    equity: textOrNull(row.equity),
    unrealizedPnl: textOrNull(row.unrealizedPnl),
    marginUsed: textOrNull(row.marginUsed),
  }
}

export function positionView(row: PositionView): RowOf<typeof positionsAnswer> {
  return {
    instrument: row.instrumentId,
    side: row.side,
    quantity: text(row.quantity),
    averagePrice: text(row.averagePrice),
    markPrice: textOrNull(row.markPrice),
    liquidationPrice: textOrNull(row.liquidationPrice),
    leverage: textOrNull(row.leverage),
    unrealizedPnl: textOrNull(row.unrealizedPnl),
    notional: textOrNull(row.notional),
  }
}

export function venueOrderView({ instrumentId, ...row }: OrderView): RowOf<typeof venueOrdersAnswer> {
  return {
    ...row,
    instrument: instrumentId,
    quantity: text(row.quantity),
    filled: text(row.filled),
    limitPrice: textOrNull(row.limitPrice),
    averagePrice: textOrNull(row.averagePrice),
  }
}
