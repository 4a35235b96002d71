import { expect, test } from 'vitest'
import { loadConfig } from '../config.ts'
import { must, ok } from '../domain/result.ts'
import { settingsOf } from './serve.ts'

function settingsWith(flags: Readonly<Record<string, string>>) {
  const config = loadConfig({ flags, env: {}, fileText: null, readFile: () => ok('') })
  return settingsOf(must(config.ok ? config.value : undefined, 'an empty configuration is valid'))
}

test('[CL20] a paper exchange that counts no requests is sent as many as there are; by default none is', () => {
  // 226 accounts open 452 connections: by the venue's limits the last of them would wait for five minutes.
  expect(settingsWith({ 'exchange.limits': 'off' }).paperLimits).toBe('off')
  expect(settingsWith({}).paperLimits).toBe('venue')
})
