import { cpus } from 'node:os'
import type { Recoveries, Recovery } from '../../test/chaos/pair-recovery.ts'
import { quantile, rounded } from '../fanout/figures.ts'
import type { Fills, Round } from './run.ts'

/** All in ms but `rounds`. */
export interface HedgeReport {
  /** Fills of each kind. */
  readonly rounds: number
  /** Full fills: from A's frame in this process to B's order on its socket, the intent durable. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** The same of partial fills, where the cancel of A's rest comes first. */
  readonly partialP50Ms: number
  readonly partialP99Ms: number
  /** From A's fill to B's, by the venue's clock; of both kinds together, and apart. */
  readonly unhedgedP99Ms: number
  readonly fullUnhedgedP50Ms: number
  readonly fullUnhedgedP99Ms: number
  readonly partialUnhedgedP50Ms: number
  readonly partialUnhedgedP99Ms: number
  /** Stages of a full fill, medians. */
  readonly decideP50Ms: number
  readonly commitP50Ms: number
  readonly commitP99Ms: number
  readonly sendP50Ms: number
  /** From A's frame to the cancel of its rest on its socket. */
  readonly cancelP50Ms: number
  /** What a venue that wants one signed adds: Lighter's, through the signer's thread and back. */
  readonly signatureMs: number
  /** From a restart after kill -9 between A's fill and B's order to that order: the slowest, the fill durable or not. */
  readonly recoverMs: number
  /** A's fill was not durable. */
  readonly recoverUncommittedP50Ms: number
  /** B's claim was durable, and its order not sent. */
  readonly recoverUnsentP50Ms: number
  /** B's order was marked as leaving: bounded by the proof that it never arrived. Not in recoverMs. */
  readonly recoverDoubtedMs: number
}

export interface Measured {
  readonly fills: Fills
  readonly recoveries: Recoveries
  readonly signatureMs: number
}

export function hedgeReport({ fills: { full, partial }, recoveries, signatureMs }: Measured): HedgeReport {
  const of = (rounds: readonly Round[], figure: (round: Round) => number, share: number): number =>
    rounded(quantile(rounds.map(figure), share))
  const total = (round: Round): number => round.totalMs
  const unhedged = (round: Round): number => round.unhedgedMs
  const recovered = (of: readonly Recovery[], share: number): number =>
    rounded(
      quantile(
        of.map(({ ms }) => ms),
        share,
      ),
      0,
    )
  return {
    rounds: full.length,
    p50Ms: of(full, total, 0.5),
    p99Ms: of(full, total, 0.99),
    partialP50Ms: of(partial, total, 0.5),
    partialP99Ms: of(partial, total, 0.99),
    unhedgedP99Ms: of([...full, ...partial], unhedged, 0.99),
    fullUnhedgedP50Ms: of(full, unhedged, 0.5),
    fullUnhedgedP99Ms: of(full, unhedged, 0.99),
    partialUnhedgedP50Ms: of(partial, unhedged, 0.5),
    partialUnhedgedP99Ms: of(partial, unhedged, 0.99),
    decideP50Ms: of(full, round => round.decideMs, 0.5),
    commitP50Ms: of(full, round => round.commitMs, 0.5),
    commitP99Ms: of(full, round => round.commitMs, 0.99),
    sendP50Ms: of(full, round => round.sendMs, 0.5),
    cancelP50Ms: of(partial, round => round.cancelMs, 0.5),
    signatureMs: rounded(signatureMs),
    recoverMs: recovered([...recoveries.uncommitted, ...recoveries.unsent], 1),
    recoverUncommittedP50Ms: recovered(recoveries.uncommitted, 0.5),
    recoverUnsentP50Ms: recovered(recoveries.unsent, 0.5),
    recoverDoubtedMs: recovered(recoveries.doubted, 1),
  }
}

export function hedgeText(report: HedgeReport): string {
  const [first] = cpus()
  return [
    `${cpus().length} cores (${first?.model ?? 'unknown'}), Node ${process.versions.node}; server and exchange a process each, no latency added, ${report.rounds} fills of each kind.`,
    `  full fill     A's frame -> B's order on the wire: p50 ${report.p50Ms} ms, p99 ${report.p99Ms} (decide ${report.decideP50Ms}, commit ${report.commitP50Ms}, p99 ${report.commitP99Ms}, send ${report.sendP50Ms})`,
    `                unhedged by the venue's clock: p50 ${report.fullUnhedgedP50Ms} ms, p99 ${report.fullUnhedgedP99Ms}`,
    `  partial fill  the same behind the cancel of A's rest: p50 ${report.partialP50Ms} ms, p99 ${report.partialP99Ms} (cancel on the wire ${report.cancelP50Ms})`,
    `                unhedged by the venue's clock: p50 ${report.partialUnhedgedP50Ms} ms, p99 ${report.partialUnhedgedP99Ms}`,
    `  signature     ${report.signatureMs} ms more where the venue wants one (Lighter)`,
    `  kill -9       A's fill not durable: B's order ${report.recoverUncommittedP50Ms} ms after the restart; B's claim durable and not sent: ${report.recoverUnsentP50Ms}; slowest of both ${report.recoverMs}`,
    `                B's order marked as leaving: ${report.recoverDoubtedMs} ms, when it is proven that it never arrived`,
  ].join('\n')
}
