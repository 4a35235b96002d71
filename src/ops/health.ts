/** degraded: it works, and somebody should look. down: what needs it stands still. */
export type PartStatus = 'up' | 'degraded' | 'down'

export interface PartState {
  readonly status: PartStatus
  /** What to know or do; null: nothing. */
  readonly detail: string | null
}

/** A part of the server that can be well or not; the check reads memory and never waits. */
export interface Part {
  readonly name: string
  check(): PartState
}

export class Health {
  readonly #parts: () => readonly Part[]
  #ready = false

  /** @param parts those that there are now */
  constructor(parts: () => readonly Part[]) {
    this.#parts = parts
  }

  /** Every part by name. One that cannot even be asked is down. */
  parts(): readonly (PartState & { readonly name: string })[] {
    return this.#parts().map(part => ({ name: part.name, ...stateOf(part) }))
  }

  ready(): boolean {
    return this.#ready
  }

  /** After everything runs, and again with false before anything stops. */
  setReady(ready: boolean): void {
    this.#ready = ready
  }
}

function stateOf(part: Part): PartState {
  try {
    return part.check()
  } catch {
    // Its own words may name what only the log should.
    return { status: 'down', detail: 'It cannot be asked. See the log.' }
  }
}
