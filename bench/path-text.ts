import { type PathReport, type Spread, STAGES } from './path-report.ts'

/** The report for a person, with how it was measured. */
export function pathText(report: PathReport): string {
  const { followers, rounds, stages, missing, cores, node } = report
  return [
    `path: ${followers} followers, ${rounds} rounds (opening and closing in turn), ${cores} cores, Node ${node}`,
    'The exchange runs in a process of its own with its limits off; sockets are warm; SQLite is on disk, synchronous=FULL.',
    ...STAGES.map(name => `  ${name.padEnd(11)} ${textOf(stages[name])}`),
    `  last order  ${textOf(report.lastOrderMs)}   (from the leader's fill, by the exchange's clock)`,
    `    floor     ${textOf(report.floorLastOrderMs)}   ratio of medians ${report.ratioToFloor}`,
    `  cpu         ${report.cpuUsPerOrder} us per order, with its reports and the leader's own request`,
    `    floor     ${report.floorCpuUsPerOrder} us   ratio ${report.cpuRatioToFloor}`,
    `  fsync       ${textOf(report.fsyncMs)}   (one page made durable in the same folder)`,
    `  memory      ${report.rssMb} MB`,
    'The floor only parses the frame and sends: no store, no sizing, no risk. It takes turns with the server, on accounts of its own.',
    'Times are whole milliseconds, so a mean says more than a small median.',
    ...(missing === 0 ? [] : [`${missing} orders did not come: these figures leave them out.`]),
  ].join('\n')
}

function textOf({ p50, p99, mean }: Spread): string {
  return `p50 ${p50} ms, p99 ${p99} ms, mean ${mean} ms`
}
