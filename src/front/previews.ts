import type { Previews } from '../api/trading.ts'
import { type Decimal, subtract, ZERO } from '../domain/decimal.ts'
import type { InstrumentId, LinkId } from '../domain/ids.ts'
import { ok } from '../domain/result.ts'
import type { Engine } from '../engine/engine.ts'
import { equityOf } from '../engine/holdings.ts'
import { followerInstrument, newLinkState, settingsOf } from '../engine/link-places.ts'
import { lastSteps } from '../engine/replay.ts'
import type { LinkRuntime } from '../engine/state.ts'
import type { LeaderStep } from '../logic/copy.ts'
import { type PreviewPlace, previewFills } from '../logic/preview.ts'
import { assess, type Exposure, type Proposal } from '../logic/risk.ts'
import type { Store } from '../ports/store.ts'

/** A leader's fills that a preview goes back over: an order of many executions has some of them for itself. */
const PREVIEWED_FILLS = 100

/** What the last fills of a source would have been for a link that does not exist. Nothing is written or kept. */
export function previewsOf({ engine, store }: { engine: Engine; store: Store }): Previews {
  const { context, sessions } = engine
  return {
    async link({ strategy, account: { id: accountId }, sizing }) {
      const source = context.state.sources.get(strategy.sourceId)
      const account = context.state.accounts.get(accountId)
      if (source === undefined || account === undefined) return ok([])
      const row = {
        id: 'preview' as LinkId,
        origin: 'api',
        accountId,
        mode: 'on',
        sizing,
        startSequence: 0,
      } as const
      const link: LinkRuntime = {
        link: { ...row, strategyId: strategy.id },
        strategy,
        account,
        source,
        holdings: new Map(),
        untraded: new Map(),
      }
      const past = await lastSteps(store, source, PREVIEWED_FILLS)
      const market = sessions.marketOf(account.account)
      const placeOf = ({ fill }: LeaderStep): PreviewPlace => {
        const instrumentId = followerInstrument(link, fill.instrumentId)
        return {
          instrumentId,
          instrument: market?.instrument(instrumentId) ?? null,
          settings: settingsOf(context, { link, receivedAt: context.now() }, instrumentId),
          state: { ...newLinkState(link, fill), leaderQuantity: leaderBefore(past, fill.instrumentId) },
        }
      }
      const equity = equityOf(context, account)?.equity ?? null
      const { maximumLeverage } = account.account
      const limits = [context.options.systemLimits, strategy.limits]
      const judge = (proposal: Proposal, exposures: readonly Exposure[]) =>
        assess({ proposal, exposures, limits, equity, maximumLeverage, ordersInLastMinute: 0 })
      return ok(previewFills({ steps: past, placeOf, assess: equity === null ? null : judge }))
    },
  }
}

/** Signed: what the leader held when the first of these began. */
function leaderBefore(steps: readonly LeaderStep[], instrumentId: InstrumentId): Decimal {
  const first = steps.find(({ fill }) => fill.instrumentId === instrumentId)?.changes[0]
  if (first === undefined) return ZERO
  return first.part === 'reduce' ? first.from : subtract(first.to, first.delta)
}
