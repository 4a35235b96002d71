import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import { type WebSocket, WebSocket as WebSocketClient, WebSocketServer } from 'ws'

/** What a client is told besides each frame of the venue. */
export type Disturb = (frame: string) => readonly string[]

/** Stands between one client and a venue, passes everything on, and adds frames of its own. */
export class Relay {
  readonly #server: Server
  readonly #sockets = new WebSocketServer({ noServer: true })

  private constructor(venueUrl: string, disturb: Disturb) {
    this.#server = createServer((incoming, answer) => {
      const { method, headers } = incoming
      const outgoing = request(`${venueUrl}${incoming.url}`, { method, headers }, response => {
        answer.writeHead(response.statusCode ?? 502, response.headers)
        response.pipe(answer)
      })
      outgoing.on('error', () => answer.destroy())
      incoming.pipe(outgoing)
    })
    this.#server.on('upgrade', (incoming, socket, head) => {
      const venue = new WebSocketClient(`${venueUrl.replace('http', 'ws')}${incoming.url}`)
      this.#sockets.handleUpgrade(incoming, socket, head, client => join(client, venue, disturb))
    })
  }

  static async start(venueUrl: string, disturb: Disturb): Promise<Relay> {
    const relay = new Relay(venueUrl, disturb)
    relay.#server.listen(0, '127.0.0.1')
    await once(relay.#server, 'listening')
    return relay
  }

  get url(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the relay does not listen')
    return `http://127.0.0.1:${address.port}`
  }

  close(): void {
    for (const client of this.#sockets.clients) client.terminate()
    this.#server.closeAllConnections()
    this.#server.close()
  }
}

function join(client: WebSocket, venue: WebSocket, disturb: Disturb): void {
  const waiting: string[] = []
  client.on('message', data => {
    if (venue.readyState === venue.OPEN) venue.send(data.toString())
    else waiting.push(data.toString())
  })
  venue.on('open', () => {
    for (const frame of waiting.splice(0)) venue.send(frame)
  })
  venue.on('message', data => {
    const frame = data.toString()
    for (const each of [...disturb(frame), frame]) client.send(each)
  })
  for (const [one, other] of [
    [client, venue],
    [venue, client],
  ] as const) {
    one.on('close', () => other.terminate())
    one.on('error', () => other.terminate())
  }
}
