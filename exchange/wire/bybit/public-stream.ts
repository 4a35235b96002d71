import type { Peer, Session, Subscribers } from '../shared/subscribers.ts'
import type { MarketFeed } from './market-feed.ts'
import { parsePublicTopic } from './public-topics.ts'
import { acknowledgement, parseStreamRequest, type StreamRequest } from './stream-frames.ts'
import type { Venue } from './venue.ts'

/** docs/v5/ws/connect: the topics of one connection may not be longer than this together. */
const MAXIMUM_TOPIC_CHARACTERS = 21_000

export interface PublicServices {
  readonly venue: Venue
  readonly feed: MarketFeed
  readonly subscribers: Subscribers
}

/** The protocol of /v5/public/linear on one socket. */
export function publicSession(peer: Peer, services: PublicServices): Session {
  const { feed, subscribers, venue } = services
  const answer = (request: StreamRequest, problem: string) => {
    const { operation, requestId = '' } = request
    peer.send(acknowledgement({ operation, requestId, connectionId: peer.id, problem }))
  }
  const subscribe = (request: StreamRequest) => {
    const topics = topicsIn(request.args, venue)
    if (typeof topics === 'string') return answer(request, topics)
    answer(request, '')
    for (const topic of topics) {
      subscribers.add(topic, peer)
      const snapshot = feed.snapshot(topic)
      if (snapshot !== null) peer.send(snapshot)
    }
  }
  const receive = (text: string) => {
    const parsed = parseStreamRequest(text)
    if (!parsed.ok) return answer({ operation: '', args: [], requestId: undefined }, parsed.error)
    const request = parsed.value
    if (request.operation === 'subscribe') return subscribe(request)
    if (request.operation === 'unsubscribe') {
      for (const topic of request.args) subscribers.remove(String(topic), peer)
      return answer(request, '')
    }
    if (request.operation !== 'ping') return answer(request, `Invalid op: ${request.operation}`)
    // The pong of public streams looks like an answer to the ping; the private one does not.
    const { requestId = '' } = request
    peer.send(
      JSON.stringify({ success: true, ret_msg: 'pong', conn_id: peer.id, req_id: requestId, op: 'ping' }),
    )
  }
  return { receive, closed: () => subscribers.drop(peer) }
}

/** The topics asked for, or what is wrong with them. All or none are subscribed. */
function topicsIn(args: readonly unknown[], venue: Venue): readonly string[] | string {
  const topics = args.filter(topic => typeof topic === 'string')
  if (topics.length === 0) return 'Params Error: args must name at least one topic'
  if (topics.join('').length > MAXIMUM_TOPIC_CHARACTERS)
    return `Params Error: args are longer than ${MAXIMUM_TOPIC_CHARACTERS} characters`
  const wrong = topics.find(topic => {
    const parsed = parsePublicTopic(topic)
    return parsed === null || !venue.exchange.instruments.has(parsed.symbol)
  })
  return wrong === undefined ? topics : `Invalid topic: ${wrong.slice(0, 60)}`
}
