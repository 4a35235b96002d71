import { expect, test } from 'vitest'
import { MODES, strictestMode } from './strategy.ts'

test('[DM18] of two modes the stricter one holds, whichever is whose', () => {
  for (const mode of MODES) {
    expect(strictestMode(mode, 'off')).toBe('off')
    expect(strictestMode('on', mode)).toBe(mode)
    expect(strictestMode(mode, 'close_only')).toBe(strictestMode('close_only', mode))
  }
})
