import { WebSocket } from 'ws'
import { TRADING_TYPES } from '../../protocol/live.ts'
import { accountIdOf } from '../../src/live/testing/accounts.ts'
import { quantile, rounded } from '../fanout/figures.ts'
import { serve } from '../fanout/remote.ts'

export type ContenderName = 'ours' | 'bare'

export interface Crowd {
  readonly contender: ContenderName
  readonly url: string
  /** The accounts of this process: from `first`, so many. */
  readonly first: number
  readonly count: number
}

export interface Received {
  readonly frames: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export type ClientCalls = ReturnType<typeof calls>

/** A client that does the least: it answers pings and notes when a frame was made. */
class Client {
  readonly #url: string
  readonly #auth: string
  readonly #request: string | null
  readonly #delays: number[]
  #socket: WebSocket | null = null
  #ready: () => void = () => undefined

  constructor({ contender, url }: Crowd, account: number, delays: number[]) {
    this.#url = `${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`
    this.#auth = `40${JSON.stringify({ token: `user-${account}`, account })}`
    const subscribe = { types: TRADING_TYPES, accounts: [accountIdOf(account)] }
    this.#request = contender === 'ours' ? `420${JSON.stringify(['subscribe_trading', subscribe])}` : null
    this.#delays = delays
  }

  /** Resolves when everything that the account is has come. */
  open(): Promise<void> {
    this.#socket?.terminate()
    const socket = new WebSocket(this.#url, { perMessageDeflate: false })
    this.#socket = socket
    socket.on('message', (data: Buffer) => this.#receive(socket, data.toString('latin1')))
    socket.on('error', () => undefined)
    return new Promise(resolve => {
      this.#ready = resolve
    })
  }

  #receive(socket: WebSocket, text: string): void {
    if (text.startsWith('42["frame"')) {
      const from = text.indexOf('"at":') + 5
      this.#delays.push(Date.now() - Number(text.slice(from, from + 13)))
    } else if (text === '2') socket.send('3')
    else if (text.startsWith('0')) socket.send(this.#auth)
    else if (text.startsWith('40') && this.#request !== null) socket.send(this.#request)
    // Ours: the acknowledgement, which comes after all snapshots.
    else if (text.startsWith('430[{"streams"') || text.startsWith('42["state"')) this.#ready()
  }
}

const crowds = new Map<ContenderName, { readonly clients: readonly Client[]; readonly delays: number[] }>()

function calls() {
  return {
    async open(crowd: Crowd): Promise<void> {
      const delays: number[] = []
      const clients = Array.from(
        { length: crowd.count },
        (_, at) => new Client(crowd, crowd.first + at, delays),
      )
      crowds.set(crowd.contender, { clients, delays })
      await Promise.all(clients.map(client => client.open()))
    },
    /** All connections of one contender break at once, and are opened again at once. */
    async storm(contender: ContenderName): Promise<void> {
      await Promise.all((crowds.get(contender)?.clients ?? []).map(client => client.open()))
    },
    /** What came since it was last asked. */
    async received(contender: ContenderName): Promise<Received> {
      const delays = crowds.get(contender)?.delays.splice(0) ?? []
      return {
        frames: delays.length,
        p50Ms: rounded(quantile(delays, 0.5)),
        p99Ms: rounded(quantile(delays, 0.99)),
      }
    },
  }
}

serve(calls())
