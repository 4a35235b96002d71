import { must } from '../../domain/result.ts'

/** What one unit has changed so far, so that all of it can be taken back. */
export class Changes {
  readonly #undo: (() => void)[] = []

  /** @returns null: nothing speaks against it */
  put<Key, Row>(table: Map<Key, Row>, at: Key, row: Row): null {
    this.#remember(table, at)
    table.set(at, row)
    return null
  }

  remove<Key, Row>(table: Map<Key, Row>, at: Key): null {
    this.#remember(table, at)
    table.delete(at)
    return null
  }

  takeBack(): void {
    for (const undo of this.#undo.splice(0).reverse()) undo()
  }

  #remember<Key, Row>(table: Map<Key, Row>, at: Key): void {
    const had = table.has(at)
    const before = table.get(at)
    this.#undo.push(() => {
      if (had) table.set(at, must(before, 'what was there is put back'))
      else table.delete(at)
    })
  }
}

/** No part can run into the next, whatever is in it. */
export function key(...parts: readonly (string | number)[]): string {
  return JSON.stringify(parts)
}
