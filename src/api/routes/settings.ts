import { z } from 'zod'
import { listAnswer } from '../../../protocol/rest/common.ts'
import {
  SETTINGS,
  type SettingName,
  settingAnswer,
  settingBody,
  settingName,
} from '../../../protocol/rest/server.ts'
import { onServer, principalOf } from '../access.ts'
import type { Api } from '../api.ts'
import { orRefuse, refuse } from '../errors.ts'
import type { Services } from '../services.ts'

const tags = ['settings']

/** Of all that is stored under settings, only what is listed in the protocol is anybody's to read. */
export function settingRoutes(app: Api, { people }: Services): void {
  const view = (name: SettingName): z.infer<typeof settingAnswer> => ({
    name,
    value: people.settings().get(name) ?? null,
  })
  app.get(
    '/settings',
    {
      config: { access: onServer('system.read') },
      schema: { tags, summary: 'What is set at run time', response: { 200: listAnswer(settingAnswer) } },
    },
    () => ({ rows: settingName.options.map(view) }),
  )

  app.put(
    '/settings/:name',
    {
      config: { access: onServer('system.manage') },
      schema: {
        tags,
        summary: 'Set one',
        params: z.strictObject({ name: settingName }),
        body: settingBody,
        response: { 200: settingAnswer },
      },
    },
    async request => {
      const { name } = request.params
      const { value } = request.body
      const checked = SETTINGS[name].safeParse(value)
      if (!checked.success) {
        const message = checked.error.issues[0]?.message ?? 'is not valid'
        refuse('invalid', `The value does not fit ${name}: ${message}.`, [{ path: 'body.value', message }])
      }
      orRefuse(await people.setSetting(name, value, principalOf(request).actor))
      return view(name)
    },
  )
}
