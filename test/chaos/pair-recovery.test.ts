import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { sharedMemory } from '../../src/ops/sent-marks.ts'
import { playRecoveries } from './pair-recovery.ts'

test("[HG71] killed between A's fill and B's order, a server that starts again hedges once", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-pair-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const told: string[] = []
  const found = await playRecoveries({ folder, times: 1, print: line => told.push(line) })
  // Only an order that may have left is waited for: until its deadline, and twice the venue's lag.
  expect(found.doubted[0], told.join('\n')).toBeGreaterThan(5_000)
  const bound = sharedMemory() === null ? Number.POSITIVE_INFINITY : (found.doubted[0] ?? 0)
  expect(found.uncommitted[0]).toBeLessThan(bound)
  expect(found.unsent[0]).toBeLessThan(bound)
})
