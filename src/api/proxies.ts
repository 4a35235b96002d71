import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'

/** Whether an address is that of a proxy whose word on who asks is taken. */
export type Trusts = (address: string) => boolean

/** `10.0.0.1`, or a network like `10.0.0.0/8`. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= bitsOf(version))
}

/** @param networks as isNetwork() takes them */
export function trusting(networks: readonly string[]): Trusts {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const version = isIP(address)
    list.addSubnet(address, Number(bits ?? bitsOf(version)), version === 6 ? 'ipv6' : 'ipv4')
  }
  return address => {
    const version = isIP(address)
    return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4')
  }
}

/**
 * Where a request comes from. Each proxy writes behind the others whom it was asked by, so that from the end on all is
 * true as long as it was written by a trusted one; before that anybody may have written anything.
 */
export function addressOf(request: Pick<IncomingMessage, 'headers' | 'socket'>, trusts: Trusts): string {
  const told = [request.headers['x-forwarded-for'] ?? []].flat().flatMap(line => line.split(','))
  let address = request.socket.remoteAddress ?? ''
  for (const next of told.reverse()) {
    const text = next.trim()
    if (!trusts(address) || isIP(text) === 0) break
    address = text
  }
  return address
}

function bitsOf(version: number): number {
  return version === 6 ? 128 : 32
}
