import { Command } from 'commander'
import { z } from 'zod'
import { err, ok } from '../domain/result.ts'
import { answer, withOrWithoutServer } from './answer.ts'
import { complain } from './config.ts'
import { type Exit, exitCodeOf } from './exit-codes.ts'
import { ask } from './rest.ts'
import { withSecurity } from './stored.ts'
import { type WhereFlags, whereOf, withWhereFlags } from './where.ts'

const EXAMPLES = `Examples:
  lockstep keys rotate                    while the server runs, or while it is stopped
  lockstep keys rotate --data /srv/desk   of the server on another data folder
`
const DONE =
  'Every secret is sealed with a new master key. Make a new copy of the file of master keys. Everybody has to log in again.'

interface Flags extends WhereFlags {
  readonly json?: boolean
}

export function keysCommand(exit: Exit): Command {
  const rotate = new Command('rotate')
    .description('seal every secret with a new master key; everybody has to log in again')
    .addHelpText('before', EXAMPLES)
    .option('--json', 'one JSON object: {"rotated":true}')
  return new Command('keys')
    .description('the master keys that every secret is sealed with')
    .addHelpText('before', EXAMPLES)
    .addCommand(withWhereFlags(rotate).action(async (flags: Flags) => exit(await run(flags))))
}

async function run(flags: Flags): Promise<number> {
  const where = whereOf(flags)
  if (!where.ok) return complain(where.error)
  const rotated = { rotated: true }
  const done = await withOrWithoutServer(where.value, {
    server: async pass => {
      const asked = await ask(pass, { method: 'POST', path: '/system/keys/rotate', answer: z.null() })
      return asked.ok ? ok(rotated) : asked
    },
    stopped: () =>
      withSecurity(where.value, { mayBegin: false }, async ({ rotation }) => {
        const ended = await rotation.rotate('local')
        if (ended.ok) return ok(rotated)
        return err({ message: ended.error.message, exitCode: exitCodeOf(ended.error.code) })
      }),
  })
  return answer(done, { json: flags.json ?? false, text: () => DONE })
}
