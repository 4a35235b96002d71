import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Credential } from '../../src/domain/account.ts'
import type { BybitUrls } from '../../src/venues/bybit/urls.ts'
import { amountOf } from '../simulation/checkers/amounts.ts'
import { type ChaosPair, legsOf, pairLines } from './pairs.ts'

export const LEADER = 'leader'
export const DEPOSIT = '200000'

/** A way to follow: by ratio, so that a judge can say from the leader's trades alone what is too much. */
interface Manner {
  readonly ratio: string
  readonly inverse: boolean
  readonly entry: string
}

const MANNERS: readonly Manner[] = [
  { ratio: '0.5', inverse: false, entry: '{ kind: market }' },
  { ratio: '0.1', inverse: true, entry: '{ kind: market }' },
  { ratio: '0.0731', inverse: false, entry: '{ kind: marketable_limit, slippageBps: 30 }' },
  { ratio: '0.25', inverse: false, entry: '{ kind: limit }' },
  { ratio: '0.2', inverse: true, entry: '{ kind: limit_follow, discountBps: 2, maximumOpenOrders: 3 }' },
]

export function followersOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `follower${index + 1}`)
}

function mannerOf(follower: string): number {
  return (Number(follower.slice('follower'.length)) - 1) % MANNERS.length
}

/** In 10^-18. */
export function ratioOf(follower: string): bigint {
  return amountOf(MANNERS[mannerOf(follower)]?.ratio ?? '0')
}

export function credentialOf(account: string): Credential {
  return { key: `${account}-key`, secret: SECRET }
}

const SECRET = 'a-secret-of-the-chaos'

/** @param exchange host:port of where it is reached */
export function urlsOf(exchange: string): BybitUrls {
  return {
    rest: `http://${exchange}`,
    publicStream: `ws://${exchange}/v5/public/linear`,
    privateStream: `ws://${exchange}/v5/private`,
    tradeStream: `ws://${exchange}/v5/trade`,
  }
}

export interface Cast {
  /** host:port of where it trades. */
  readonly exchange: string
  readonly followers: readonly string[]
  readonly pairs: readonly ChaosPair[]
  /** No pair quotes. */
  readonly isCalm: boolean
}

/** Writes what a server of this folder runs by. */
export function writeConfig(folder: string, { exchange, followers, pairs, isCalm }: Cast): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'secret'), SECRET)
  const urls = Object.entries(urlsOf(exchange)).map(([name, url]) => `${name}: ${url}`)
  const account = (name: string) =>
    `  - { name: ${name}, venue: bybit, key: ${name}-key, secretFile: secret, maximumLeverage: 10, urls: { ${urls.join(', ')} } }`
  const strategy = ({ ratio, inverse, entry }: Manner, index: number) =>
    `  - { name: manner${index}, source: desk, sizing: { kind: ratio, inverse: ${inverse}, ratio: ${ratio} }, entry: ${entry} }`
  const link = (name: string) => `  - { strategy: manner${mannerOf(name)}, account: ${name} }`
  const lines = [
    // Several servers run beside each other, and what is tried here is copying and hedging.
    'http: { port: none }',
    'accounts:',
    ...[LEADER, ...followers, ...legsOf(pairs)].map(account),
    `sources: [{ name: desk, account: ${LEADER} }]`,
    'strategies:',
    ...MANNERS.map(strategy),
    'links:',
    ...followers.map(link),
    ...pairLines(pairs, isCalm),
  ]
  writeFileSync(join(folder, 'config.yaml'), `${lines.join('\n')}\n`)
}
