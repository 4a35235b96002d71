export interface Sample {
  /** Ms from any start. */
  readonly at: number
  readonly value: number
}

const HOUR_MS = 3_600_000

/** What is added in an hour, by the straight line that lies closest to the samples; null: too few to say. */
export function slopePerHour(samples: readonly Sample[]): number | null {
  if (samples.length < 2) return null
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length
  const at = mean(sample => sample.at)
  const value = mean(sample => sample.value)
  const spread = mean(sample => (sample.at - at) ** 2)
  if (spread === 0) return null
  return (mean(sample => (sample.at - at) * (sample.value - value)) / spread) * HOUR_MS
}
