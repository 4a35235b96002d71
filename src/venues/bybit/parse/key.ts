import type { KeyPermissions } from '../../../domain/account.ts'
import { integerField, listField, Malformed, optionalText, type Row, rowField } from '../../shared/fields.ts'

/** Bybit's way to say "any address" and "never". */
const ANY_ADDRESS = '*'
const EPOCH = 0

/** The result of user/query-api. Throws `Malformed`. */
export function parseKey(result: Row): KeyPermissions {
  const permissions = rowField(result, 'permissions')
  const readOnly = integerField(result, 'readOnly') === 1
  const wallet = texts(permissions, 'Wallet')
  const addresses = texts(result, 'ips').filter(address => address !== ANY_ADDRESS)
  return {
    readOnly,
    trade: !readOnly && texts(permissions, 'ContractTrade').includes('Order'),
    withdraw: wallet.includes('Withdraw'),
    transfer: wallet.includes('AccountTransfer') || wallet.includes('SubMemberTransfer'),
    addresses,
    expiresAt: expiry(result),
  }
}

/** Only keys that are bound to no address expire; the others carry 1970. */
function expiry(result: Row): number | null {
  const text = optionalText(result, 'expiredAt')
  if (text === null) return null
  const at = Date.parse(text)
  if (Number.isNaN(at)) throw new Malformed(`expiredAt is not a date: "${text}"`)
  return at === EPOCH ? null : at
}

function texts(row: Row, field: string): readonly string[] {
  return listField(row, field).filter(value => typeof value === 'string')
}
