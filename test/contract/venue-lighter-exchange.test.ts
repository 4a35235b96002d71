import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { LighterFaultName } from '../../exchange/server/lighter/fault-catalogue.ts'
import { runLighterExchange } from '../../exchange/server/lighter/run.ts'
import type { LighterServer } from '../../exchange/server/lighter/server.ts'
import { decimal, multiply } from '../../src/domain/decimal.ts'
import { type AccountId, instrumentId } from '../../src/domain/ids.ts'
import { must } from '../../src/domain/result.ts'
import { secureRandom } from '../../src/ops/secure-random.ts'
import { systemClock } from '../../src/ops/system-clock.ts'
import { systemRandom } from '../../src/ops/system-random.ts'
import { SILENT } from '../../src/ports/observe.ts'
import type { OrderRequest, StreamState } from '../../src/ports/venue.ts'
import { ThreadSigner } from '../../src/venues/lighter/sign/thread-signer.ts'
import { TEST_CHAIN } from '../../src/venues/lighter/urls.ts'
import { createLighterVenue } from '../../src/venues/lighter/venue.ts'
import { venueContract } from './venue.ts'
import {
  type Connected,
  connected,
  DEPOSIT,
  malformed,
  order,
  refOf,
  statusOf,
  type VenueUnderTest,
  value,
  WAIT,
} from './venue-under-test.ts'

/** The adapter on the whole simulated exchange, whose faults are those that its users report of the venue. */
const ACCOUNT = 'follower'
const HOUR_MS = 3_600_000
/** Needs no mark: after a loss there may be none yet. */
const BOUNDED = { limitPrice: decimal('90000') }
const EXIT = { side: 'sell', purpose: 'exit', reduceOnly: true } as const

interface LighterUnderTest extends VenueUnderTest {
  readonly server: LighterServer
}

async function started(options: Parameters<typeof runLighterExchange>[0] = {}): Promise<LighterUnderTest> {
  const server = await runLighterExchange({ limits: 'off', ...options })
  const made = server.addAccount({ account: ACCOUNT, deposit: DEPOSIT, tier: 'premium' })
  if (!made.ok) throw new Error(made.error)
  const { account, privateKeys } = made.value
  const signer = new ThreadSigner(secureRandom)
  const venue = createLighterVenue({
    environment: 'paper',
    urls: { rest: server.url, stream: server.stream, chainId: TEST_CHAIN },
    signer,
    tier: 'premium',
    egress: { limits: 'off' },
    clock: systemClock(),
    random: systemRandom(),
    log: SILENT,
  })
  const secret = [...privateKeys.values()].join(',')
  return {
    venue,
    server,
    exchange: server.exchange,
    credential: { key: `${account.index}:${[...privateKeys.keys()].join(',')}`, secret },
    stranger: { key: '777:4,5,6', secret },
    instrument: instrumentId('lighter', 'BTC'),
    fault: name => strike(server, name),
    async discard() {
      await venue.close()
      await signer.close()
      await server.close()
    },
  }
}

function strike(
  server: LighterServer,
  name: LighterFaultName,
  more: { target?: string; times?: number | null; delayMs?: number } = {},
): void {
  const whole = { probability: 1, times: 1, account: null, target: null, delayMs: 0, ...more }
  server.faults.add({ name, ...whole })
}

venueContract('Lighter', started)

