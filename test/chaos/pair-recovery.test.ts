import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { sharedMemory } from '../../src/ops/sent-marks.ts'
import { playRecoveries, type Recovery } from './pair-recovery.ts'

test("[HG71] killed between A's fill and B's order, a server that starts again hedges once", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-pair-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const told: string[] = []
  const found = await playRecoveries({ folder, times: 1, print: line => told.push(line) })
  const proven = (each: readonly Recovery[]) => each.map(({ isProven }) => isProven)
  // Only an order that may have left is waited for; where nothing marks what leaves, any that was claimed.
  expect(proven(found.doubted), told.join('\n')).toEqual([true])
  expect(proven(found.uncommitted)).toEqual([false])
  expect(proven(found.unsent)).toEqual([sharedMemory() === null])
})
