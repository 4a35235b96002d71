import { z } from 'zod'
import { VENUES } from '../../src/domain/ids.ts'
import { instrumentText, nameText, pageQuery, preciseTimestamp, uuid } from './common.ts'

export const noticesQuery = pageQuery.extend({
  accountId: uuid.optional(),
  acknowledged: z.enum(['true', 'false']).optional(),
})

export const noticeAnswer = z.object({
  id: uuid,
  code: z.string(),
  level: z.enum(['info', 'warning', 'critical']),
  accountId: uuid.nullable(),
  instrument: instrumentText.nullable(),
  text: z.string(),
  action: z.string(),
  /** What programs go by; amounts as text. Null: nothing beside the text. */
  details: z.record(z.string(), z.union([z.string(), z.number()]).nullable()).nullable(),
  recovers: uuid.nullable(),
  at: preciseTimestamp,
  acknowledgedAt: preciseTimestamp.nullable(),
  acknowledgedBy: z.string().nullable(),
})

export const auditAnswer = z.object({
  sequence: z.int(),
  at: preciseTimestamp,
  actor: z.string(),
  action: z.string(),
  subject: z.string().nullable(),
  /** JSON. */
  detail: z.string().nullable(),
  previousHash: z.string(),
  hash: z.string(),
})

/** brokenAt: the first entry that does not follow from the one before it. */
export const auditVerifyAnswer = z.object({
  intact: z.boolean(),
  entries: z.int(),
  brokenAt: z.int().nullable(),
  message: z.string(),
})

/** Everything that can be set at run time. What trading goes by is in config.yaml. */
export const SETTINGS = {
  /** How the server calls itself in titles and notices. */
  'server.name': nameText,
  'display.language': z.enum(['en', 'zh']),
  /** Which colour a rising price has. */
  'display.rising': z.enum(['green', 'red']),
} as const
export type SettingName = keyof typeof SETTINGS

export const settingName = z.enum(Object.keys(SETTINGS) as [SettingName, ...SettingName[]])
export const settingBody = z.strictObject({ value: z.string().max(256) })
/** value: null where nobody has set it. */
export const settingAnswer = z.object({ name: settingName, value: z.string().nullable() })

const partStatus = z.enum(['up', 'degraded', 'down'])

export const healthAnswer = z.object({
  status: partStatus,
  parts: z.array(z.object({ name: z.string(), status: partStatus, detail: z.string().nullable() })),
})

export const livezAnswer = z.object({ status: z.literal('up') })

export const statusAnswer = z.object({
  version: z.string(),
  startedAt: preciseTimestamp,
  now: preciseTimestamp,
  accounts: z.array(z.object({ id: uuid, state: z.string(), since: preciseTimestamp.nullable() })),
  health: healthAnswer,
})

/** Whose sessions: of one venue, of one user's accounts, or all. */
export const resetBody = z.strictObject({ venue: z.enum(VENUES).optional(), userId: uuid.optional() })
