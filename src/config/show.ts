import type { Config } from '../config.ts'
import { formatDecimal, fromUnits } from '../domain/decimal.ts'
import type { Path } from './keys.ts'
import { isSecret, pathText } from './problem.ts'

export interface ShownValue {
  readonly path: string
  readonly value: string
  /** The flag, the variable, the line of the file, or default. */
  readonly origin: string
}

/** Every value with where it comes from; keys and secrets are hidden. */
export function describeConfig(config: Config): ShownValue[] {
  const { originOf, ...values } = config
  const shown: ShownValue[] = []
  const walk = (value: unknown, path: Path): void => {
    if (isBranch(value)) {
      for (const [key, child] of Object.entries(value)) {
        walk(child, [...path, Array.isArray(value) ? Number(key) : key])
      }
    } else if (value !== undefined) {
      const text = isSecret(path) ? '[hidden]' : valueText(value)
      shown.push({ path: pathText(path), value: text, origin: originOf(path).place })
    }
  }
  walk(values, [])
  return shown
}

/** Lists of plain values are one value. */
function isBranch(value: unknown): value is object {
  if (Array.isArray(value)) return value.some(item => typeof item === 'object')
  return typeof value === 'object' && value !== null
}

function valueText(value: unknown): string {
  if (value === null) return 'none'
  if (typeof value === 'bigint') return formatDecimal(fromUnits(value))
  return Array.isArray(value) ? value.join(', ') : String(value)
}
