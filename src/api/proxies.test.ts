import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { addressOf, isNetwork, trusting } from './proxies.ts'

function from(remoteAddress: string, forwardedFor?: string): Parameters<typeof addressOf>[0] {
  const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }
  return { headers, socket: { remoteAddress } as Socket }
}

test.each<[string, string, string | undefined, expected: string]>([
  ['nobody stands between', '203.0.113.7', undefined, '203.0.113.7'],
  ['a stranger says that he is another', '203.0.113.7', '198.51.100.1', '203.0.113.7'],
  ['a proxy of ours passes it on', '127.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['the connection is told in IPv6', '::ffff:10.1.2.3', '198.51.100.1', '198.51.100.1'],
  ['the one who asks has made up another', '127.0.0.1', '192.0.2.9, 198.51.100.1', '198.51.100.1'],
  ['two proxies of ours stand between', '127.0.0.1', '192.0.2.9, 198.51.100.1, 10.9.9.9', '198.51.100.1'],
  ['a proxy of ours speaks IPv6', 'fd00::2', '2001:db8::1', '2001:db8::1'],
  ['what is passed on is no address', '127.0.0.1', '198.51.100.1, unknown', '127.0.0.1'],
  ['nothing is passed on', '127.0.0.1', undefined, '127.0.0.1'],
])('[AP28] where a request comes from: %s', (_, remoteAddress, forwardedFor, expected) => {
  const trusts = trusting(['127.0.0.1', '10.0.0.0/8', 'fd00::/8'])
  expect(addressOf(from(remoteAddress, forwardedFor), trusts)).toBe(expected)
  expect(addressOf(from(remoteAddress, forwardedFor), trusting([]))).toBe(remoteAddress)
})

test('[CF23] a proxy is named by an address or a network', () => {
  const right = ['127.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8']
  const wrong = ['', 'localhost', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0', '*', 'fd00::/129']
  expect(right.filter(isNetwork)).toEqual(right)
  expect(wrong.filter(isNetwork)).toEqual([])
})
