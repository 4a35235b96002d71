import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { must } from '../domain/result.ts'
import type { Metrics } from './metrics.ts'

const MAXIMUM_CONNECTIONS = 16
const REQUEST_TIMEOUT_MS = 5_000

export interface MetricsServer {
  /** Like `http://127.0.0.1:9464/metrics`. */
  readonly url: string
  close(): Promise<void>
}

/**
 * /metrics on a port of its own, so that the API's port never shows it. Rejects when the port is taken.
 *
 * @param port 0: any free one
 */
export async function serveMetrics(
  metrics: Pick<Metrics, 'text' | 'contentType'>,
  { host, port }: { host: string; port: number },
): Promise<MetricsServer> {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    metrics.text().then(
      text => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    )
  })
  server.maxConnections = MAXIMUM_CONNECTIONS
  await listening(server, host, port)
  const address = addressOf(server)
  return {
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}/metrics`,
    close: () => closed(server),
  }
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve())
  })
}

function addressOf(server: Server): AddressInfo {
  const address = server.address()
  return must(typeof address === 'string' ? null : address, 'a listening server has an address')
}

function closed(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.close(() => resolve())
  server.closeAllConnections()
  return promise
}
