import { attempt, integerField, optionalText, parseObject, type Row, textField } from '../../shared/fields.ts'
import { type Refusal, refused } from '../errors.ts'

/** What became of a transaction that the API took. */
export type TransactionFate =
  | { readonly kind: 'executed' }
  | { readonly kind: 'pending' }
  /** The sequencer refused it: nothing was done, and whether its nonce was used nobody says. */
  | { readonly kind: 'failed'; readonly refusal: Refusal }

/** OpenAPI, EnrichedTx.status: 2 is executed; 3 and above are later steps towards the chain. */
const FAILED = 0
const EXECUTED = 2
const NO_CODE = 0

/** A row of `tx`. Throws `Malformed`. */
export function parseTransaction(row: Row): TransactionFate {
  const status = integerField(row, 'status')
  if (status >= EXECUTED) return { kind: 'executed' }
  return status === FAILED ? { kind: 'failed', refusal: refusalOf(row) } : { kind: 'pending' }
}

/** `event_info` is a text of JSON whose `ae` is the error: again a text of JSON, or words. Its form is not promised. */
function refusalOf(row: Row): Refusal {
  const said = attempt(() => {
    const event = parseObject(optionalText(row, 'event_info') ?? '')
    const words = optionalText(event, 'ae') ?? ''
    const error = attempt(() => {
      const told = parseObject(words)
      return refused(integerField(told, 'code'), textField(told, 'message'))
    })
    return error.ok ? error.value : refused(NO_CODE, words)
  })
  return said.ok && said.value.message !== '' ? said.value : refused(NO_CODE, 'the sequencer refused it')
}
