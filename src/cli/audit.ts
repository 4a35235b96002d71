import { Command } from 'commander'
import type { z } from 'zod'
import { auditVerifyAnswer } from '../../protocol/rest/server.ts'
import { ok, type Result } from '../domain/result.ts'
import { verdictOf } from '../front/people.ts'
import { secureRandom } from '../ops/secure-random.ts'
import type { Store } from '../ports/store.ts'
import { isBegun, verifyStoredAudit } from '../security/audit-chain.ts'
import { openMasterKeys } from '../security/master-key-file.ts'
import { answer, withOrWithoutServer } from './answer.ts'
import { complain } from './config.ts'
import { EXIT, type Exit, type Failure } from './exit-codes.ts'
import { ask } from './rest.ts'
import { cannotRun, withStore } from './stored.ts'
import { type WhereFlags, whereOf, withWhereFlags } from './where.ts'

const EXAMPLES = `Examples:
  lockstep audit verify                    of the running server, or of its database while it is stopped
  lockstep audit verify --data /srv/copy   of a restored backup
`

type Verdict = z.output<typeof auditVerifyAnswer>

interface Flags extends WhereFlags {
  readonly json?: boolean
}

export function auditCommand(exit: Exit): Command {
  const verify = new Command('verify')
    .description('whether anything was edited, removed, moved or cut off; ends with 5 if so')
    .addHelpText('before', EXAMPLES)
    .option('--json', 'one JSON object: {"intact":true,"entries":12,...}')
  return new Command('audit')
    .description('the chain of who did what')
    .addHelpText('before', EXAMPLES)
    .addCommand(withWhereFlags(verify).action(async (flags: Flags) => exit(await run(flags))))
}

async function run(flags: Flags): Promise<number> {
  const where = whereOf(flags)
  if (!where.ok) return complain(where.error)
  const { masterKeyPath } = where.value
  const verdict = await withOrWithoutServer(where.value, {
    server: pass => ask(pass, { method: 'POST', path: '/audit/verify', answer: auditVerifyAnswer }),
    stopped: () => withStore(where.value, { mayBegin: false }, store => verifyStored(store, masterKeyPath)),
  })
  const code = answer(verdict, { json: flags.json ?? false, text: ({ message }) => message })
  return verdict.ok && !verdict.value.intact ? EXIT.notIntact : code
}

async function verifyStored(store: Store, masterKeyPath: string): Promise<Result<Verdict, Failure>> {
  if (!isBegun(await store.directory())) return ok({ intact: true, ...verdictOf({ entries: 0, faults: [] }) })
  // In use: looking must not make a new key where the right one is missing.
  const keys = await openMasterKeys({ path: masterKeyPath, inUse: true, secureRandom })
  if (!keys.ok) return cannotRun(keys.error)
  const verdict = verdictOf(await verifyStoredAudit(store, keys.value))
  return ok({ intact: verdict.brokenAt === null, ...verdict })
}
