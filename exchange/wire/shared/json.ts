import { err, ok, type Result } from '../../../src/domain/result.ts'

/** A hostile or broken text is a value here, never an exception. */
export function parseJson(text: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(text))
  } catch {
    return err('not JSON')
  }
}
