/**
 * An event of the default namespace as Socket.IO writes it (socket.io-protocol 5, packet type 2), so that what goes to
 * many is encoded once.
 *
 * @param json the event's only argument, as JSON
 */
export function eventPacket(event: string, json: string): string {
  return `2["${event}",${json}]`
}
