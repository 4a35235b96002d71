import * as z from 'zod/mini'
import { REQUESTS, type RequestName } from '../../protocol/live.ts'
import { type Problem, problem } from '../../protocol/problem.ts'
import { err, ok, type Result } from '../domain/result.ts'
import type { Authority, Principal } from '../ports/authority.ts'
import type { Subscriptions } from './subscriptions.ts'

export type Answer = Result<object, Problem>

/** Who asks. */
export interface Requester {
  principal: Principal
  readonly authority: Authority
  readonly subscriptions: Subscriptions
  expiresInMs(): number | null
}

type Handler = (requester: Requester, payload: unknown) => Answer | Promise<Answer>

const HANDLERS: Readonly<Record<RequestName, Handler>> = {
  authenticate: handler(REQUESTS.authenticate, (requester, { token }) => authenticate(requester, token)),
  subscribe_trading: handler(REQUESTS.subscribe_trading, ({ subscriptions, principal }, payload) =>
    subscriptions.trading(principal, payload),
  ),
  subscribe_ticker: handler(REQUESTS.subscribe_ticker, ({ subscriptions, principal }, payload) =>
    subscriptions.ticker(principal, payload),
  ),
  subscribe_pairs: handler(REQUESTS.subscribe_pairs, ({ subscriptions, principal }, payload) =>
    subscriptions.pairs(principal, payload),
  ),
  unsubscribe_trading: handler(REQUESTS.unsubscribe_trading, ({ subscriptions }) => {
    subscriptions.end('trading')
    return ok({ streams: {} })
  }),
  unsubscribe_ticker: handler(REQUESTS.unsubscribe_ticker, ({ subscriptions }) => {
    subscriptions.end('tickers')
    return ok({ streams: {} })
  }),
  unsubscribe_pairs: handler(REQUESTS.unsubscribe_pairs, ({ subscriptions }) => {
    subscriptions.end('pairs')
    return ok({ streams: {} })
  }),
  resync: handler(REQUESTS.resync, ({ subscriptions }, { stream }) => streams(subscriptions.resync(stream))),
}

/** Does what a client asks. @param event anything that a client may have sent */
export function answerRequest(
  requester: Requester,
  event: string,
  payload: unknown,
): Answer | Promise<Answer> {
  const handle = Object.hasOwn(HANDLERS, event) ? HANDLERS[event as RequestName] : undefined
  if (handle !== undefined) return handle(requester, payload)
  return err(problem('invalid', `There is no such event; there are: ${Object.keys(HANDLERS).join(', ')}.`))
}

function handler<Schema extends z.ZodMiniType>(
  schema: Schema,
  run: (requester: Requester, payload: z.infer<Schema>) => Answer | Promise<Answer>,
): Handler {
  return (requester, payload) => {
    const parsed = z.safeParse(schema, payload)
    if (parsed.success) return run(requester, parsed.data)
    const errors = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
    return err(problem('invalid', 'The request is not as the protocol has it.', errors))
  }
}

function streams(result: Result<object, Problem>): Answer {
  return result.ok ? ok({ streams: result.value }) : result
}

async function authenticate(requester: Requester, token: string): Promise<Answer> {
  const known = await requester.authority.authenticate(token)
  if (!known.ok) return err(problem(known.error.code, known.error.message))
  // Rooms and permissions are one user's: another one takes another socket.
  if (known.value.userId !== requester.principal.userId || known.value.actor !== requester.principal.actor)
    return err(problem('token_invalid', 'This is the token of somebody else: open another socket for it.'))
  requester.principal = known.value
  return ok({ expiresInMs: requester.expiresInMs() })
}
