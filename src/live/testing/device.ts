import { io, type Socket } from 'socket.io-client'
import { type Frame, frame, type Heartbeat, heartbeat, type RequestName } from '../../../protocol/live.ts'

const PATIENCE_MS = 10_000

interface Heard {
  readonly event: string
  readonly payload: unknown
}

/** One end of the wire that keeps all it hears, and mends nothing. */
export class Device {
  readonly heard: Heard[] = []
  readonly #socket: Socket
  #wake: () => void = () => undefined

  private constructor(url: string, token: string, headers: Readonly<Record<string, string>>) {
    this.#socket = io(url, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      auth: { token },
      extraHeaders: headers,
    })
    for (const event of ['connect', 'disconnect'] as const)
      this.#socket.on(event, (payload?: unknown) => this.#hear(event, payload))
    this.#socket.on('connect_error', error => this.#hear('connect_error', error))
    this.#socket.onAny((event, payload) => this.#hear(event, payload))
  }

  /** Resolves when the server has let it in or has refused. */
  static async open(
    url: string,
    token: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Device> {
    const device = new Device(url, token, headers)
    await device.until(() => device.all('authenticated').length + device.all('connect_error').length > 0)
    return device
  }

  /** @returns the acknowledgement */
  ask(event: RequestName | (string & {}), ...args: readonly unknown[]): Promise<unknown> {
    return this.#socket.timeout(PATIENCE_MS).emitWithAck(event, ...args)
  }

  all(event: string): readonly unknown[] {
    return this.heard.filter(each => each.event === event).map(each => each.payload)
  }

  frames(stream?: string): readonly Frame[] {
    const frames = this.all('frame').map(raw => frame.parse(raw))
    return stream === undefined ? frames : frames.filter(each => each.stream === stream)
  }

  heartbeats(): readonly Heartbeat[] {
    return this.all('heartbeat').map(raw => heartbeat.parse(raw))
  }

  get isConnected(): boolean {
    return this.#socket.connected
  }

  async until(condition: () => boolean): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS
    while (!condition()) {
      const left = deadline - Date.now()
      if (left <= 0) throw new Error(`waited in vain; heard ${JSON.stringify(this.heard).slice(0, 2_000)}`)
      await new Promise<void>(resolve => {
        this.#wake = resolve
        setTimeout(resolve, left).unref()
      })
    }
  }

  close(): void {
    this.#socket.disconnect()
  }

  /** The connection breaks without a word. */
  cut(): void {
    this.#socket.io.engine.close()
  }

  #hear(event: string, payload: unknown): void {
    this.heard.push({ event, payload })
    this.#wake()
  }
}
