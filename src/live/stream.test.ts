import { expect, test } from 'vitest'
import { LIMITS } from './limits.ts'
import { Stream } from './stream.ts'
import { readPacket } from './testing/packets.ts'

const NOW = 1_700_000_000_000

function frameOf(packet: Buffer): unknown {
  const [event, frame] = readPacket(packet)
  expect(event).toBe('frame')
  return frame
}

function streamAt(seq: number, heldFrames: number = LIMITS.heldFrames): Stream {
  const stream = new Stream({ name: 'a:orders', epoch: 'e1', heldFrames })
  for (let at = 1; at <= seq; at += 1) stream.delta([at], NOW)
  return stream
}

test('[LV1] each delta names the one before it, and a snapshot needs none', () => {
  const stream = streamAt(1)
  expect(frameOf(stream.delta(['x'], NOW))).toEqual({
    stream: 'a:orders',
    epoch: 'e1',
    seq: 2,
    prevSeq: 1,
    kind: 'delta',
    at: NOW,
    data: ['x'],
  })
  expect(frameOf(stream.snapshot([], NOW))).toMatchObject({ seq: 2, prevSeq: null, kind: 'snapshot' })
})

test('[LV2] a cursor of this epoch is answered by what is newer than it', () => {
  const stream = streamAt(5)
  expect(stream.after({ epoch: 'e1', seq: 3 }, NOW)?.map(frameOf)).toMatchObject([{ seq: 4 }, { seq: 5 }])
  expect(stream.after({ epoch: 'e1', seq: 5 }, NOW)).toEqual([])
})

test('[LV2] a cursor that the stream cannot lead on from needs a snapshot', () => {
  const stream = streamAt(5)
  expect(stream.after({ epoch: 'e0', seq: 5 }, NOW)).toBeNull()
  // Somebody invents a cursor, or keeps one of a server that was set back.
  expect(stream.after({ epoch: 'e1', seq: 6 }, NOW)).toBeNull()
  expect(streamAt(LIMITS.heldFrames + 2).after({ epoch: 'e1', seq: 1 }, NOW)).toBeNull()
  expect(stream.after({ epoch: 'e1', seq: 3 }, NOW + LIMITS.heldMs + 1)).toBeNull()
  expect(streamAt(5, 0).after({ epoch: 'e1', seq: 4 }, NOW)).toBeNull()
})

test('[LV2] a change that no delta told makes every older cursor worthless', () => {
  const stream = streamAt(5)
  stream.skip()
  expect(stream.after({ epoch: 'e1', seq: 5 }, NOW)).toBeNull()
  stream.delta(['y'], NOW)
  expect(stream.after({ epoch: 'e1', seq: 5 }, NOW)).toBeNull()
  expect(stream.after({ epoch: 'e1', seq: 6 }, NOW)).toHaveLength(1)
})
