import type { Result } from '../../domain/result.ts'
import type { AuthToken } from './sign/auth-token.ts'
import type { PrivateKey } from './sign/private-key.ts'
import type { Transaction } from './sign/transaction.ts'

/** Signs for Lighter. Whatever goes wrong here, nothing has left and no nonce is spent. */
export interface Signer {
  /** @returns 80 hex digits, as the venue's `apikeys` lists them */
  publicKey(privateKey: PrivateKey): Promise<Result<string, SignerError>>
  transaction(
    privateKey: PrivateKey,
    transaction: Transaction,
  ): Promise<Result<SignedTransaction, SignerError>>
  /** @returns what the venue takes as `auth` */
  authToken(privateKey: PrivateKey, token: AuthToken): Promise<Result<string, SignerError>>
  /** What was asked before is answered; what is asked after is `gone`. Calling twice is harmless. */
  close(): Promise<void>
}

/** What `sendTx` takes. */
export interface SignedTransaction {
  readonly txType: number
  readonly txInfo: string
  /** 80 hex digits: the transaction's name at the venue. */
  readonly txHash: string
}

export type SignerError =
  /** It cannot be signed as it is; `message` names the field and its range. */
  | { readonly kind: 'invalid'; readonly message: string }
  /** Too many wait already. */
  | { readonly kind: 'busy'; readonly message: string }
  /** The signer has ended. */
  | { readonly kind: 'gone'; readonly message: string }
