import { cpus } from 'node:os'
import type { Memory } from './contender.ts'
import { median, medianRatio, quantile, rounded } from './figures.ts'
import type { ContenderName, Round, SizeRun } from './run.ts'

interface Spread {
  readonly p50: number
  readonly p99: number
}

export type Stages = Readonly<Record<'receive' | 'decide' | 'persist' | 'send', Spread>>

export interface SizeReport {
  readonly followers: number
  readonly rounds: number
  readonly ratioToFloor: number
  readonly timesFasterThanCcxt: number
  readonly cpuRatioToFloor: number
  readonly cycleCpuRatioToFloor: number
  readonly cpuUsPerOrder: number
  readonly rssMb: number
  readonly stages: Stages
  /** Medians of each contender, absolute: they mean something beside each other only. */
  readonly contenders: Readonly<Partial<Record<ContenderName, ContenderReport>>>
}

export interface ContenderReport {
  readonly lastOrderMs: Spread
  readonly firstOrderMs: number
  /** From the frame's arrival to the hand-over of the last order, by the contender's own clock. */
  readonly lastSendMs: number
  readonly sendCpuUsPerOrder: number
  readonly sendMainCpuUsPerOrder: number
  readonly cycleCpuUsPerOrder: number
  readonly rssMb: number
  readonly openMs: number
}

export function sizeReport(run: SizeRun): SizeReport {
  const { followers, rounds, memory } = run
  const ours = rounds.get('ours') ?? []
  const floor = rounds.get('floor') ?? []
  const ccxt = rounds.get('ccxt') ?? []
  const contenders: Partial<Record<ContenderName, ContenderReport>> = {}
  for (const name of rounds.keys()) contenders[name] = contenderReport(run, name)
  return {
    followers,
    rounds: ours.length,
    ratioToFloor: rounded(medianRatio(ours.map(lastOrder), floor.map(lastOrder))),
    timesFasterThanCcxt: rounded(medianRatio(ccxt.map(lastOrder), ours.map(lastOrder))),
    cpuRatioToFloor: rounded(medianRatio(ours.map(sendCpu), floor.map(sendCpu))),
    cycleCpuRatioToFloor: rounded(medianRatio(ours.map(cycleCpu), floor.map(cycleCpu))),
    cpuUsPerOrder: rounded(median(ours.map(sendCpu)) / followers, 1),
    rssMb: rounded(memory.get('ours')?.rssMb ?? Number.NaN, 0),
    stages: stagesOf(ours),
    contenders,
  }
}

const lastOrder = (round: Round): number => round.lastOrderMs
const sendCpu = (round: Round): number => round.sendCpuUs
const cycleCpu = (round: Round): number => round.cycleCpuUs

function contenderReport(
  { followers, rounds, memory, openMs }: SizeRun,
  name: ContenderName,
): ContenderReport {
  const own = rounds.get(name) ?? []
  return {
    lastOrderMs: spread(own.map(lastOrder)),
    firstOrderMs: rounded(median(own.map(round => round.firstOrderMs))),
    lastSendMs: rounded(median(own.map(round => round.lastSendAt - round.frameAt))),
    sendCpuUsPerOrder: rounded(median(own.map(sendCpu)) / followers, 1),
    sendMainCpuUsPerOrder: rounded(median(own.map(round => round.sendMainCpuUs)) / followers, 1),
    cycleCpuUsPerOrder: rounded(median(own.map(cycleCpu)) / followers, 1),
    rssMb: rounded(memory.get(name)?.rssMb ?? Number.NaN, 0),
    openMs: rounded(openMs.get(name) ?? Number.NaN, 0),
  }
}

/** receive is the leader's frame on its way in; the others are each order's own, one after the other. */
function stagesOf(rounds: readonly Round[]): Stages {
  const hops = rounds.flatMap(round => round.hops)
  return {
    receive: spread(rounds.map(({ frameAt, leftAt }) => frameAt - leftAt)),
    decide: spread(hops.map(hop => hop.decideMs)),
    persist: spread(hops.map(hop => hop.persistMs)),
    send: spread(hops.map(hop => hop.sendMs)),
  }
}

function spread(values: readonly number[]): Spread {
  return { p50: rounded(median(values)), p99: rounded(quantile(values, 0.99)) }
}

export function sizeText(report: SizeReport): string {
  const { followers, rounds, stages } = report
  const rows = Object.entries(report.contenders).map(([name, each]) =>
    [
      name.padEnd(6),
      `last order ${each.lastOrderMs.p50} ms (p99 ${each.lastOrderMs.p99})`,
      `first ${each.firstOrderMs}`,
      `last hand-over ${each.lastSendMs}`,
      `CPU to last send ${each.sendCpuUsPerOrder} us/order (${each.sendMainCpuUsPerOrder} on the main thread)`,
      `whole cycle ${each.cycleCpuUsPerOrder}`,
      `RSS ${each.rssMb} MB`,
    ].join(', '),
  )
  const stage = Object.entries(stages).map(([name, { p50, p99 }]) => `${name} ${p50} (p99 ${p99})`)
  return [
    `${followers} followers, ${rounds} rounds`,
    ...rows.map(row => `  ${row}`),
    `  stages of ours, ms: ${stage.join(', ')}`,
    `  to the floor: time ${report.ratioToFloor}, CPU ${report.cpuRatioToFloor}, CPU of the whole cycle ${report.cycleCpuRatioToFloor}; ${report.timesFasterThanCcxt} times faster than ccxt`,
  ].join('\n')
}

export function memoryText(memory: ReadonlyMap<number, Memory>): string {
  const lines = Array.from(
    memory,
    ([size, { rssMb, heapMb, externalMb }]) =>
      `  ${size} accounts: RSS ${Math.round(rssMb)} MB, heap ${Math.round(heapMb)} MB, external ${Math.round(externalMb)} MB`,
  )
  return ['memory of the server, nothing traded yet', ...lines].join('\n')
}

export function howText(): string {
  const [first] = cpus()
  return [
    `${cpus().length} cores (${first?.model ?? 'unknown'}), Node ${process.versions.node}.`,
    'Exchange and contenders are a process each on this machine; all limits are off, those per address for setting up too.',
    "Time: from the leader's frame leaving the exchange to its receipt of the last order, by the exchange's clock.",
    "CPU: of all threads of the contender. Medians; ratios are medians of the rounds' own ratios. Odd rounds open, even ones close.",
  ].join('\n')
}
