import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { err, ok, type Result } from '../domain/result.ts'

/** Makes the data folder where it is missing. @returns why it cannot be, with what to do */
export function makeFolder(folder: string): Result<void, string> {
  try {
    makeMissing(folder)
    return ok()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return err(`The data folder ${folder} cannot be made (${reason}). Name another data folder.`)
  }
}

/** Not Node's own recursive way: under a parent that takes no folders (/proc) it tries for ever. */
function makeMissing(folder: string): void {
  if (existsSync(folder) && statSync(folder).isDirectory()) return
  const parent = dirname(folder)
  if (parent !== folder && !existsSync(parent)) makeMissing(parent)
  mkdirSync(folder)
}
