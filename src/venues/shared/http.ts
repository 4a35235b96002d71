import { Pool } from 'undici'
import type { HttpOutcome, HttpRequest, HttpTransport } from '../../ports/transport.ts'

/** Enough for a thousand keys: a request takes some tens of milliseconds. */
const MAXIMUM_CONNECTIONS = 64
const CONNECT_TIMEOUT_MS = 3_000
/** Beyond it a request would wait longer in the pool than any caller wants. */
const MAXIMUM_IN_FLIGHT = 1_024
const MAXIMUM_BODY_BYTES = 8_388_608

/** What happens before a connection stands: certain that no byte of the request has left. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_INVALID_ARG',
  'UND_ERR_DESTROYED',
  'UND_ERR_CLOSED',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'ENOTFOUND',
  'EAI_AGAIN',
])

export interface HttpOptions {
  /** `https://api.example.com`: the host, without a path. */
  readonly origin: string
  readonly localAddress?: string
}

/** One pool of connections for one host, whoever's keys sign the requests. */
export function httpTransport({ origin, localAddress }: HttpOptions): HttpTransport {
  const pool = new Pool(origin, {
    connections: MAXIMUM_CONNECTIONS,
    maxResponseSize: MAXIMUM_BODY_BYTES,
    connect: { timeout: CONNECT_TIMEOUT_MS, ...(localAddress === undefined ? {} : { localAddress }) },
  })
  let inFlight = 0
  return {
    async send(request) {
      if (inFlight >= MAXIMUM_IN_FLIGHT)
        return { kind: 'not_sent', message: `${MAXIMUM_IN_FLIGHT} requests are in flight already` }
      inFlight += 1
      try {
        return await exchange(pool, request)
      } catch (error) {
        return failed(error)
      } finally {
        inFlight -= 1
      }
    },
    close: () => pool.destroy(),
  }
}

async function exchange(pool: Pool, request: HttpRequest): Promise<HttpOutcome> {
  const { method, path, headers, body, timeoutMs } = request
  const response = await pool.request({
    method,
    path,
    headers,
    body,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  })
  const received: Record<string, string> = {}
  for (const [name, value] of Object.entries(response.headers)) {
    if (typeof value === 'string') received[name.toLowerCase()] = value
  }
  return {
    kind: 'answered',
    status: response.statusCode,
    headers: received,
    body: await response.body.text(),
  }
}

/** Whatever is not known to have failed before the first byte counts as lost. */
function failed(error: unknown): HttpOutcome {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const text = code === '' ? message : `${code}: ${message}`
  return NEVER_SENT.has(code) ? { kind: 'not_sent', message: text } : { kind: 'lost', message: text }
}
