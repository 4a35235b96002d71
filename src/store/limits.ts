import type { StoreError } from '../ports/store.ts'

/** Units that may wait for the disk. A disk this far behind does not come back by waiting. */
export const MAXIMUM_WAITING_UNITS = 10_000

export const QUEUE_FULL: StoreError = {
  kind: 'unavailable',
  message: `${MAXIMUM_WAITING_UNITS} units wait for the disk of the database: it is too slow or stuck.`,
}
