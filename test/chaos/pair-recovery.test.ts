import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { playRecoveries } from './pair-recovery.ts'

test("[HG71] killed between A's fill and B's order, a server that starts again hedges once", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-pair-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const told: string[] = []
  const { uncommitted, unsent } = await playRecoveries({ folder, times: 1, print: line => told.push(line) })
  expect([uncommitted.length, unsent.length], told.join('\n')).toEqual([1, 1])
  // Whoever cannot know whether B's order left waits for the proof: until its deadline, and twice the venue's lag.
  expect(unsent[0]).toBeGreaterThan(5_000)
})
