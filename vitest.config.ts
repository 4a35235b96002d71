import { existsSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

// Recorded payloads of the venues are not part of the repository. Where they are absent, what compares with
// them is left out as a whole, and said so: a skip among the tests would look like a test.
const RECORDED = {
  bybit: [
    'test/contract/payloads-bybit.test.ts',
    'test/contract/payloads-bybit-history.test.ts',
    'test/conformance/bybit-shapes.test.ts',
  ],
  lighter: ['test/contract/payloads-lighter-signing.test.ts', 'test/conformance/lighter-shapes.test.ts'],
}
const absent = Object.entries(RECORDED).flatMap(([venue, tests]) =>
  existsSync(new URL(`../shared/payloads/${venue}/`, import.meta.url)) ? [] : tests,
)
if (absent.length > 0)
  process.stderr.write(`Left out, for want of ../shared/payloads: ${absent.join(', ')}\n`)

// `unit` is what `npm run check` runs: fast, no sockets but loopback, no services.
// `system` holds the runs over the wire, over processes and the simulator's seeds.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,protocol,client,exchange}/**/*.test.ts', 'test/tidy/**/*.test.ts'],
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: ['test/tidy/**', ...absent],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
