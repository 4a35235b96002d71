import { flagsOf, type Mask, NO_MASK, SWITCHES, type Switch } from './mask.ts'
import type { SimulationReport } from './simulate.ts'

/** How often a failing seed is run again to find what it does not need. */
export const MAXIMUM_TRIES = 80
const SHORTEST_MS = 500

export type Run = (mask: Mask) => Promise<SimulationReport>

export interface Shrunk {
  readonly mask: Mask
  readonly report: SimulationReport
  readonly tries: number
}

/**
 * Takes from a failing seed what it does not need to break the same invariant: kinds of trouble, time, followers.
 *
 * Greedy: what is left cannot be taken away by itself, but perhaps together with something else.
 *
 * @returns null when the seed breaks nothing
 */
export async function shrink(run: Run): Promise<Shrunk | null> {
  const whole = await run(NO_MASK)
  const [first] = whole.violations
  if (first === undefined) return null
  let best: Shrunk = { mask: NO_MASK, report: whole, tries: 0 }
  let tries = 0
  const attempt = async (change: Partial<Mask>): Promise<boolean> => {
    if (tries >= MAXIMUM_TRIES) return false
    tries += 1
    const mask = { ...best.mask, ...change }
    const report = await run(mask)
    const isSame = report.violations.some(({ invariant }) => invariant === first.invariant)
    if (isSame) best = { mask, report, tries }
    return isSame
  }
  const drop = async (switches: readonly Switch[]): Promise<void> => {
    if (switches.length === 0 || (await attempt({ without: [...best.mask.without, ...switches] }))) return
    const middle = Math.ceil(switches.length / 2)
    if (switches.length === 1) return
    await drop(switches.slice(0, middle))
    await drop(switches.slice(middle))
  }
  // The shorter a run is, the less each further try costs: time comes first, and once more at the end.
  const shorten = async (): Promise<void> => {
    let tradingMs = best.mask.tradingMs ?? Math.ceil(best.report.virtualMs)
    while (tradingMs > SHORTEST_MS && (await attempt({ tradingMs: Math.floor(tradingMs / 2) })))
      tradingMs = Math.floor(tradingMs / 2)
  }
  await attempt({ tradingMs: Math.ceil(first.at) })
  await shorten()
  for (const followers of [1, 2, 4]) if (await attempt({ followers })) break
  await drop(SWITCHES)
  await shorten()
  return { ...best, tries }
}

/** What is left, in words, and how to run just that again. */
export function describeShrunk({ mask, report, tries }: Shrunk): string {
  const { world, seed, steps, violations } = report
  const needed = SWITCHES.filter(name => !mask.without.includes(name))
  const without =
    mask.without.length === 0 ? 'with everything' : `without all but ${needed.join(', ') || 'trading'}`
  const time = mask.tradingMs === null ? [] : [`${mask.tradingMs} ms of trading`]
  const followers =
    mask.followers === null ? [] : [`${world === 'pairs' ? 'pairs' : 'followers'}: ${mask.followers}`]
  const [first] = violations
  return [
    `shrunk: seed ${seed} ${[without, ...time, ...followers].join(', ')}, ${steps} events, after ${tries} tries`,
    `  [${first?.invariant}] ${first?.text}`,
    `  again: npm run simulate -- ${flagsOf({ world, seed, mask })}`,
  ].join('\n')
}
