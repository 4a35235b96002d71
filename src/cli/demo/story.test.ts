import { expect, test } from 'vitest'
import { decision, id } from '../../../test/contract/store-rows.ts'
import type { AccountId } from '../../domain/ids.ts'
import { Story } from './story.ts'

test('[LM12] the demo keeps its five hundred newest events, and counts all', () => {
  let told = 0
  const story = new Story({
    copied: () => {
      told += 1
    },
    hedged: () => undefined,
  })
  for (let count = 1; count <= 501; count += 1) {
    const account = id<AccountId>('account', count)
    story.observer.decided?.(decision(count, { status: 'done', outcome: 'copied' }), null, account)
  }
  expect(story.events).toHaveLength(500)
  expect(story.events[0]?.account).toBe('account-000501')
  expect(story.events.at(-1)?.account).toBe('account-000002')
  expect(told).toBe(501)
  expect(story.summary()).toBe('501 copied')
})
