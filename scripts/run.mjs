// node scripts/run.mjs <file.ts> [args]: runs a file of the project with everything that developing it needs.
import { install } from './install.mjs'
import { exitWith, projectNode, ROOT, run } from './node.mjs'

await exitWith(() => {
  const [file, ...args] = process.argv.slice(2)
  install('full')
  return run(projectNode(), [`${ROOT}${file}`, ...args])
})
