import { defineConfig } from 'vitest/config'

// `unit` is what `npm run check` runs: fast, no sockets but loopback, no services.
// `system` holds the runs over the wire, over processes and the simulator's seeds.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'exchange/**/*.test.ts', 'test/tidy/**/*.test.ts'],
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: ['test/tidy/**'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
