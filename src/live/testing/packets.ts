/** What a packet says, without a wire. */
export function readPacket(packet: Buffer): readonly [event: string, payload: unknown] {
  const text = packet.toString()
  return JSON.parse(text.slice(text.indexOf('42[') + 2))
}
