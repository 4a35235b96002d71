/** One client's socket, as a session sees it. */
export interface Peer {
  /** The venue's conn_id. */
  readonly id: string
  readonly address: string
  send(text: string): void
  close(reason: string): void
  /** Neither reads nor writes any more, and stays open. */
  freeze(): void
}

/** What a stream's protocol does with one socket. */
export interface Session {
  receive(text: string): void
  /** A ping of the WebSocket's own came, and was answered. */
  pinged?(): void
  closed(): void
}

/** Who listens to what, both ways, so that a frame is made only when wanted and a closed socket leaves nothing. */
export class Subscribers {
  readonly #peers = new Map<string, Set<Peer>>()
  readonly #names = new Map<Peer, Set<string>>()

  add(name: string, peer: Peer): void {
    const peers = this.#peers.get(name) ?? new Set()
    this.#peers.set(name, peers.add(peer))
    const names = this.#names.get(peer) ?? new Set()
    this.#names.set(peer, names.add(name))
  }

  remove(name: string, peer: Peer): void {
    this.#names.get(peer)?.delete(name)
    const peers = this.#peers.get(name)
    peers?.delete(peer)
    if (peers?.size === 0) this.#peers.delete(name)
  }

  drop(peer: Peer): void {
    for (const name of [...(this.#names.get(peer) ?? [])]) this.remove(name, peer)
    this.#names.delete(peer)
  }

  has(name: string): boolean {
    return this.#peers.has(name)
  }

  listens(name: string, peer: Peer): boolean {
    return this.#peers.get(name)?.has(peer) === true
  }

  names(): Iterable<string> {
    return this.#peers.keys()
  }

  peersOf(name: string): readonly Peer[] {
    return [...(this.#peers.get(name) ?? [])]
  }

  send(name: string, text: string): void {
    for (const peer of this.#peers.get(name) ?? []) peer.send(text)
  }
}
