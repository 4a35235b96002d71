import type { Dial, HttpOutcome, HttpRequest, HttpTransport, SocketEvents } from '../../../ports/transport.ts'

/** A connection that a test plays the venue of. */
export interface FakeSocket {
  readonly url: string
  readonly events: SocketEvents
  /** What the adapter has sent, parsed. */
  readonly sent: Record<string, unknown>[]
  buffered: number
  ended: 'no' | 'closed' | 'terminated'
  /** Sends a frame to the adapter. */
  frame(frame: unknown): void
}

/** Connections that open when the test says so. */
export class FakeSockets {
  readonly all: FakeSocket[] = []

  readonly dial: Dial = (url, events) => {
    const socket: FakeSocket = {
      url,
      events,
      sent: [],
      buffered: 0,
      ended: 'no',
      frame: frame => events.message(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    }
    this.all.push(socket)
    return {
      send: text => socket.sent.push(JSON.parse(text)),
      bufferedBytes: () => socket.buffered,
      close: () => {
        socket.ended = 'closed'
      },
      terminate: () => {
        socket.ended = 'terminated'
      },
    }
  }

  /** The newest connection to an address that ends like this. */
  last(ending: string): FakeSocket {
    const socket = this.all.findLast(({ url }) => url.endsWith(ending))
    if (socket === undefined) throw new Error(`nobody has connected to ${ending}`)
    return socket
  }
}

type Handler = (request: HttpRequest) => HttpOutcome | Promise<HttpOutcome>

/** A host that answers by path, and keeps what it was asked. */
export class FakeHttp implements HttpTransport {
  readonly requests: HttpRequest[] = []
  readonly #handlers = new Map<string, Handler>()

  on(path: string, handler: Handler): this {
    this.#handlers.set(path, handler)
    return this
  }

  asked(path: string): HttpRequest[] {
    return this.requests.filter(request => request.path.split('?')[0] === path)
  }

  async send(request: HttpRequest): Promise<HttpOutcome> {
    this.requests.push(request)
    const handler = this.#handlers.get(request.path.split('?')[0] ?? '')
    return handler === undefined
      ? { kind: 'lost', message: `no answer to ${request.path}` }
      : handler(request)
  }

  async close(): Promise<void> {}
}

export function answered(body: unknown, status = 200, headers: Record<string, string> = {}): HttpOutcome {
  return { kind: 'answered', status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) }
}
