// npm start: installs what running needs where it is missing, then runs the demo.
import { install } from './install.mjs'
import { exitWith, nodeFlags, projectNode, ROOT, run } from './node.mjs'

await exitWith(() => {
  install('runtime')
  return run(projectNode(), [...nodeFlags(), `${ROOT}bin/lockstep`, 'demo', ...process.argv.slice(2)])
})
