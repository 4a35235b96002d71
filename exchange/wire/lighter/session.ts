import { z } from 'zod'
import { err, ok, type Result } from '../../../src/domain/result.ts'
import { parseJson } from '../shared/json.ts'
import type { Peer, Session, Subscribers } from '../shared/subscribers.ts'
import { accountSnapshot } from './account-frames.ts'
import type { SentTransaction } from './admission.ts'
import { type AccountChannel, type Channel, parseChannel } from './channels.ts'
import {
  BATCH_LENGTHS,
  failure,
  INVALID_CHANNEL,
  INVALID_DATA,
  INVALID_JSON,
  INVALID_TYPE,
  type LighterFailure,
  TOO_MANY_MESSAGES,
  TOO_MANY_SUBSCRIPTIONS,
} from './codes.ts'
import type { MarketFeed } from './market-feed.ts'
import type { LighterVenue } from './venue.ts'

/** apidocs.lighter.xyz, "Rate Limits", WebSocket. */
const MAXIMUM_SUBSCRIPTIONS = 100
const MAXIMUM_ID = 64

/** What a client sends. `data.id` is given back with the answer. */
const messageShape = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('pong') }),
  z.object({
    type: z.literal('subscribe'),
    channel: z.string().max(100),
    auth: z.string().max(512).optional(),
  }),
  z.object({ type: z.literal('unsubscribe'), channel: z.string().max(100) }),
  z.object({ type: z.literal('jsonapi/sendtx'), data: z.unknown() }),
  z.object({ type: z.literal('jsonapi/sendtxbatch'), data: z.unknown() }),
])
type Message = z.infer<typeof messageShape>
const typeShape = z.object({ type: z.string() })
const KNOWN_TYPES: ReadonlySet<string> = new Set(messageShape.options.map(option => option.shape.type.value))
const id = z.string().max(MAXIMUM_ID).optional()
const sendShape = z.object({ id, tx_type: z.number().int(), tx_info: z.record(z.string(), z.unknown()) })
/** Lists as texts of JSON, as the form of REST has them. */
const batchShape = z.object({ id, tx_types: z.string(), tx_infos: z.string() })

export interface Acknowledged {
  readonly hashes: readonly string[]
  /** Wall clock, ms. */
  readonly predictedAt: number
}

export interface SessionServices {
  readonly venue: LighterVenue
  readonly feed: MarketFeed
  readonly subscribers: Subscribers
  /** Takes transactions; null: a fault keeps the answer. */
  send(peer: Peer, sent: readonly SentTransaction[]): Result<Acknowledged, LighterFailure> | null
  /** Counts a message that is no transaction. */
  mayAsk(peer: Peer): boolean
  /** A peer has shown whose it is, or watches what everybody may. @returns why it is refused; null: it is not */
  refusal(peer: Peer, channel: AccountChannel, isOwner: boolean): LighterFailure | null
  /** A ping is to be answered. */
  answersPing(peer: Peer): boolean
}

/** The protocol of /stream on one socket. */
export function lighterSession(peer: Peer, services: SessionServices): Session {
  const mine = new Set<string>()
  const complain = (why: LighterFailure, id?: string) =>
    peer.send(JSON.stringify({ error: why, ...(id !== undefined && { id }) }))
  const receive = (text: string) => {
    const parsed = readMessage(text)
    if (!parsed.ok) return complain(parsed.error)
    const message = parsed.value
    if (message.type === 'jsonapi/sendtx' || message.type === 'jsonapi/sendtxbatch')
      return post(peer, services, message)
    if (!services.mayAsk(peer)) return complain(TOO_MANY_MESSAGES)
    if (message.type === 'pong') return
    if (message.type === 'ping') {
      if (services.answersPing(peer)) peer.send(JSON.stringify({ type: 'pong' }))
      return
    }
    const channel = parseChannel(services.venue, message.channel)
    if (channel === null) return complain(INVALID_CHANNEL)
    const watch = { peer, services, mine, channel }
    const done = message.type === 'subscribe' ? subscribe(watch, message.auth) : unsubscribe(watch)
    if (!done.ok) complain(done.error)
  }
  peer.send(JSON.stringify({ session_id: peer.id, type: 'connected' }))
  return { receive, closed: () => services.subscribers.drop(peer) }
}

function readMessage(text: string): Result<Message, LighterFailure> {
  const json = parseJson(text)
  if (!json.ok) return err(INVALID_JSON)
  const parsed = messageShape.safeParse(json.value)
  if (parsed.success) return ok(parsed.data)
  const named = typeShape.safeParse(json.value)
  return err(named.success && KNOWN_TYPES.has(named.data.type) ? INVALID_DATA : INVALID_TYPE)
}

