import type { Server } from 'node:http'
import { assert } from '../../src/domain/result.ts'

const LISTEN_PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken by another process. Choose another port, or 0 for a free one.',
  EADDRNOTAVAIL: 'is no address of this machine. Choose one that is, like 127.0.0.1.',
  EACCES: 'may not be used by this user. Choose a port above 1023.',
}

/** Why an address cannot be listened on, and what to do. @param at host:port */
export function listenProblem(error: unknown, at: string): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return `${at} ${LISTEN_PROBLEMS[code] ?? `cannot be listened on: ${String(error)}`}`
}

/** @returns host:port of a server that listens, as an address names it */
export function placeOf(server: Server): string {
  const address = server.address()
  assert(address !== null && typeof address === 'object', 'a listening server has an address')
  return `${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`
}
