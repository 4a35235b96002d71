import { expect, test } from 'vitest'
import { describeFailure, simulate } from '../simulate.ts'
import { ONCE_FAILED } from './seeds.ts'

test.each(ONCE_FAILED)('[SM2] seed %i stays whole: %s', async seed => {
  const report = await simulate({ seed })
  if (report.violations.length > 0) expect.fail(describeFailure(report))
})
