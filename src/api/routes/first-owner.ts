import { z } from 'zod'
import { firstOwnerForm } from '../../../protocol/rest/auth.ts'
import { secretText } from '../../../protocol/rest/common.ts'
import { PUBLIC } from '../access.ts'
import type { Api } from '../api.ts'
import { parseForms } from '../body.ts'
import { refuse } from '../errors.ts'
import { escapeHtml, page } from '../html.ts'
import type { Limits } from '../limits.ts'
import type { Services } from '../services.ts'

const config = { access: PUBLIC }
const HTML = 'text/html; charset=utf-8'

/** The one-time link of a new server: a plain form, without script, that makes its first owner. */
export async function firstOwnerRoutes(app: Api, { people }: Services, limits: Limits): Promise<void> {
  parseForms(app)
  const check = async (token: string, address: string): Promise<void> => {
    if (people.mayBecomeFirstOwner(token)) return
    await limits.failure(address)
    refuse(
      'not_found',
      'This link is used or wrong. Log in, or restart a server without an owner for a new one.',
    )
  }

  app.get(
    '/first-owner',
    { config, schema: { hide: true, querystring: z.strictObject({ token: secretText }) } },
    async (request, reply) => {
      const { token } = request.query
      await check(token, request.ip)
      return reply.type(HTML).send(formPage(token, null))
    },
  )

  app.post(
    '/first-owner',
    { config, schema: { hide: true, body: firstOwnerForm } },
    async (request, reply) => {
      await check(request.body.token, request.ip)
      const made = await people.createFirstOwner(request.body)
      reply.type(HTML)
      if (!made.ok) return reply.code(422).send(formPage(request.body.token, made.error.message))
      return reply.send(
        page(
          'You are the owner',
          `<p>Log in as ${escapeHtml(made.value.email)}. This link works no more.</p>`,
        ),
      )
    },
  )
}

function formPage(token: string, problem: string | null): string {
  const fields = [
    ['email', 'E-mail', 'email', 'username'],
    ['name', 'Name', 'text', 'name'],
    ['password', 'Password, at least 12 characters', 'password', 'new-password'],
  ]
  const inputs = fields.map(
    ([name, label, type, complete]) =>
      `<p><label>${label}<br><input name="${name}" type="${type}" autocomplete="${complete}" required></label></p>`,
  )
  const told = problem === null ? '' : `<p role="alert">${escapeHtml(problem)}</p>`
  const hidden = `<input type="hidden" name="token" value="${escapeHtml(token)}">`
  return page(
    'Become the owner of this server',
    `${told}<form method="post" action="/first-owner">${hidden}${inputs.join('')}<p><button>Become the owner</button></p></form>`,
  )
}
