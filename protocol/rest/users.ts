import { z } from 'zod'
import { ROLES } from '../../src/domain/user.ts'
import { emailText, nameText, passwordText, preciseTimestamp, uuid } from './common.ts'

const status = z.enum(['active', 'disabled'])

export const userAnswer = z.object({
  id: uuid,
  email: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  status,
  createdAt: preciseTimestamp,
})

export const userBody = z.strictObject({
  email: emailText,
  name: nameText,
  role: z.enum(ROLES),
  password: passwordText,
})

/** What is left out stays. Another role, or being disabled, ends every login of the user. */
export const userChange = z.strictObject({ name: nameText, role: z.enum(ROLES), status }).partial()

/** It ends every login of the user. */
export const userPasswordBody = z.strictObject({ password: passwordText })
