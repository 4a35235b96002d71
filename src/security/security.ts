import { err, ok, type Result } from '../domain/result.ts'
import type { Authority } from '../ports/authority.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/observe.ts'
import type { Random, SecureRandom } from '../ports/random.ts'
import type { Directory, Records } from '../ports/records.ts'
import type { Vault } from '../ports/vault.ts'
import { AccessTokens } from './access-tokens.ts'
import { ApiTokens } from './api-tokens.ts'
import { type AuditChain, openAuditChain } from './audit-chain.ts'
import { HEAD_SETTING } from './audit-entry.ts'
import { SecurityAuthority } from './authority.ts'
import { Credentials } from './credentials.ts'
import { FirstOwner } from './first-owner.ts'
import { type Commit, Ledger } from './ledger.ts'
import { Logins } from './logins.ts'
import { openMasterKeys } from './master-key-file.ts'
import type { MasterKeys } from './master-keys.ts'
import { PasswordGate } from './password-gate.ts'
import { Passwords } from './passwords.ts'
import { Profiles } from './profiles.ts'
import { Pruning } from './pruning.ts'
import { Revocations } from './revocations.ts'
import { Rotation } from './rotation.ts'
import { SecondFactor } from './second-factor.ts'
import { Settings } from './settings.ts'
import { SecurityState } from './state.ts'
import { Users } from './users.ts'
import { SecretVault } from './vault.ts'

export interface SecurityPorts {
  readonly clock: Clock
  readonly random: Random
  readonly secureRandom: SecureRandom
  readonly log: Log
  readonly records: Pick<Records, 'directory' | 'auditAfter'>
  /** The store's own. */
  readonly commit: Commit
}

export interface SecurityOptions {
  readonly ports: SecurityPorts
  /** Of the file of master keys. */
  readonly masterKeyPath: string
  /** Whose credentials count where none is sealed: those of config.yaml. */
  readonly fallback: Vault
}

/** People, what they may do, what they did, and what must not be read. */
export interface Security {
  readonly authority: Authority
  readonly vault: Vault
  readonly users: Users
  readonly logins: Logins
  readonly secondFactor: SecondFactor
  readonly apiTokens: ApiTokens
  readonly firstOwner: FirstOwner
  readonly profiles: Profiles
  readonly credentials: Credentials
  readonly settings: Settings
  readonly rotation: Rotation
  readonly pruning: Pruning
  /** For acts that are committed elsewhere, and to be verified. */
  readonly audit: AuditChain
  /** For units that change people's rows and others. */
  readonly ledger: Ledger
}

/** Reads who there is. @returns what keeps the server from starting, with what to do */
export async function openSecurity(options: SecurityOptions): Promise<Result<Security, string>> {
  const { ports, masterKeyPath: path, fallback } = options
  const directory = await ports.records.directory()
  const keys = await openMasterKeys({ path, inUse: isInUse(directory), secureRandom: ports.secureRandom })
  if (!keys.ok) return keys
  const state = new SecurityState(directory)
  const opened = await openAuditChain({
    ports: { ...ports, keys: keys.value },
    directory,
    commit: ports.commit,
    onReload: read => state.load(read),
  })
  if (!opened.ok) return err(`The audit chain cannot be written: ${opened.error.message}`)
  const security = build({ ports, keys: keys.value, state, chain: opened.value, fallback })
  // What a kill has cut off. It is no reason not to trade: both keys are there until it is done.
  const finished = security.rotation.isPending ? await security.rotation.rotate('system') : ok()
  if (!finished.ok) ports.log.error('key_rotation_unfinished', { message: finished.error.message })
  return ok(security)
}

/** Something was locked with a master key: with another one it would be lost. */
function isInUse(directory: Directory): boolean {
  return directory.secrets.length > 0 || directory.settings.has(HEAD_SETTING)
}

function build(parts: {
  readonly ports: SecurityPorts
  readonly keys: MasterKeys
  readonly state: SecurityState
  readonly chain: AuditChain
  readonly fallback: Vault
}): Security {
  const { keys, state, chain, fallback } = parts
  const { clock, random, secureRandom, log, commit } = parts.ports
  const revocations = new Revocations()
  const ledger = new Ledger({ chain, state, commit, revocations, log })
  const vault = new SecretVault({ keys, state, clock, secureRandom, fallback })
  const accessTokens = new AccessTokens({ keys, clock })
  const passwords = new Passwords(secureRandom)
  const gate = new PasswordGate({ clock, state, passwords, ledger })
  const secondFactor = new SecondFactor({ clock, secureRandom, state, vault, ledger, gate })
  const users = new Users({ clock, random, state, passwords, ledger, gate })
  return {
    authority: new SecurityAuthority({ clock, state, accessTokens, revocations }),
    vault,
    users,
    logins: new Logins({ clock, random, keys, state, ledger, gate, secondFactor, accessTokens }),
    secondFactor,
    apiTokens: new ApiTokens({ clock, random, secureRandom, state, ledger }),
    firstOwner: new FirstOwner({ users, secureRandom }),
    profiles: new Profiles({ state, ledger }),
    credentials: new Credentials({ secureRandom, state, vault, ledger }),
    settings: new Settings({ state, ledger }),
    rotation: new Rotation({ keys, vault, state, ledger, secureRandom }),
    pruning: new Pruning({ clock, state, ledger }),
    audit: chain,
    ledger,
  }
}
