import type { LighterVenue } from '../../wire/lighter/venue.ts'
import type { Peer } from '../../wire/shared/subscribers.ts'
import type { Faults } from '../faults.ts'
import { strikePositions } from '../position-faults.ts'
import type { LighterFaultName } from './fault-catalogue.ts'
import type { LighterGateway } from './gateway.ts'

export interface TickParts {
  readonly venue: LighterVenue
  readonly faults: Faults<LighterFaultName>
  readonly gateway: LighterGateway
  /** Every open socket. */
  peers(): Iterable<Peer>
}

/** What may strike at each move of the world, and whom. */
export class TickFaults {
  readonly #parts: TickParts
  /** The exchange's own clock, ms; 0 where there is no outage that a fault began. */
  #outageUntil = 0

  constructor(parts: TickParts) {
    this.#parts = parts
  }

  strike(): void {
    const { venue, faults } = this.#parts
    this.#outage()
    if (!faults.any()) return
    this.#eachLogin('drop_stream', peer => peer.close('service restart'))
    this.#eachLogin('half_open', peer => peer.freeze())
    strikePositions({
      exchange: venue.exchange,
      worldNow: venue.worldNow,
      strike: (name, occasion) => faults.strike(name, occasion) !== null,
    })
  }

  /** It lasts by the exchange's own clock, so that a jump of that clock can bring it to its end. */
  #outage(): void {
    const { venue, faults, peers } = this.#parts
    if (this.#outageUntil > 0 && this.#outageUntil <= venue.worldNow()) {
      this.#outageUntil = 0
      venue.exchange.setMaintenance(false)
    }
    const begun = faults.strike('outage', { account: null, target: null })
    if (begun === null) return
    this.#outageUntil = venue.worldNow() + begun.delayMs
    venue.exchange.setMaintenance(true)
    for (const peer of [...peers()]) peer.close('service restart')
  }

  #eachLogin(name: 'drop_stream' | 'half_open', act: (peer: Peer) => void): void {
    const { gateway, faults } = this.#parts
    for (const account of [...gateway.logins.names()]) {
      if (faults.strike(name, { account, target: null }) === null) continue
      for (const peer of gateway.logins.peersOf(account)) act(peer)
    }
  }
}

/** Orders whose time has come are ended, as their transactions asked for. */
export function endExpired({ exchange, notes, now, worldNow }: LighterVenue): void {
  for (const note of notes.due(now())) {
    const { account, clientOrderId, symbol } = note
    note.expired = true
    const canceled = exchange.cancel(account, { symbol, clientOrderId, orderId: '' }, worldNow())
    // It may have been filled at the same moment, and an order that never was has a note too.
    if (!canceled.ok) note.expired = false
  }
}
