import { expect, test } from 'vitest'
import { REASONS } from './reason.ts'

test('[DM19] every reason has a stable code and whole sentences for a person', () => {
  for (const [code, sentence] of Object.entries(REASONS)) {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/)
    expect(sentence, code).toMatch(/^[A-Z].*[.]$/)
  }
})
