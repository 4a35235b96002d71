import { DatabaseSync } from 'node:sqlite'

/** To be loaded before a writer: its databases do not wait for the disk, which a cut must bring to light. */
const { exec } = DatabaseSync.prototype
DatabaseSync.prototype.exec = function execUnsynced(this: DatabaseSync, sql: string): void {
  exec.call(this, sql.replace('synchronous = FULL', 'synchronous = OFF'))
}
