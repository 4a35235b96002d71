import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

// Everything in this folder but what needs the project's packages runs on any Node from 18 on, with nothing installed.
export const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PINNED_NODE = `${ROOT}node_modules/.bin/node`
const MINIMUM = [22, 18]
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** From 22.18 on Node runs TypeScript as it stands: there is no build step. */
export function runsTypeScript(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])
}

/** The Node that Lockstep runs on: the pinned one where it is installed, else this one if it is new enough. */
export function projectNode() {
  if (existsSync(PINNED_NODE)) return PINNED_NODE
  if (runsTypeScript(process.versions.node)) return process.execPath
  throw new Error(
    `Lockstep needs Node ${MINIMUM.join('.')} or newer, this is ${process.versions.node}. ` +
      'Install a newer Node; on Linux x64 "npm ci --ignore-scripts" brings one.',
  )
}

/** What the command's own first line gives Node, for those who start it otherwise. */
export function nodeFlags() {
  const [first = ''] = readFileSync(`${ROOT}bin/lockstep`, 'utf8').split('\n')
  return first.split(' ').filter(word => word.startsWith('--'))
}

/**
 * Runs a command in this process's place: the same terminal, the same signals, the same exit code.
 *
 * @returns the exit code; 128 + signal number where a signal ended it
 */
export function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit' })
    // A terminal sends Ctrl-C to the child as well; passed on, it would count as a second one.
    const passOn = signal => (signal === 'SIGINT' && process.stdin.isTTY) || child.kill(signal)
    for (const signal of SIGNALS) process.on(signal, passOn)
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      for (const each of SIGNALS) process.off(each, passOn)
      resolve(code ?? 128 + constants.signals[signal])
    })
  })
}

/** Ends the process with the code that `task` gives, or with 1 and a plain sentence when it cannot be done. */
export async function exitWith(task) {
  try {
    process.exitCode = await task()
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
}
