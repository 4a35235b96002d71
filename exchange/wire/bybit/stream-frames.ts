import { z } from 'zod'
import { err, ok, type Result } from '../../../src/domain/result.ts'
import { parseJson } from '../shared/json.ts'

const requestShape = z.object({
  op: z.string().max(40),
  args: z.array(z.unknown()).optional(),
  req_id: z.union([z.string().max(2_000), z.number()]).optional(),
})

/** A request on the private and public streams. The trade stream has its own, see trade-stream. */
export interface StreamRequest {
  readonly operation: string
  readonly args: readonly unknown[]
  /** Given back as it came; undefined when none was sent. */
  readonly requestId: string | undefined
}

export function parseStreamRequest(text: string): Result<StreamRequest, string> {
  const json = parseJson(text)
  const parsed = requestShape.safeParse(json.ok ? json.value : null)
  if (!parsed.success) return err('Params Error')
  const { op, args, req_id } = parsed.data
  return ok({
    operation: op,
    args: args ?? [],
    requestId: req_id === undefined ? undefined : String(req_id),
  })
}

/** The answer to auth, subscribe and unsubscribe, and to what could not be understood. */
export function acknowledgement(given: {
  readonly operation: string
  readonly requestId: string | undefined
  readonly connectionId: string
  /** '' is success. */
  readonly problem: string
}): string {
  return JSON.stringify({
    success: given.problem === '',
    ret_msg: given.problem,
    conn_id: given.connectionId,
    req_id: given.requestId,
    op: given.operation,
  })
}

/** One topic frame of the private stream: one row, so that a frame is an event. creationTime: wall clock, ms. */
export function privateFrame(frame: {
  readonly topic: string
  readonly id: string
  readonly creationTime: number
  readonly row: Record<string, unknown>
}): string {
  const { topic, id, row } = frame
  // The fast topic has no message id (docs/v5/websocket/private/fast-execution.mdx).
  const head = topic.startsWith('execution.fast') ? { topic } : { id, topic }
  return JSON.stringify({ ...head, creationTime: Math.trunc(frame.creationTime), data: [row] })
}
