import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** What one client is connected through, and what breaks when a test says so. */
export class Wire {
  readonly #server: Server
  readonly #pairs = new Set<readonly [client: Socket, server: Socket]>()
  #isToBreak = false
  /** How often it broke with half of what the server had sent still on its way. */
  brokenMidMessage = 0

  private constructor(port: number) {
    this.#server = createServer(client => this.#join(client, connect(port, '127.0.0.1')))
  }

  static async start(url: string): Promise<Wire> {
    const wire = new Wire(Number(new URL(url).port))
    wire.#server.listen({ port: 0, host: '127.0.0.1', backlog: 1_024 })
    await once(wire.#server, 'listening')
    return wire
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo
    return `http://127.0.0.1:${port}`
  }

  cut(): void {
    for (const [client, server] of this.#pairs) {
      client.destroy()
      server.destroy()
    }
  }

  /** Breaks in the middle of what the server sends next. */
  cutMidMessage(): void {
    this.#isToBreak = true
  }

  close(): void {
    this.cut()
    this.#server.close()
  }

  #join(client: Socket, server: Socket): void {
    const pair = [client, server] as const
    this.#pairs.add(pair)
    client.on('data', bytes => server.write(bytes))
    server.on('data', bytes => this.#pass(client, bytes))
    for (const [one, other] of [pair, [server, client]] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => {
        other.destroy()
        this.#pairs.delete(pair)
      })
    }
  }

  #pass(client: Socket, bytes: Buffer): void {
    if (!this.#isToBreak) {
      client.write(bytes)
      return
    }
    this.#isToBreak = false
    this.brokenMidMessage += 1
    // Half of a message must have come before the end does: it goes out, and then nothing more.
    client.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => this.cut())
  }
}
