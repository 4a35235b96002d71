import type { Log } from '../ports/observe.ts'
import type { Api } from './api.ts'

const LOOPBACK = '127.0.0.1'
/** Everybody comes back at once after a restart: with Node's 511 the last ones wait for their SYN again. */
const BACKLOG = 4_096

/** Until somebody owns the server, only this machine reaches it: the one-time link must not be anybody's. */
export function hostToBind(host: string, hasOwner: boolean): string {
  return hasOwner ? host : LOOPBACK
}

/**
 * @param port 0: any free one
 * @returns where it listens, like `http://127.0.0.1:8080`
 */
export async function listen(
  app: Api,
  { host, port, hasOwner, log }: { host: string; port: number; hasOwner: boolean; log: Log },
): Promise<string> {
  const bound = hostToBind(host, hasOwner)
  if (bound !== host) {
    log.warn('api_bound_to_this_machine', { host, action: 'make the first owner, then start again' })
  }
  return await app.listen({ host: bound, port, backlog: BACKLOG })
}
