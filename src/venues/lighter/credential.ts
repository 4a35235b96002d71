import type { Credential } from '../../domain/account.ts'
import type { Purpose } from '../../domain/order.ts'
import { err, ok, type Result } from '../../domain/result.ts'
import { type PrivateKey, parsePrivateKey } from './sign/private-key.ts'

/** What a key of its own is for: a doubtful order of one holds up nothing of the others behind its nonce. */
export const LANES = ['quotes', 'cancels', 'hedges'] as const
export type LaneName = (typeof LANES)[number]

export interface LaneKey {
  readonly apiKeyIndex: number
  readonly privateKey: PrivateKey
}

export interface LighterCredential {
  readonly accountIndex: number
  readonly lanes: Readonly<Record<LaneName, LaneKey>>
}

const FORM =
  'Give "<account index>:<key index>,<key index>,<key index>", like 1234:5,6,7, and as many private keys.'
/** 0 to 3 are the venue's own pages and apps; 255 means all keys. */
const LOWEST_KEY_INDEX = 4
const HIGHEST_KEY_INDEX = 254
const MAXIMUM_ACCOUNT_INDEX = 2 ** 48 - 2

/** Exits and hedges close what is open: they never wait behind a quote. */
export function laneOf(purpose: Purpose): LaneName {
  return purpose === 'exit' || purpose === 'hedge' ? 'hedges' : 'quotes'
}

/**
 * Reads `key` as the account's index and its API keys' indexes, and `secret` as their private keys: for quotes, cancels
 * and hedges in this order, or one for all three.
 *
 * @returns an error that says what to do and never repeats a private key
 */
export function parseCredential({ key, secret }: Credential): Result<LighterCredential, string> {
  const match = /^\s*(\d{1,15})\s*:\s*(\d{1,3}(?:\s*,\s*\d{1,3})*)\s*$/.exec(key)
  if (match === null) return err(`The key is not an account index with key indexes. ${FORM}`)
  const accountIndex = Number(match[1])
  if (accountIndex > MAXIMUM_ACCOUNT_INDEX) return err(`There is no account index ${accountIndex}. ${FORM}`)
  const indexes = (match[2] ?? '').split(',').map(Number)
  const wrong = indexes.find(index => index < LOWEST_KEY_INDEX || index > HIGHEST_KEY_INDEX)
  if (wrong !== undefined)
    return err(
      `Key index ${wrong} is not of your own making: those are ${LOWEST_KEY_INDEX} to ${HIGHEST_KEY_INDEX}.`,
    )
  const secrets = secret.split(',')
  const isCounted = indexes.length === 1 || indexes.length === LANES.length
  if (!isCounted || secrets.length !== indexes.length || new Set(indexes).size !== indexes.length)
    return err(`There are ${indexes.length} key indexes and ${secrets.length} private keys. ${FORM}`)
  const keys: LaneKey[] = []
  for (const [at, apiKeyIndex] of indexes.entries()) {
    const privateKey = parsePrivateKey(secrets[at] ?? '')
    if (!privateKey.ok) return err(`Key index ${apiKeyIndex}: ${privateKey.error}`)
    keys.push({ apiKeyIndex, privateKey: privateKey.value })
  }
  const [quotes, cancels = quotes, hedges = quotes] = keys
  if (quotes === undefined || cancels === undefined || hedges === undefined) return err(FORM)
  return ok({ accountIndex, lanes: { quotes, cancels, hedges } })
}
