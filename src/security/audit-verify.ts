import type { AuditEntry } from '../domain/audit.ts'
import { type ChainHead, EMPTY_CHAIN, hashOf } from './audit-entry.ts'

/** Rows that are read at once. */
const PAGE = 500
/** A chain with more faults than these is wrong enough. */
const MAXIMUM_FAULTS = 100

/**
 * edited: a row is not what was hashed. broken: rows do not follow one another: one is missing, moved or made up.
 * cut: the end is missing. added: rows after the end that the server knows. head: the signed end is missing or
 * forged. continued: the server itself found the chain's end changed when it started, and said so there.
 */
export interface AuditFault {
  readonly kind: 'edited' | 'broken' | 'cut' | 'added' | 'head' | 'continued'
  readonly sequence: number
}

export interface AuditVerdict {
  readonly entries: number
  /** In order, the first hundred. */
  readonly faults: readonly AuditFault[]
  /** The end that was found: who notes it elsewhere can hold a later chain against it. */
  readonly head: ChainHead
}

export const CONTINUED = 'audit.continued'

type ReadAfter = (sequence: number, limit: number) => Promise<readonly AuditEntry[]>

/** Walks along the chain, page by page; can go on where it stopped. */
export class ChainWalk {
  readonly #read: ReadAfter
  readonly #faults: AuditFault[] = []
  #entries = 0
  #last: ChainHead = EMPTY_CHAIN

  constructor(read: ReadAfter) {
    this.#read = read
  }

  /** To the end of what is there now. */
  async walk(): Promise<void> {
    for (;;) {
      const page = await this.#read(this.#last.sequence, PAGE)
      for (const entry of page) this.#take(entry)
      if (page.length < PAGE) return
    }
  }

  /** @param head the end that the server knows; `forged`: what it kept of it cannot be trusted */
  verdict(head: ChainHead | 'forged'): AuditVerdict {
    const last = this.#last
    if (head === 'forged') this.#fault('head', last.sequence)
    else if (last.sequence < head.sequence) this.#fault('cut', last.sequence + 1)
    else if (last.sequence > head.sequence) this.#fault('added', head.sequence + 1)
    // The rows may all fit one another: who hashed them anew has no key for the head.
    else if (last.hash !== head.hash) this.#fault('edited', last.sequence)
    return { entries: this.#entries, faults: this.#faults, head: last }
  }

  #take(entry: AuditEntry): void {
    const { sequence, hash, previousHash } = entry
    this.#entries += 1
    if (hashOf(entry) !== hash) this.#fault('edited', sequence)
    if (sequence !== this.#last.sequence + 1 || previousHash !== this.#last.hash)
      this.#fault('broken', sequence)
    if (entry.action === CONTINUED) this.#fault('continued', sequence)
    this.#last = { sequence, hash }
  }

  #fault(kind: AuditFault['kind'], sequence: number): void {
    if (this.#faults.length < MAXIMUM_FAULTS) this.#faults.push({ kind, sequence })
  }
}
