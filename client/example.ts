import { LiveClient } from './live.ts'

// node client/example.ts http://127.0.0.1:8787 <token> [account ...]
const [url = '', token = '', ...accounts] = process.argv.slice(2)

const live = new LiveClient({
  url,
  // An app asks its server for an access token here, and for another one when the last was refused.
  token: async () => token,
  listener: {
    changed: ({ stream, data, isStale }) => say({ stream, isStale, data }),
    status: (status, reason) => say({ status, reason }),
    notice: ({ level, text, action }) => say({ level, text, action }),
    refused: ({ code, detail }) => say({ code, detail }),
  },
})
live.subscribeTrading({
  types: ['balance', 'positions', 'pnl', 'orders'],
  ...(accounts.length > 0 && { accounts }),
})
process.once('SIGINT', () => live.close())

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
