import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { type ProblemCode, problem } from '../../protocol/problem.ts'

/** By Node's own codes: https://nodejs.org/api/http.html#event-clienterror */
const CODES: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['headers_too_large', 'Send smaller headers.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['timed_out', 'Send the whole request within 30 s.'],
}

/** Answers what is no HTTP, or too slow or large to become a request, in the same way as everything else. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  // Whoever has hung up gets no answer.
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [code, detail] = CODES[error.code ?? ''] ?? (['malformed', 'Send well-formed HTTP.'] as const)
  const details = problem(code, detail)
  const body = JSON.stringify(details)
  const head = [
    `HTTP/1.1 ${details.status} ${STATUS_CODES[details.status]}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
