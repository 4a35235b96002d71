import type { StoreError } from '../ports/store.ts'

/** Units that may wait for the disk. A disk this far behind does not come back by waiting. */
export const MAXIMUM_WAITING_UNITS = 10_000

/** Reads that may wait for their answers: some for every account. More of them were never answered in time. */
export const MAXIMUM_WAITING_READS = 10_000

export const QUEUE_FULL: StoreError = {
  kind: 'unavailable',
  message: `${MAXIMUM_WAITING_UNITS} units wait for the disk of the database: it is too slow or stuck.`,
}
