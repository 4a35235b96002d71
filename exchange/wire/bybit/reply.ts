import type { Result } from '../../../src/domain/result.ts'
import type { VenueFailure } from './codes.ts'

type Json = Readonly<Record<string, unknown>>

/** What a route or an operation answers, before it is put into a REST or a WebSocket envelope. */
export interface Reply {
  /** HTTP status; nearly everything is 200, with the venue's code in the body. */
  readonly status: number
  readonly code: number
  readonly message: string
  readonly result: Json
  readonly extra: Json
}

export function answered(result: Json, extra: Json = {}): Reply {
  return { status: 200, code: 0, message: 'OK', result, extra }
}

export function refused(failure: VenueFailure, status = 200): Reply {
  return { status, code: failure.code, message: failure.message, result: {}, extra: {} }
}

export function fromResult(result: Result<Json, VenueFailure>): Reply {
  return result.ok ? answered(result.value) : refused(result.error)
}

/** The body of every REST answer. @param time wall clock, ms */
export function envelope(reply: Reply, time: number): string {
  return JSON.stringify({
    retCode: reply.code,
    retMsg: reply.message,
    result: reply.result,
    retExtInfo: reply.extra,
    time,
  })
}
