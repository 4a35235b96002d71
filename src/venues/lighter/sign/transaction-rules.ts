import { err, ok, type Result } from '../../../domain/result.ts'
import type { CancelAllOrders, CreateOrder, LighterOrderType, Transaction } from './transaction.ts'
import {
  attributeFields,
  chainField,
  expiryField,
  type Field,
  nonceField,
  ownFields,
  senderFields,
} from './transaction-fields.ts'

/** NbAttributesPerTx in elliottech/lighter-go, types/txtypes/constants.go. */
export const MAXIMUM_ATTRIBUTES = 4

/** What an order of a type must have (Validate in elliottech/lighter-go, types/txtypes/create_order.go). */
interface OrderRule {
  readonly timeInForce: readonly CreateOrder['timeInForce'][]
  readonly trigger: boolean
  readonly expiry: 'needed' | 'none' | 'unless_ioc'
}

const ANY = ['ioc', 'gtt', 'post_only'] as const
const ORDER_RULES: Readonly<Record<LighterOrderType, OrderRule>> = {
  limit: { timeInForce: ANY, trigger: false, expiry: 'unless_ioc' },
  market: { timeInForce: ['ioc'], trigger: false, expiry: 'none' },
  stop_loss: { timeInForce: ['ioc'], trigger: true, expiry: 'needed' },
  stop_loss_limit: { timeInForce: ANY, trigger: true, expiry: 'needed' },
  take_profit: { timeInForce: ['ioc'], trigger: true, expiry: 'needed' },
  take_profit_limit: { timeInForce: ANY, trigger: true, expiry: 'needed' },
  twap: { timeInForce: ['gtt'], trigger: false, expiry: 'needed' },
}

/**
 * What the venue would refuse whatever its state is found here, before a nonce is spent on it.
 *
 * @returns an error that names the field, its value and what it may be
 */
export function checkTransaction(transaction: Transaction): Result<void, string> {
  const attributes = attributeFields(transaction.attributes)
  const fields = [
    chainField(transaction),
    ...senderFields(transaction),
    nonceField(transaction),
    expiryField(transaction),
    ...ownFields(transaction),
    ...attributes,
  ]
  const wrong = fields.find(each => !isInRange(each))
  if (wrong !== undefined) return err(outOfRange(transaction, wrong))
  const given = attributes.filter(({ value, neutral }) => value !== neutral)
  if (given.length > MAXIMUM_ATTRIBUTES) {
    return err(`${transaction.kind}: ${given.length} attributes; the venue takes ${MAXIMUM_ATTRIBUTES}.`)
  }
  if (transaction.kind === 'create_order') return checkOrder(transaction)
  return transaction.kind === 'cancel_all_orders' ? checkCancelAll(transaction) : ok()
}

function isInRange({ value, minimum, maximum }: Field): boolean {
  const isWhole = typeof value === 'bigint' || Number.isSafeInteger(value)
  return isWhole && value >= minimum && value <= maximum
}

function outOfRange({ kind }: Transaction, { name, value, minimum, maximum }: Field): string {
  const what = /^\d/.test(name) ? `attribute ${name}` : name
  return `${kind}: ${what} is ${value}; it must be a whole number from ${minimum} to ${maximum}.`
}

function checkOrder({ type, timeInForce, triggerPrice, orderExpiry }: CreateOrder): Result<void, string> {
  const rule = ORDER_RULES[type]
  if (!rule.timeInForce.includes(timeInForce)) {
    return err(
      `create_order: a ${type} order cannot be ${timeInForce}; it can be ${rule.timeInForce.join(' or ')}.`,
    )
  }
  if (rule.trigger !== (triggerPrice !== 0)) {
    return err(`create_order: a ${type} order must have ${rule.trigger ? 'a' : 'no'} trigger price.`)
  }
  const expires = rule.expiry === 'needed' || (rule.expiry === 'unless_ioc' && timeInForce !== 'ioc')
  if (expires === (orderExpiry !== 0)) return ok()
  return err(
    `create_order: a ${type} order that is ${timeInForce} must have ${expires ? 'an' : 'no'} expiry.`,
  )
}

function checkCancelAll({ mode, at }: CancelAllOrders): Result<void, string> {
  if ((mode === 'scheduled') === (at !== 0)) return ok()
  return err(`cancel_all_orders: ${mode} must have ${mode === 'scheduled' ? 'a' : 'no'} time.`)
}
