import { Command, Option } from 'commander'
import type { z } from 'zod'
import { userAnswer, type userBody } from '../../protocol/rest/users.ts'
import { err, ok, type Result } from '../domain/result.ts'
import { ROLES, type Role } from '../domain/user.ts'
import { nameOfEmail } from '../front/open-people.ts'
import type { Security } from '../security/security.ts'
import { answer, withOrWithoutServer } from './answer.ts'
import { complain } from './config.ts'
import { type Exit, exitCodeOf, type Failure } from './exit-codes.ts'
import { readPassword } from './owner.ts'
import { askHidden, canAsk } from './prompt.ts'
import { ask } from './rest.ts'
import { withSecurity } from './stored.ts'
import { type WhereFlags, whereOf, withWhereFlags } from './where.ts'

const EXAMPLES = `Examples:
  lockstep user create --role owner --email ada@example.com                 asks for the password
  lockstep user create --role viewer --email ben@example.com --password-file /run/secrets/ben
  pass show desk/ada | lockstep user create --role owner --email ada@example.com --password-file -
While the server runs it adds the user; while it is stopped, the command itself does.
`
const PASSWORD_FLAG = '--password-file'
const STDIN = '/dev/stdin'

type NewUser = z.input<typeof userBody>
type MadeUser = z.output<typeof userAnswer>

interface Flags extends WhereFlags {
  readonly email: string
  readonly role: Role
  readonly name?: string
  readonly passwordFile?: string
  readonly json?: boolean
}

export function userCommand(exit: Exit): Command {
  const create = new Command('create')
    .description('add somebody who may log in; the first owner, too')
    .addHelpText('before', EXAMPLES)
    .requiredOption('--email <address>', 'what the user logs in with')
    .addOption(new Option('--role <role>', 'what the user may do').choices(ROLES).makeOptionMandatory())
    .option('--name <name>', 'how the user is called; the first part of the email where nothing is said')
    .option(`${PASSWORD_FLAG} <file>`, 'a file that holds the password alone; - for standard input')
    .option('--json', 'one JSON object: the user')
  return new Command('user')
    .description('people who may log in')
    .addHelpText('before', EXAMPLES)
    .addCommand(withWhereFlags(create).action(async (flags: Flags) => exit(await run(flags))))
}

async function run(flags: Flags): Promise<number> {
  const where = whereOf(flags)
  if (!where.ok) return complain(where.error)
  const password = await passwordOf(flags)
  if (!password.ok) return complain([password.error])
  const { email, role, name = nameOfEmail(email) } = flags
  const body: NewUser = { email, role, name, password: password.value }
  const made = await withOrWithoutServer(where.value, {
    server: pass => ask(pass, { method: 'POST', path: '/users', body, answer: userAnswer }),
    stopped: () => withSecurity(where.value, { mayBegin: true }, security => create(security, body)),
  })
  const { dataFolder } = where.value
  return answer(made, {
    json: flags.json ?? false,
    text: user => `${user.email} is ${user.role} of the server in ${dataFolder} now.`,
  })
}

async function create({ users }: Security, body: NewUser): Promise<Result<MadeUser, Failure>> {
  const made = await users.create({ ...body, by: 'local' })
  if (!made.ok) return err({ message: made.error.message, exitCode: exitCodeOf(made.error.code) })
  const { passwordHash: _, ...user } = made.value
  return ok(user)
}

async function passwordOf({ passwordFile }: Flags): Promise<Result<string, string>> {
  if (passwordFile !== undefined)
    return readPassword(passwordFile === '-' ? STDIN : passwordFile, PASSWORD_FLAG)
  if (!canAsk())
    return err(
      `No password was given, and there is no terminal to ask on. Name a file with ${PASSWORD_FLAG}.`,
    )
  const first = await askHidden('Password: ')
  const second = first === null ? null : await askHidden('The same again: ')
  if (first === null || second === null) return err('Nothing was done.')
  return first === second ? ok(first) : err('The two were not the same. Nothing was done; try again.')
}
