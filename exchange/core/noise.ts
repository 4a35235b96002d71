/** Chance as a pure function of where it is asked: the same numbers in give the same number out, in any order. */
export function hash32(seed: number, a: number, b = 0, c = 0): number {
  return mix(mix(mix(mix(0, seed), a), b), c) >>> 0
}

/** Evenly in [0, 1). */
export function unitNoise(seed: number, a: number, b = 0, c = 0): number {
  return hash32(seed, a, b, c) / 2 ** 32
}

/** A seed of its own for each text, so that two symbols never share their chance (FNV-1a). */
export function seedOf(seed: number, text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash32(seed, hash)
}

/** MurmurHash3's finalizer: every bit of the input reaches every bit of the output. */
function mix(state: number, value: number): number {
  let hash = (Math.imul(state, 31) + 0x9e3779b9) ^ value
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
