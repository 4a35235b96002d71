/** Why the server ended a socket, or did not let it in. */
export type DropReason =
  | 'origin'
  | 'full'
  | 'token'
  | 'too_often'
  | 'revoked'
  | 'too_slow'
  | 'bad_requests'
  | 'server_stops'

/** What is counted of the gateway. */
export interface LiveObserver {
  connected(): void
  disconnected(): void
  dropped(reason: DropReason): void
  /** One packet to one socket, whatever it holds. */
  delivered(bytes: number): void
  /** How many streams more one socket reads than before; less than 0: fewer. */
  subscribed(streams: number): void
  resynced(): void
  badRequest(): void
}

export const NO_OBSERVER: LiveObserver = {
  connected() {},
  disconnected() {},
  dropped() {},
  delivered() {},
  subscribed() {},
  resynced() {},
  badRequest() {},
}
