import { WebSocket } from 'ws'
import type { Dial, Socket, SocketEvents } from '../../ports/transport.ts'

const HANDSHAKE_TIMEOUT_MS = 10_000
/** The largest frame a venue has reason to send: a page of a few hundred rows. */
const MAXIMUM_FRAME_BYTES = 4_194_304
/** A farewell is polite; a peer that does not return it is not waited for. */
const FAREWELL_MS = 1_000

/** @param localAddress the machine's own address to dial from; the venue counts limits by it */
export function webSocketDial(localAddress?: string): Dial {
  return (url, events) => {
    const socket = new WebSocket(url, {
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      maxPayload: MAXIMUM_FRAME_BYTES,
      // Compressing frames of a few hundred bytes costs more than it saves.
      perMessageDeflate: false,
      followRedirects: false,
      ...(localAddress === undefined ? {} : { localAddress }),
    })
    forward(socket, events)
    return asSocket(socket)
  }
}

function forward(socket: WebSocket, events: SocketEvents): void {
  let failure = ''
  socket.on('open', () => events.open())
  socket.on('message', data => events.message(data.toString()))
  // Every error is followed by a close, which is when the connection has ended.
  socket.on('error', error => {
    failure = error.message
  })
  socket.on('close', (code, reason) => {
    events.close(failure === '' ? `closed by the venue: ${code} ${reason}`.trim() : failure)
  })
}

function asSocket(socket: WebSocket): Socket {
  return {
    // A connection that breaks meanwhile says so by its close; there is nothing else to do about it here.
    send: text => socket.send(text, () => {}),
    bufferedBytes: () => socket.bufferedAmount,
    terminate: () => socket.terminate(),
    close() {
      socket.close(1000)
      const timer = setTimeout(() => socket.terminate(), FAREWELL_MS)
      socket.on('close', () => clearTimeout(timer))
    },
  }
}
