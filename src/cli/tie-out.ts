import type { z } from 'zod'
import type { tieOutAnswer } from '../../protocol/rest/history.ts'

type Row = z.infer<typeof tieOutAnswer>

const NOTHING = '0'
const WIDTH = 'differs'.length

/** A line for each day: what the wallet says, and where another list says something else. */
export function tieOutText(rows: readonly Row[]): string {
  return rows.map(dayLine).join('\n') || 'There are no rows of these days.'
}

function dayLine(row: Row): string {
  const { day, isComplete, isTied, result, fees, funding, total, otherChange } = row
  const earned = `wallet ${total.byWallet} = result ${result.byWallet} - fees ${fees.byWallet} + funding ${funding.byWallet}`
  const moved = otherChange === NOTHING ? '' : `, transfers ${otherChange}`
  const whole = isComplete ? '' : ', not all of the day is here'
  return `${day}  ${wordOf(row).padEnd(WIDTH)}  ${earned}${moved}${isTied ? '' : `; ${differences(row)}`}${whole}`
}

function wordOf({ isTied, total }: Row): string {
  if (isTied) return 'tied'
  return total.difference === null ? 'unknown' : 'differs'
}

/** By how much the wallet has more than the other list, of everything that differs. */
function differences({ result, fees, funding, total }: Row): string {
  const told = Object.entries({ result, fees, funding, total }).flatMap(([name, { difference }]) =>
    difference === null || difference === NOTHING ? [] : [`${name} ${difference}`],
  )
  const unknown = total.difference === null ? ['the venue does not tell the fees of a closing'] : []
  const more = told.length === 0 ? [] : [`the wallet has more by ${told.join(', ')}`]
  return [...unknown, ...more].join('; ')
}
