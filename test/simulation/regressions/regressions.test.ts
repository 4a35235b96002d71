import { expect, test } from 'vitest'
import { describeFailure, simulate } from '../simulate.ts'
import type { WorldName } from '../world-name.ts'
import { ONCE_FAILED, PAIRS_ONCE_FAILED } from './seeds.ts'

async function staysWhole(world: WorldName, seed: number): Promise<void> {
  const report = await simulate({ world, seed })
  if (report.violations.length > 0) expect.fail(describeFailure(report))
}

test.each(ONCE_FAILED)('[SM2] seed %i stays whole: %s', seed => staysWhole('copies', seed))
test.each(PAIRS_ONCE_FAILED)('[SM2] seed %i of pairs stays whole: %s', seed => staysWhole('pairs', seed))
