// npm test: format and lint, types, every test. All of them run; the first that fails gives the exit code.
import { install, installTool } from './install.mjs'
import { exitWith, projectNode, ROOT, run } from './node.mjs'

const STEPS = [
  ['biome', 'check', '--error-on-warnings', '.'],
  ['tsc', '--noEmit'],
  ['vitest', 'run', ...process.argv.slice(2)],
]

await exitWith(async () => {
  install('full')
  // For disks that fail and power that is cut.
  installTool('strace')
  process.chdir(ROOT)
  let firstFailure = 0
  for (const [tool, ...args] of STEPS) {
    const code = await run(projectNode(), [`${ROOT}node_modules/.bin/${tool}`, ...args])
    if (code !== 0) console.error(`${tool} failed`)
    firstFailure ||= code
  }
  return firstFailure
})
