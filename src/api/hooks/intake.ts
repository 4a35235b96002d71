import { createHash } from 'node:crypto'
import { type SignalId, uuidv7 } from '../../domain/ids.ts'
import type { Signal } from '../../domain/signal.ts'
import type { Source } from '../../domain/strategy.ts'
import { orRefuse, refuse } from '../errors.ts'
import type { Services } from '../services.ts'
import { parseLockstep } from './lockstep.ts'
import type { Parsed, ParsedSignal } from './shape.ts'
import { parseThreeCommas } from './three-commas.ts'
import { parseTradingView } from './tradingview.ts'

/** An older message is a replay, or a queue that was stuck: nobody wants it traded now. */
const MAXIMUM_AGE_MS = 5 * 60_000
/** How far a sender's clock may be ahead of ours. */
const MAXIMUM_AHEAD_MS = 60_000

/** By what only one of them has. */
export function parseSignal(body: unknown): Parsed {
  if (typeof body === 'object' && body !== null && 'tv_instrument' in body) return parseThreeCommas(body)
  if (typeof body === 'object' && body !== null && 'ticker' in body) return parseTradingView(body)
  return parseLockstep(body)
}

/**
 * Takes one signal; resolves after it is durable (I11). The same id with the same message gives the signal that was
 * taken the first time.
 *
 * @param said the message as it came, for telling a repeated one from another one with its id
 */
export async function takeSignal(
  services: Services,
  source: Source,
  { parsed, said }: { parsed: ParsedSignal; said: unknown },
): Promise<Signal> {
  const { clock, random, desk, signals, reads } = services
  const receivedAt = clock.now()
  const digest = createHash('sha256').update(JSON.stringify(said)).digest('hex')
  if (receivedAt - parsed.at > MAXIMUM_AGE_MS) {
    // A sender that never saw our answer asks again for as long as it likes.
    const first = await reads.signal(source.id, parsed.externalId)
    if (first?.digest === digest) return first
    refuse(
      'signal_too_old',
      'The signal is older than 5 minutes. Send it when it happens, with its own time.',
    )
  }
  if (parsed.at - receivedAt > MAXIMUM_AHEAD_MS) {
    refuse('signal_from_future', "The signal's time is more than 60 s ahead. Set the sender's clock right.")
  }
  return orRefuse(
    await signals.take({
      id: uuidv7<SignalId>(receivedAt, random.bytes(10)),
      sourceId: source.id,
      externalId: parsed.externalId,
      digest,
      instrumentId: orRefuse(desk.instrument(source.accountId, parsed.symbol)),
      action: parsed.action,
      signalPrice: parsed.signalPrice,
      at: parsed.at,
      receivedAt,
      status: 'pending',
      reason: null,
    }),
  )
}
