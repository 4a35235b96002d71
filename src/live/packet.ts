/** RFC 6455, 5.2: a whole text message; a server does not mask. */
const FINAL_TEXT = 0x81
const TWO_BYTE_LENGTH = 126
const EIGHT_BYTE_LENGTH = 127

/**
 * An event as it goes over the wire, so that what goes to many is written once: a WebSocket frame that holds a message
 * (engine.io-protocol 4, type 4) with an event of the default namespace (socket.io-protocol 5, type 2).
 *
 * @param json the event's only argument, as JSON
 */
export function eventPacket(event: string, json: string): Buffer {
  const text = `42["${event}",${json}]`
  const length = Buffer.byteLength(text)
  const headLength = length < TWO_BYTE_LENGTH ? 2 : length < 65_536 ? 4 : 10
  const packet = Buffer.allocUnsafe(headLength + length)
  packet[0] = FINAL_TEXT
  if (headLength === 2) packet[1] = length
  else if (headLength === 4) {
    packet[1] = TWO_BYTE_LENGTH
    packet.writeUInt16BE(length, 2)
  } else {
    packet[1] = EIGHT_BYTE_LENGTH
    packet.writeBigUInt64BE(BigInt(length), 2)
  }
  packet.write(text, headLength)
  return packet
}
