import { expect, test } from 'vitest'
import { loadConfig } from '../config.ts'
import { must, ok } from '../domain/result.ts'
import { settingsOf } from './serve.ts'

const EMPTY = { flags: {}, env: {}, fileText: null, readFile: () => ok('') }

function settingsWith(flags: Readonly<Record<string, string>>) {
  const config = loadConfig({ ...EMPTY, flags })
  return settingsOf(must(config.ok ? config.value : undefined, 'an empty configuration is valid'))
}

test('[CL20] a paper exchange that counts no requests is sent as many as there are; by default none is', () => {
  // 226 accounts open 452 connections: by the venue's limits the last of them would wait for five minutes.
  expect(settingsWith({ 'exchange.limits': 'off' }).paperLimits).toBe('off')
  expect(settingsWith({}).paperLimits).toBe('venue')
})

test('[CF23] HTTPS in front and proxies that are trusted are said in the configuration, and off by default', () => {
  expect(settingsWith({}).front).toMatchObject({ https: false, trustedProxies: [] })
  const said = { 'http.behindHttps': 'true', 'http.trustedProxies': '127.0.0.1, 10.0.0.0/8' }
  expect(settingsWith(said).front).toMatchObject({
    https: true,
    trustedProxies: ['127.0.0.1', '10.0.0.0/8'],
  })
  const wrong = loadConfig({ ...EMPTY, flags: { 'http.trustedProxies': 'localhost' } })
  expect(JSON.stringify(wrong)).toContain('an address like 127.0.0.1, or a network like 10.0.0.0/8')
})
