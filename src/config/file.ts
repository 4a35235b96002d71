import { LineCounter, parseDocument } from 'yaml'
import { err, ok, type Result } from '../domain/result.ts'
import type { Path } from './keys.ts'
import type { ConfigProblem } from './problem.ts'

/** Values as written: text, lists and maps of text. */
export type Tree = string | Tree[] | { [key: string]: Tree }
export type TreeMap = { [key: string]: Tree }

/** config.yaml, read but not yet judged. */
export interface ConfigFile {
  readonly path: string
  readonly tree: TreeMap
  /** The line that a value begins at; undefined where the file does not have it. */
  lineOf(path: Path): number | undefined
}

export function parseFile(path: string, text: string): Result<ConfigFile, ConfigProblem[]> {
  const lines = new LineCounter()
  // The failsafe schema leaves every scalar the text it is: 0.1 must not become a float on its way to a decimal.
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: lines })
  if (document.errors.length > 0) {
    return err(
      document.errors.map(error => ({
        path: '',
        place: `${path}:${error.linePos?.[0].line ?? 1}`,
        message: `this is not YAML: ${error.message.split('\n')[0]}`,
      })),
    )
  }
  const tree: unknown = document.contents === null ? {} : document.toJS()
  if (!isTreeMap(tree)) {
    return err([{ path: '', place: path, message: 'expected keys with values, like "log:" and "risk:"' }])
  }
  const lineOf = (at: Path) => {
    const node = document.getIn(at, true)
    const start =
      node instanceof Object && 'range' in node && Array.isArray(node.range) ? node.range[0] : null
    return typeof start === 'number' ? lines.linePos(start).line : undefined
  }
  return ok({ path, tree, lineOf })
}

export function isTreeMap(value: unknown): value is TreeMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
