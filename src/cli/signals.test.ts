import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { SAME_REQUEST_MS, type SignalSource, untilStopped } from './signals.ts'

/** A process that only notes how it would end. */
class PaperProcess extends EventEmitter {
  readonly stdout = new EventEmitter()
  readonly exits: number[] = []

  exit(code: number): void {
    this.exits.push(code)
  }
}

describe('stopping', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const begin = () => {
    const source = new PaperProcess()
    return { source, waiting: untilStopped(source as unknown as SignalSource) }
  }

  test('[CL7] the echoes of one Ctrl-C are one request', async () => {
    const { source, waiting } = begin()
    source.emit('SIGINT')
    source.emit('SIGINT')
    vi.advanceTimersByTime(SAME_REQUEST_MS)
    source.emit('SIGTERM')
    expect(await waiting.stopped).toEqual({ kind: 'asked' })
    expect(source.exits).toEqual([])
  })

  test('[CL18] a signal after that ends the process at once, with the code that its signal has', () => {
    const { source } = begin()
    source.emit('SIGTERM')
    vi.advanceTimersByTime(SAME_REQUEST_MS + 1)
    source.emit('SIGINT')
    expect(source.exits).toEqual([130])
  })

  test('[CL19] a terminal or reader that goes away is a request too', async () => {
    const one = begin()
    one.source.emit('SIGHUP')
    expect(await one.waiting.stopped).toEqual({ kind: 'asked' })
    const other = begin()
    other.source.stdout.emit('error', new Error('EPIPE'))
    expect(await other.waiting.stopped).toEqual({ kind: 'asked' })
  })

  test('[CL10] what failed first is the reason', async () => {
    const { source, waiting } = begin()
    waiting.stop({ kind: 'failed', message: 'The disk is full.' })
    source.emit('SIGINT')
    expect(await waiting.stopped).toEqual({ kind: 'failed', message: 'The disk is full.' })
  })
})
