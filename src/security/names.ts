const MAXIMUM_EMAIL_CHARACTERS = 254
const MAXIMUM_NAME_CHARACTERS = 100
const MAXIMUM_USER_AGENT_CHARACTERS = 256
const MAXIMUM_ADDRESS_CHARACTERS = 64
const IPV6_NETWORK_GROUPS = 4

const EMAIL = /^[^\s@\p{C}]+@[^\s@\p{C}]+$/u
/** Line breaks, and what turns text round: names show in logs and lists. */
const UNSEEN = /\p{C}/u

/** @returns the form in which emails are compared and stored; null: it is none */
export function parseEmail(text: string): string | null {
  const email = text.trim().toLowerCase()
  return email.length <= MAXIMUM_EMAIL_CHARACTERS && EMAIL.test(email) ? email : null
}

/** @returns null: empty, too long, or with characters that nobody sees */
export function parseName(text: string, maximumCharacters = MAXIMUM_NAME_CHARACTERS): string | null {
  const name = text.trim()
  return name !== '' && name.length <= maximumCharacters && !UNSEEN.test(name) ? name : null
}

/** Where somebody comes from, as far as it is kept. */
export interface Device {
  /** The address of the connection. */
  readonly address: string
  readonly userAgent: string
}

export function shortDevice({ address, userAgent }: Device): Device {
  return {
    address: address.slice(0, MAXIMUM_ADDRESS_CHARACTERS),
    userAgent: userAgent.slice(0, MAXIMUM_USER_AGENT_CHARACTERS),
  }
}

/** Who counts as one in limits: an IPv6 customer has a whole /64 to choose addresses from (RFC 6177). */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').slice(0, MAXIMUM_ADDRESS_CHARACTERS)
  if (!plain.includes(':')) return plain
  const [before = '', after] = plain.split('%', 1)[0]?.toLowerCase().split('::') ?? []
  const head = before === '' ? [] : before.split(':')
  const tail = after === undefined || after === '' ? [] : after.split(':')
  const zeros = after === undefined ? 0 : 8 - head.length - tail.length
  const groups = [...head, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...tail]
  const network = groups.slice(0, IPV6_NETWORK_GROUPS).map(group => group.replace(/^0+(?=.)/, ''))
  return `${network.join(':')}::/64`
}
