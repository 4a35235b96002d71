import type { FastifyRequest } from 'fastify'
import { principalOf } from './access.ts'
import type { Act } from './answer.ts'

/**
 * What the audit chain will say of a command.
 *
 * @param subject `account:<id>`; null: the server as a whole
 * @param detail what was asked for, never with a secret
 */
export function actOf(
  request: FastifyRequest,
  action: string,
  { subject = null, detail = null }: { subject?: string | null; detail?: object | null } = {},
): Act {
  return {
    actor: principalOf(request).actor,
    action,
    subject,
    detail: detail === null ? null : flatDetail(detail),
  }
}

/** Lists and objects as JSON: an entry of the chain is one level deep. */
export function flatDetail(detail: object): NonNullable<Act['detail']> {
  const pairs = Object.entries(detail).filter(([, value]) => value !== undefined)
  return Object.fromEntries(
    pairs.map(([name, value]) => [name, isPlain(value) ? value : JSON.stringify(value)]),
  )
}

function isPlain(value: unknown): value is string | number | boolean | null {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}
