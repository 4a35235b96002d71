import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { must } from '../../src/domain/result.ts'
import { ServerProcess } from '../../test/chaos/server-process.ts'
import { within } from '../../test/chaos/steps.ts'
import { Owner } from '../../test/e2e/owner.ts'
import { measureDisk } from './disk.ts'
import { isAtRest, judge, type Said, type Verdict } from './judge.ts'
import { type Message, Sender } from './sender.ts'

const REST_LIMIT_MS = 120_000
/** The first signals compile. */
const WARM_UP_MS = 2_000
/** What a quantity of each begins with; a digit more makes sums tell which signal is missing. */
const QUANTITIES = [
  ['BTCUSDT', '0.01'],
  ['ETHUSDT', '0.1'],
  ['SOLUSDT', '1.'],
  ['XRPUSDT', '10'],
] as const
const DIGITS = 7
const FOLLOWER = 'ada'
const SIZING = { kind: 'ratio', ratio: '0.1' }

export interface WebhookOptions {
  readonly seconds: number
  readonly perSecond: number
  readonly kills: number
  /** 0 or 1: an account that follows the signals. */
  readonly followers: number
  print(line: string): void
}

export interface WebhookFigures extends Verdict {
  readonly sent: number
  readonly answered: number
  readonly sentAgain: number
  readonly failed: number
  readonly ackMs: readonly number[]
  readonly diskMs: readonly number[]
  /** From each kill to the first answer after it. */
  readonly outageMs: readonly number[]
}

const made = z.object({ id: z.string() })
const hookMade = z.object({ path: z.string() })
const accountList = z.object({ rows: z.array(made.extend({ name: z.string() })) })

/** A server of its own, killed at even times while signals come, and what its store says afterwards. */
export async function measureWebhook(options: WebhookOptions): Promise<WebhookFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-hook-'))
  const file = join(folder, 'data', 'lockstep.db')
  await writeConfig(folder)
  let server = new ServerProcess({ folder })
  const said = new Map<string, Said>()
  let sender: Sender | null = null
  let isOver = false
  try {
    const owner = await Owner.of(join(folder, 'data'))
    const path = await makeSource(owner, options)
    const { perSecond, seconds, kills } = options
    sender = new Sender({ url: owner.pass.url, path, perSecond, message: number => messageOf(number, said) })
    await sender.run(WARM_UP_MS)
    sender.forget()
    const disk = measureDisk(join(folder, 'floor'), () => isOver)
    const running = sender.run(seconds * 1_000)
    const outageMs: number[] = []
    for (let kill = 0; kill < kills; kill += 1) {
      await sleep((seconds * 1_000) / (kills + 1))
      server = await killAndStart(server, folder)
      outageMs.push(await untilAnswered(sender, server))
      options.print(`killed, and answering again after ${Math.round(outageMs.at(-1) ?? 0)} ms`)
    }
    await running
    isOver = true
    if (!(await within(REST_LIMIT_MS, () => isAtRest(file))))
      throw new Error(`signals still wait in ${file}: ${server.said()}`)
    const { sent, sentAgain, failed, ackMs, answered } = sender
    const verdict = judge(file, { answered, said })
    return {
      ...verdict,
      sent,
      answered: answered.size,
      sentAgain,
      failed,
      ackMs,
      diskMs: await disk,
      outageMs,
    }
  } finally {
    isOver = true
    await sender?.close()
    server.signal('SIGKILL')
    await server.ended()
    rmSync(folder, { recursive: true })
  }
}

async function killAndStart(server: ServerProcess, folder: string): Promise<ServerProcess> {
  server.signal('SIGKILL')
  await server.ended()
  return new ServerProcess({ folder })
}

async function untilAnswered(sender: Sender, server: ServerProcess): Promise<number> {
  const before = sender.answered.size
  if (!(await within(REST_LIMIT_MS, () => sender.answered.size > before)))
    throw new Error(`nothing was answered any more: ${server.said()}`)
  return performance.now() - server.startedAt
}

/** @returns the path that signals go to */
async function makeSource(owner: Owner, { followers }: WebhookOptions): Promise<string> {
  const body = { kind: 'signals', name: 'alerts', venue: 'bybit' }
  const { id: sourceId } = made.parse(await owner.post('/sources', body))
  if (followers > 0) {
    const copy = { name: 'copy', sourceId, sizing: SIZING }
    const strategy = made.parse(await owner.post('/strategies', copy))
    const { rows } = accountList.parse(await owner.get('/accounts'))
    const account = must(
      rows.find(({ name }) => name === FOLLOWER),
      'the configuration has the account',
    )
    await owner.post(`/strategies/${strategy.id}/links`, { accountId: account.id })
  }
  return hookMade.parse(await owner.post(`/sources/${sourceId}/hook`)).path
}

/** Without a price of its own, as most alerts are: it takes the mark. */
function messageOf(number: number, said: Map<string, Said>): Message {
  const id = `signal-${number}`
  const [symbol, begin] = must(QUANTITIES[number % QUANTITIES.length], 'there are symbols')
  const round = Math.floor(number / QUANTITIES.length)
  const side = round % 2 === 0 ? 'buy' : 'sell'
  const quantity = `${begin}${round % DIGITS}`
  said.set(id, { instrument: `bybit:${symbol}`, side, quantity })
  return { id, body: JSON.stringify({ id, time: Date.now(), symbol, side, quantity }) }
}

/** The port stays over a restart, as a sender expects it. */
async function writeConfig(folder: string): Promise<void> {
  const lines = [
    `accounts: [{ name: ${FOLLOWER}, venue: bybit, key: ada-key, secretFile: secret }]`,
    'exchange: { limits: off }',
    `http: { port: ${await freePort()} }`,
  ]
  writeFileSync(join(folder, 'secret'), 'a-paper-secret')
  writeFileSync(join(folder, 'config.yaml'), `${lines.join('\n')}\n`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const closed = once(server, 'close')
  server.close()
  await closed
  if (address === null || typeof address === 'string') throw new Error('a port has a number')
  return address.port
}
