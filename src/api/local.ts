import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { err, ok, type Result } from '../domain/result.ts'

/** What a program on this machine needs to speak to the server as its owner. */
export interface LocalPass {
  /** Where REST and the live gateway are. */
  readonly url: string
  /** An access token, minutes long. */
  readonly token: string
}

/** Longer paths do not fit into a socket's address (unix(7): 108 bytes, 104 on macOS). */
const MAXIMUM_PATH_BYTES = 100
/** Who asks wants one short answer. */
const MAXIMUM_CONNECTIONS = 16
const REQUEST_TIMEOUT_MS = 5_000

export interface LocalSocket {
  close(): Promise<void>
}

/**
 * Listens on a socket in the data folder. Whoever may open it may read the data folder, and with it everything
 * that the server knows: such a one needs no password.
 *
 * @param issue a fresh pass for each who asks
 * @returns what keeps it from listening, with what to do; the server can go on without it
 */
export async function startLocalSocket(
  path: string,
  issue: () => Promise<LocalPass>,
): Promise<Result<LocalSocket, string>> {
  if (Buffer.byteLength(path) > MAXIMUM_PATH_BYTES)
    return err(
      `The path ${path} is too long for a socket (${MAXIMUM_PATH_BYTES} bytes at most). Choose a data folder with a shorter path.`,
    )
  const server = createServer((request, response) => {
    if (request.method !== 'POST' || request.url !== '/pass') {
      response.writeHead(404).end()
      return
    }
    issue().then(
      pass => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(pass)),
      () => response.writeHead(503).end(),
    )
  })
  server.maxConnections = MAXIMUM_CONNECTIONS
  server.requestTimeout = REQUEST_TIMEOUT_MS
  // Of a process that was killed; that none is alive the lock of the database has shown.
  rmSync(path, { force: true })
  const listening = await listen(server, path)
  if (!listening.ok) return listening
  return ok({
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  })
}

function listen(server: Server, path: string): Promise<Result<void, string>> {
  return new Promise(resolve => {
    server.once('error', error => resolve(err(`The socket ${path} cannot be made: ${error.message}.`)))
    // Made with no right for others, so that there is no moment at which they could open it.
    const before = process.umask(0o177)
    server.listen(path, () => {
      chmodSync(path, 0o600)
      resolve(ok())
    })
    process.umask(before)
  })
}
