import type { CandleReport } from './report.ts'

/** What a run showed, for a person. */
export function summary(report: CandleReport): string {
  const { leaderFills, leaderOrders, outcomes, expectedOutcomes, orders, foreignFills } = report
  const { hours, speed, wallSeconds, medianMs, p99Ms, positionMismatches, violations, rssMb } = report
  return [
    `${hours} hours of candles at ${speed}x in ${wallSeconds} s`,
    `leader       ${leaderOrders} orders, ${leaderFills} fills; refused: ${listOf(report.leaderRefused)}`,
    `outcomes     ${outcomes} of ${expectedOutcomes} expected (leader fills x links that were on)`,
    `decisions    ${listOf(report.outcomesByKind)}`,
    `reasons      ${listOf(report.reasons)}`,
    `orders       ${orders} of ours reached the exchange; ${foreignFills} fills were by hand`,
    `copies       leader's fill to follower's fill: median ${medianMs} ms, p99 ${p99Ms} ms (resting entries left out)`,
    `positions    ${positionMismatches} do not add up`,
    `the server   warnings and errors: ${listOf(report.events)}; memory ${rssMb} MB with leader and judge`,
    ...report.followers.map(
      ({ name, sizing, entry, medianMs: median, p99Ms: p99, decisions }) =>
        `  ${name.padEnd(5)} ${sizing}, ${entry}: ${listOf(decisions)}${median === null ? '' : ` (${median} ms, p99 ${p99} ms)`}`,
    ),
    `invariants   ${report.invariantsBroken} broken`,
    ...violations.slice(0, 20).map(({ invariant, text }) => `  ${invariant}: ${text}`),
  ].join('\n')
}

function listOf(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
  return parts.length === 0 ? 'none' : parts.join(', ')
}
