/** Where the gateway's queues, caches and rates end; those that the client knows too are in protocol/live.ts. */
export const LIMITS = {
  /** Deltas of one stream that are held for those who come back, and for how long. */
  heldFrames: 32,
  heldMs: 60_000,
  /** PnL and tickers are told at most this often: ten times a second. */
  conflateMs: 100,
  /** Of all users together; each has its timers and buffers. */
  sockets: 10_000,
  socketsPerUser: 20,
  /** Requests of one socket: so many at once, and then so many each second. */
  requestBurst: 40,
  requestsPerSecond: 20,
  /** Requests that cannot be read or come too fast: so many at once, and one more every ten seconds. */
  badRequestBurst: 20,
  badRequestsPerSecond: 0.1,
  /** Bytes that it did not ask for and that wait for a socket which does not read: it is dropped, and gets its snapshots as it comes again. */
  waitingBytes: 1_024 * 1_024,
  /** Snapshots it asked for and has not read, as it asks for more: 50 accounts with 200 orders each are about 3 MiB. */
  askedBytes: 8 * 1_024 * 1_024,
  /** A connection without a valid handshake is closed after it. */
  handshakeMs: 10_000,
  /** Handshakes without a token that is taken, of one address; a right one gets in from there all the same. */
  failedHandshakes: 30,
  failedHandshakesMs: 60_000,
  /** Addresses whose failed handshakes are counted; one more forgets the oldest. */
  countedAddresses: 10_000,
  /** Half-open connections are found within the sum of both. */
  pingMs: 10_000,
  pongMs: 10_000,
} as const