interface Watch {
  readonly peer: Peer
  readonly services: SessionServices
  /** What this socket is subscribed to. */
  readonly mine: Set<string>
  readonly channel: Channel
}

/** The first frame is the whole state; what comes after is what changed. */
function subscribe(
  { peer, services, mine, channel }: Watch,
  auth: string | undefined,
): Result<void, LighterFailure> {
  const { venue, feed, subscribers, refusal } = services
  const { key } = channel
  if (mine.has(key)) return err(failure(30003, `Already Subscribed to : ${key}`))
  if (mine.size >= MAXIMUM_SUBSCRIPTIONS) return err(TOO_MANY_SUBSCRIPTIONS)
  if (channel.kind === 'account') {
    const allowed = mayWatch(venue, channel, auth)
    if (!allowed.ok) return allowed
    const refused = refusal(peer, channel, auth !== undefined)
    if (refused !== null) return err(refused)
  }
  mine.add(key)
  subscribers.add(key, peer)
  peer.send(channel.kind === 'account' ? accountSnapshot(venue, channel) : feed.snapshot(channel))
  return ok()
}

function unsubscribe({ peer, services, mine, channel }: Watch): Result<void, LighterFailure> {
  const { key } = channel
  if (!mine.delete(key)) return err(failure(30002, `Not Subscribed to : ${key}`))
  services.subscribers.remove(key, peer)
  peer.send(JSON.stringify({ channel: key, type: 'unsubscribed' }))
  return ok()
}

/** A token is checked wherever one is sent, and asked for where the channel is the account's own. */
function mayWatch(
  venue: LighterVenue,
  { account, isPrivate }: AccountChannel,
  auth: string | undefined,
): Result<void, LighterFailure> {
  if (auth === undefined) return isPrivate ? err(failure(20013, 'invalid auth: token required')) : ok()
  const owner = venue.verifier.token(auth, venue.now())
  if (!owner.ok) return owner
  return owner.value === account ? ok() : err(failure(20013, 'invalid auth: token of another account'))
}

/** The answer has the type of the question, an error has none. */
function post(
  peer: Peer,
  services: SessionServices,
  { type, data }: Extract<Message, { readonly data: unknown }>,
): void {
  const read = type === 'jsonapi/sendtx' ? readOne(data) : readMany(data)
  const answer = read.sent.ok ? services.send(peer, read.sent.value) : read.sent
  if (answer === null) return
  const { id } = read
  const content = answer.ok ? acknowledgement(type, answer.value) : { error: answer.error }
  peer.send(JSON.stringify({ ...content, ...(id !== undefined && { id }) }))
}

function acknowledgement(type: string, { hashes, predictedAt }: Acknowledged): Record<string, unknown> {
  const tx_hash = type === 'jsonapi/sendtx' ? hashes[0] : hashes
  return { code: 200, predicted_execution_time_ms: predictedAt, tx_hash, type }
}

interface Posted {
  readonly id: string | undefined
  readonly sent: Result<readonly SentTransaction[], LighterFailure>
}

function readOne(data: unknown): Posted {
  const parsed = sendShape.safeParse(data)
  if (!parsed.success) return { id: undefined, sent: err(INVALID_DATA) }
  const { id, tx_type, tx_info } = parsed.data
  return { id, sent: ok([{ txType: tx_type, txInfo: JSON.stringify(tx_info) }]) }
}

function readMany(data: unknown): Posted {
  const parsed = batchShape.safeParse(data)
  if (!parsed.success) return { id: undefined, sent: err(INVALID_DATA) }
  const { id, tx_types, tx_infos } = parsed.data
  return { id, sent: readLists(tx_types, tx_infos) }
}

const typesShape = z.array(z.number().int())
const infosShape = z.array(z.union([z.string(), z.record(z.string(), z.unknown())]))

/** Two lists of one length, each a text of JSON; an info is an object or again a text of one. */
export function readLists(types: string, infos: string): Result<readonly SentTransaction[], LighterFailure> {
  const parsedTypes = parseJson(types)
  const parsedInfos = parseJson(infos)
  const typeList = typesShape.safeParse(parsedTypes.ok ? parsedTypes.value : null)
  const infoList = infosShape.safeParse(parsedInfos.ok ? parsedInfos.value : null)
  if (!typeList.success || !infoList.success) return err(INVALID_DATA)
  if (typeList.data.length !== infoList.data.length) return err(BATCH_LENGTHS)
  return ok(
    typeList.data.map((txType, index) => {
      const info = infoList.data[index]
      return { txType, txInfo: typeof info === 'string' ? info : JSON.stringify(info) }
    }),
  )
}
