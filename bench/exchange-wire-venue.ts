import { runExchange } from '../exchange/server/run.ts'
import { decimal } from '../src/domain/decimal.ts'

// The exchange of bench/exchange-wire.ts, in a process of its own: it answers every message with what it has used.
export interface Ready {
  readonly private: string
  readonly trade: string
}
export interface Usage {
  /** Microseconds of the exchange's process since it was last asked. */
  readonly cpu: number
  readonly rss: number
}

const accounts = Number(process.argv[2])
const server = await runExchange({
  seed: 1,
  limits: 'off',
  // Deep books: the wire is measured, not how an order walks through many levels.
  levelNotional: decimal('2000000'),
  print: () => undefined,
  accounts: Array.from({ length: accounts }, (_, index) => ({
    account: `a${index}`,
    deposit: decimal('100000'),
    key: `k${index}`,
    secret: `s${index}`,
  })),
})
let before = process.cpuUsage()
process.on('message', () => {
  const spent = process.cpuUsage(before)
  before = process.cpuUsage()
  process.send?.({ cpu: spent.user + spent.system, rss: process.memoryUsage.rss() } satisfies Usage)
})
process.on('disconnect', () => process.exit(0))
process.send?.({ private: server.streams.private, trade: server.streams.trade } satisfies Ready)
