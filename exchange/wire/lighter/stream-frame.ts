/** A frame on its way to everybody who listens to its channel. */
export interface StreamFrame {
  /** Whose it is; null: everybody's. */
  readonly account: string | null
  /** The channel without its numbers: what faults aim at. */
  readonly name: string
  readonly key: string
  readonly text: string
}
