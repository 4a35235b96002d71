/** Numbers that could not be measured (a round that did not end) are left out. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.filter(value => Number.isFinite(value)).sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The median of what each round says by itself: both sides of a pair met the same noise. */
export function medianRatio(of: readonly number[], to: readonly number[]): number {
  return median(of.map((value, index) => value / (to[index] ?? Number.NaN)))
}

export function rounded(value: number, places = 2): number {
  const scale = 10 ** places
  return Math.round(value * scale) / scale
}