describe("Lighter's own ways", () => {
  let under: LighterUnderTest
  let made: Connected
  beforeEach(async () => {
    under = await started({ pingMs: 100, silenceMs: 1_000 })
    made = await connected(under)
  })
  afterEach(() => under.discard())

  async function isAbsent(request: OrderRequest): Promise<void> {
    expect(value(await made.account.find(refOf(request)))).toMatchObject({ absent: true })
  }

  test('[LA46] the best prices of the book flow, below and above the mark', async () => {
    const { tickers } = made
    await vi.waitFor(() => expect(tickers.at(-1)?.ask).toEqual(expect.any(BigInt)), WAIT)
    const { bid, ask } = must(tickers.at(-1), 'flowed')
    expect(must(bid, 'a side of the book')).toBeLessThan(must(ask, 'the other'))
  })

  test('[LA32] a market order trades nothing beyond its worst price: the one given, else the mark and 5 %', async () => {
    const { account, reports, exchange, tickers } = made
    const placed = order(made, { limitPrice: decimal('40000') })
    value(await account.submit(placed))
    await vi.waitFor(() => expect(statusOf(reports, placed)).toBe('canceled'), WAIT)
    expect(value(await account.find(refOf(placed)))).toMatchObject({ filled: 0n, type: 'market' })
    const { mark } = must(tickers.at(-1), 'flowed')
    value(await account.submit(order(made)))
    await vi.waitFor(() => expect(exchange.position(ACCOUNT, 'BTC').quantity).toBe(decimal('0.01')), WAIT)
    const bound = must(exchange.closedOrders(ACCOUNT)[0]?.limitPrice, 'every market order has one')
    expect(bound).toBeGreaterThan(multiply(mark, decimal('1.04')))
    expect(bound).toBeLessThan(multiply(mark, decimal('1.06')))
  })

  test('[LA33] what the API refuses is refused at once, what the sequencer refuses a little later', async () => {
    const { account } = made
    const late = order(made)
    const stale = { ...late.claim, deadlineAt: late.claim.venueTimestamp - 10_000 }
    const refused = await account.submit({ ...late, claim: stale })
    expect(refused).toMatchObject({ error: { kind: 'refused', reason: 'time_window' } })
    const tooBig = order(made, { quantity: decimal('50') })
    const tooSmall = order(made, { quantity: decimal('0.00001') })
    const answers = await Promise.all([tooBig, tooSmall].map(each => account.submit(each)))
    expect(answers).toMatchObject([{ error: { reason: 'balance' } }, { error: { reason: 'quantity' } }])
    for (const each of [tooBig, tooSmall]) await isAbsent(each)
    value(await account.submit(order(made)))
  })

  test('[LA34] a nonce that somebody else has used leaves the order in doubt, and the next one goes on', async () => {
    const { account } = made
    strike(under.server, 'nonce_race')
    const raced = order(made)
    expect(await account.submit(raced)).toMatchObject({ error: { kind: 'in_doubt' } })
    await isAbsent(raced)
    value(await account.submit(order(made)))
  })

  test('[LA35] a reduce-only order that vanishes is in doubt, then absent, and the position is still there', async () => {
    const { account } = made
    value(await account.submit(order(made)))
    strike(under.server, 'reduce_only_vanishes')
    const gone = order(made, EXIT)
    expect(await account.submit(gone)).toMatchObject({ error: { kind: 'in_doubt' } })
    await isAbsent(gone)
    expect(value(await account.snapshot()).positions).toMatchObject([{ quantity: decimal('0.01') }])
    value(await account.submit(order(made, EXIT)))
    // In vain now: no stream tells of it, the list of ended orders does.
    const inVain = order(made, EXIT)
    expect(await account.submit(inVain)).toMatchObject({ error: { kind: 'in_doubt' } })
    const found = value(await account.find(refOf(inVain)))
    expect(found).toMatchObject({ status: 'rejected', reason: 'canceled-reduce-only' })
  })

  test('[LA36] a venue that falls silent is left, and found again when it speaks', async () => {
    const { account, states } = made
    expect(states.map(({ kind }) => kind)).toEqual(['connecting', 'live'])
    strike(under.server, 'no_pong', { times: null })
    await vi.waitFor(() => expect(states.map(({ kind }) => kind)).toContain('lost'), WAIT)
    under.server.faults.remove({ name: 'no_pong' })
    await vi.waitFor(() => expect(states.at(-1)?.kind).toBe('live'), WAIT)
    value(await account.submit(order(made, BOUNDED)))
  })

  test('[LA37] in an outage orders are in doubt and nothing is absent; after it they are, and the next one trades', async () => {
    const { account, states } = made
    value(await account.submit(order(made)))
    strike(under.server, 'outage', { delayMs: HOUR_MS })
    await vi.waitFor(() => expect(states.at(-1)?.kind).toBe('lost'), WAIT)
    const placed = order(made, BOUNDED)
    expect(await account.submit(placed)).toMatchObject({ error: { kind: 'in_doubt' } })
    expect(await account.find(refOf(placed))).toMatchObject({ error: { kind: 'unavailable' } })
    expect(await account.snapshot()).toMatchObject({ error: { kind: 'unavailable' } })
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ jumpMs: 2 * HOUR_MS })
    await fetch(`${under.server.url}/admin/path`, { method: 'POST', headers, body })
    await vi.waitFor(() => expect(states.at(-1)?.kind).toBe('live'), WAIT)
    await isAbsent(placed)
    value(await account.submit(order(made, BOUNDED)))
  })

  test('[LA38] a transaction that is lost behind the yes of the API is in doubt, one that fails is refused, and others go on', async () => {
    const { account } = made
    strike(under.server, 'tx_lost')
    const lost = order(made)
    const [answer] = await Promise.all([account.submit(lost), account.submit(order(made)).then(value)])
    expect(answer).toMatchObject({ error: { kind: 'in_doubt' } })
    await isAbsent(lost)
    strike(under.server, 'tx_fails')
    const failed = order(made)
    const failing = account.submit(failed)
    await vi.waitFor(() => expect(under.server.faults.any()).toBe(false), WAIT)
    // Its number was not used after all: the one behind it is refused for that, and nobody proves here that it is not done.
    const behind = order(made)
    expect(await account.submit(behind)).toMatchObject({ error: { kind: 'in_doubt' } })
    value(await account.submit(order(made)))
    expect(await failing).toMatchObject({ error: { kind: 'refused', reason: 'balance' } })
    await isAbsent(failed)
    await isAbsent(behind)
  })

  test('[LA39] what ends a position by force is told as that', async () => {
    const { account, reports } = made
    const causes = () => reports.flatMap(report => (report.kind === 'fill' ? [report.fill.cause] : []))
    value(await account.submit(order(made)))
    strike(under.server, 'adl', { target: 'BTC' })
    await vi.waitFor(() => expect(causes()).toContain('adl'), WAIT)
    strike(under.server, 'liquidation')
    await vi.waitFor(() => expect(causes()).toContain('liquidation'), WAIT)
    expect(malformed(reports)).toEqual([])
    const left = value(await account.snapshot()).positions.filter(({ quantity }) => quantity !== 0n)
    expect(left).toEqual([])
  })

  test('[LA17] a trade that no frame tells is read', async () => {
    const { account, reports } = made
    strike(under.server, 'drop_reports', { target: 'account_all_trades', times: null })
    const placed = order(made)
    const { venueOrderId, sentAt } = value(await account.submit(placed))
    await vi.waitFor(() => expect(statusOf(reports, placed)).toBe('filled'), WAIT)
    expect(reports.filter(({ kind }) => kind === 'fill')).toEqual([])
    const fills = value(await account.executions({ since: sentAt - 60_000, venueOrderId }))
    expect(fills.reduce((sum, fill) => sum + fill.quantity, 0n)).toBe(placed.quantity)
  })

  test('[LA41] a wrong account index, key index or private key is refused with what to look at', async () => {
    const { venue, credential } = made
    const index = must(credential.key.split(':')[0], 'account:keys')
    const keys = credential.secret.split(',')
    const wrong = [
      { key: '999:4,5,6', secret: credential.secret, says: 'no account 999' },
      { key: `${index}:4,5,7`, secret: credential.secret, says: 'index 7 (hedges)' },
      { key: credential.key, secret: [keys[1], keys[0], keys[2]].join(','), says: 'index 4 (quotes)' },
    ]
    for (const { says, ...each } of wrong) {
      const answer = await venue.account('another' as AccountId, each).permissions()
      const message = expect.stringContaining(says)
      expect(answer).toMatchObject({ error: { kind: 'refused', reason: 'key', message } })
      expect(JSON.stringify(answer)).not.toContain(keys[0])
    }
    const states: StreamState[] = []
    const stranger = venue.account('stranger' as AccountId, made.stranger)
    stranger.open({ reports: () => {}, stream: state => states.push(state) })
    await vi.waitFor(() => expect(states.at(-1)?.kind).toBe('refused'), WAIT)
    expect(JSON.stringify(states.at(-1))).toMatch(/account 777\..*whether the account index is right/)
  })
})
