import type { AuditEntry } from '../../src/domain/audit.ts'
import { decimal } from '../../src/domain/decimal.ts'
import type { Signal } from '../../src/domain/signal.ts'
import type { Login, User } from '../../src/domain/user.ts'
import type { IdempotentAnswer } from '../../src/ports/records.ts'
import { BTC, id } from './store-rows.ts'

export function user(count: number, changes: Partial<User> = {}): User {
  return {
    id: id('user', count),
    email: `${count}@example.com`,
    name: 'Ada',
    role: 'customer',
    status: 'active',
    passwordHash: '$argon2id$',
    createdAt: 1_000,
    ...changes,
  }
}

export function login(count: number, changes: Partial<Login> = {}): Login {
  return {
    id: id('login', count),
    userId: id('user', 1),
    generation: 1,
    createdAt: 1_000,
    usedAt: 2_000,
    expiresAt: 9_000,
    revokedAt: null,
    userAgent: 'test',
    address: '127.0.0.1',
    ...changes,
  }
}

export function auditEntry(sequence: number): AuditEntry {
  return {
    sequence,
    at: 1_000,
    actor: 'system',
    action: 'link.pause',
    subject: null,
    detail: null,
    previousHash: `hash ${sequence - 1}`,
    hash: `hash ${sequence}`,
  }
}

export function signal(count: number, changes: Partial<Signal> = {}): Signal {
  return {
    id: id('signal', count),
    sourceId: id('source', 1),
    externalId: id('external', count),
    digest: 'digest',
    instrumentId: BTC,
    action: { kind: 'target', quantity: decimal('0.5') },
    signalPrice: null,
    at: 1_000,
    receivedAt: 1_000.25,
    status: 'pending',
    reason: null,
    ...changes,
  }
}

export function idempotentAnswer(count: number): IdempotentAnswer {
  return { actor: 'local', key: id('key', count), digest: 'digest', status: 201, body: '{}', at: 1_000 }
}
