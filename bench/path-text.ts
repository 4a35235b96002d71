import { type PathReport, type Spread, STAGES } from './path.ts'

/** The report for a person, with how it was measured. */
export function pathText(report: PathReport): string {
  const { followers, rounds, lastOrderMs, cpuUsPerOrder, rssMb, fsyncMs, missing, cores, node } = report
  return [
    `path: ${followers} followers, ${rounds} rounds (opening and closing in turn), ${cores} cores, Node ${node}`,
    'exchange in a process of its own with its limits off, sockets warm, SQLite on disk with synchronous=FULL',
    ...STAGES.map(name => `  ${name.padEnd(11)} ${textOf(report.stages[name])}`),
    `  last order  ${textOf(lastOrderMs)}   (the leader's fill to the exchange's receipt of the last order)`,
    `  fsync       ${textOf(fsyncMs)}   (the floor: one page made durable in the same folder)`,
    `  cpu         ${cpuUsPerOrder} us per order, reports and the leader's own request included`,
    `  memory      ${rssMb} MB`,
    'Times are whole milliseconds of two clocks of one machine, so a mean says more than a small median.',
    ...(missing === 0 ? [] : [`${missing} orders did not come: these figures are not of every follower.`]),
  ].join('\n')
}

function textOf({ p50, p99, mean }: Spread): string {
  return `p50 ${p50} ms, p99 ${p99} ms, mean ${mean} ms`
}
