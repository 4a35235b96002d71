/** Chance, as the engine may know it: seeded in the simulator, the system's in production. */
export interface Random {
  /** Evenly in [0, 1). For jitter; never for secrets. */
  next(): number
  bytes(length: number): Uint8Array
}

/** Bytes that nobody can guess and that are given out once: for keys, tokens and nonces. Always the system's. */
export type SecureRandom = (length: number) => Uint8Array
