import { ok, type Result } from '../../../domain/result.ts'
import type { SignedTransaction } from '../signer.ts'
import { type AuthToken, signedToken, tokenHash, tokenText } from './auth-token.ts'
import { generator } from './curve.ts'
import { FixedBase } from './fixed-base.ts'
import type { PrivateKey } from './private-key.ts'
import { publicKeyOf, sign } from './schnorr.ts'
import type { Transaction } from './transaction.ts'
import { transactionType } from './transaction-fields.ts'
import { transactionHash, transactionInfo } from './transaction-hash.ts'
import { checkTransaction } from './transaction-rules.ts'

/** A key, and 32 bytes that nobody can guess, new for each signature. */
export interface SigningKey {
  readonly privateKey: PrivateKey
  readonly random: Uint8Array
}

/** Everything that is signed for Lighter, at once and on the thread that asks. */
export class Signing {
  readonly #base = new FixedBase(generator())

  /** @returns 80 hex digits */
  publicKey(privateKey: PrivateKey): string {
    return Buffer.from(publicKeyOf(privateKey, this.#base)).toString('hex')
  }

  /** @returns an error that names the field that the venue would refuse */
  transaction(key: SigningKey, transaction: Transaction): Result<SignedTransaction, string> {
    const checked = checkTransaction(transaction)
    if (!checked.ok) return checked
    const message = transactionHash(transaction)
    return ok({
      txType: transactionType(transaction),
      txInfo: transactionInfo(transaction, this.#sign(key, message)),
      txHash: Buffer.from(message).toString('hex'),
    })
  }

  authToken(key: SigningKey, token: AuthToken): Result<string, string> {
    const text = tokenText(token)
    return text.ok ? ok(signedToken(text.value, this.#sign(key, tokenHash(text.value)))) : text
  }

  #sign({ privateKey, random }: SigningKey, message: Uint8Array): Uint8Array {
    return sign({ privateKey, message, random }, this.#base)
  }
}
