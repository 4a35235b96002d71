import { err, ok, type Result } from '../../../src/domain/result.ts'
import { tokenHash } from '../../../src/venues/lighter/sign/auth-token.ts'
import { generator } from '../../../src/venues/lighter/sign/curve.ts'
import { FixedBase } from '../../../src/venues/lighter/sign/fixed-base.ts'
import { parsePrivateKey } from '../../../src/venues/lighter/sign/private-key.ts'
import { publicKeyOf, verify } from '../../../src/venues/lighter/sign/schnorr.ts'
import { transactionHash } from '../../../src/venues/lighter/sign/transaction-hash.ts'
import type { Accounts, LighterAccount } from './accounts.ts'
import { API_KEY_NOT_FOUND, failure, INVALID_SIGNATURE, type LighterFailure } from './codes.ts'
import type { ReceivedTransaction } from './transaction-shape.ts'

/** apidocs.lighter.xyz, "API keys": a token is good for 8 hours at most. */
const MAXIMUM_TOKEN_SECONDS = 8 * 3_600
const TOKEN = /^(\d{1,12}):(\d{1,15}):(\d{1,3}):([0-9a-f]{160})$/

/** Checks signatures by the same arithmetic that makes them. */
export class Verifier {
  /** A table of 1.2 MB: made once. */
  readonly #base = new FixedBase(generator())
  readonly #accounts: Accounts

  constructor(accounts: Accounts) {
    this.#accounts = accounts
  }

  /** @param privateKey 80 hex digits. @returns 80 hex digits, or a sentence that says what to give */
  publicKey(privateKey: string): Result<string, string> {
    const key = parsePrivateKey(privateKey)
    return key.ok ? ok(Buffer.from(publicKeyOf(key.value, this.#base)).toString('hex')) : key
  }

  /** @returns the transaction's hash, 80 hex digits */
  transaction(
    { transaction, signature }: ReceivedTransaction,
    publicKey: string,
  ): Result<string, LighterFailure> {
    const message = transactionHash(transaction)
    const signed = { publicKey: Buffer.from(publicKey, 'hex'), message, signature }
    return verify(signed, this.#base) ? ok(Buffer.from(message).toString('hex')) : err(INVALID_SIGNATURE)
  }

  /** Whose token it is. @param now wall clock, ms */
  token(text: string, now: number): Result<LighterAccount, LighterFailure> {
    const [, deadline = '', account = '', key = '', signature = ''] = TOKEN.exec(text) ?? []
    if (signature === '')
      return err(failure(20013, 'invalid auth: a token is deadline:account:key:signature'))
    const owner = this.#accounts.at(Number(account))
    const known = owner?.keys.get(Number(key))
    if (owner === undefined || known === undefined) return err(API_KEY_NOT_FOUND)
    const seconds = Number(deadline) - now / 1_000
    if (seconds <= 0) return err(failure(20013, 'invalid auth: expired'))
    if (seconds > MAXIMUM_TOKEN_SECONDS)
      return err(failure(20013, 'invalid auth: expires more than 8 hours ahead'))
    const signed = {
      publicKey: Buffer.from(known.publicKey, 'hex'),
      message: tokenHash(`${deadline}:${account}:${key}`),
      signature: Buffer.from(signature, 'hex'),
    }
    return verify(signed, this.#base) ? ok(owner) : err(INVALID_SIGNATURE)
  }
}
