import { startVitest } from 'vitest/node'

// npm run conformance: unmodified third-party clients trade on the exchange, and its answers are compared with
// recorded messages (LOCKSTEP_SHARED says where they are, if not beside the repository) and with the clients' types.
const filters = process.argv.slice(2)
const run = await startVitest('test', filters.length > 0 ? filters : ['test/conformance/'], { watch: false })
await run.close()
