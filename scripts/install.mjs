import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { ROOT } from './node.mjs'

// `npm ci` begins by removing node_modules, the stamp with it: an install that was cut short leaves none.
const STAMP = `${ROOT}node_modules/.lockstep-installed`

/** Installs what the lock file says, unless that is what is there. @param {'runtime' | 'full'} scope */
export function install(scope) {
  const lock = createHash('sha256')
    .update(readFileSync(`${ROOT}package-lock.json`))
    .digest('hex')
  if (isInstalled(readStamp(), lock, scope)) return
  const omit = scope === 'runtime' ? ['--omit=dev'] : []
  // npm's output goes to stderr: stdout belongs to the command that needs the packages.
  const npm = spawnSync('npm', ['ci', ...omit, '--ignore-scripts'], { cwd: ROOT, stdio: ['ignore', 2, 2] })
  if (npm.error) throw new Error(`npm could not be started (${npm.error.message}); is it on the PATH?`)
  if (npm.status !== 0)
    throw new Error('npm ci failed; its own words are above. Check the network and try again.')
  writeFileSync(STAMP, `${lock} ${scope}\n`)
}

/**
 * Installs a tool from Debian's packages where it is missing and may be installed. Where it may not, the tests that
 * need it say so themselves.
 */
export function installTool(tool) {
  const isThere = () => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined
  const apt = (...args) => spawnSync('apt-get', args, { stdio: ['ignore', 2, 2] }).status === 0
  if (isThere() || process.getuid?.() !== 0) return
  const get = () => apt('install', '-y', '--no-install-recommends', tool)
  if (!get() && apt('update')) get()
}

function isInstalled(stamp, lock, scope) {
  const [installedLock, installedScope] = stamp.trim().split(' ')
  return installedLock === lock && (installedScope === 'full' || installedScope === scope)
}

function readStamp() {
  try {
    return readFileSync(STAMP, 'utf8')
  } catch {
    return ''
  }
}
