/** Bytes to a venue and back, so that adapters can be tested without a network. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  /** With the query, exactly as signed. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  readonly timeoutMs: number
}

export type HttpOutcome =
  | {
      readonly kind: 'answered'
      readonly status: number
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>
      readonly body: string
    }
  /** No connection could be made: the request never left. */
  | { readonly kind: 'not_sent'; readonly message: string }
  /** The request may have arrived; its answer did not. */
  | { readonly kind: 'lost'; readonly message: string }

/** One host. Never throws: what went wrong is the outcome. */
export interface HttpTransport {
  send(request: HttpRequest): Promise<HttpOutcome>
  close(): Promise<void>
}

export interface SocketEvents {
  open(): void
  message(text: string): void
  /** Once, whatever ended it; nothing comes after it. */
  close(message: string): void
}

export interface Socket {
  send(text: string): void
  /** Bytes handed over that the network has not taken yet. */
  bufferedBytes(): number
  close(): void
  /** Ends it without a farewell: for connections that no longer answer. */
  terminate(): void
}

export type Dial = (url: string, events: SocketEvents) => Socket
