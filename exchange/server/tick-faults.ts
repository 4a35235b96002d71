import type { Venue } from '../wire/bybit/venue.ts'
import type { Peer } from '../wire/shared/subscribers.ts'
import type { FaultName } from './fault-catalogue.ts'
import type { Fault, Faults } from './faults.ts'
import type { Gateway } from './gateway.ts'
import { strikePositions } from './position-faults.ts'

export interface TickFaultParts {
  readonly venue: Venue
  readonly faults: Faults
  readonly gateway: Gateway
  /** Every open socket, logged in or not. */
  peers(): Iterable<Peer>
}

/** Wall clock, ms: when a maintenance that a fault began is over; 0 where there is none. */
export interface Upkeep {
  maintenanceUntil: number
}

/** What may strike at each tick of the world, and whom. The first name in a tick is struck first. */
const EFFECTS: readonly {
  readonly name: FaultName
  strike(parts: TickFaultParts, upkeep: Upkeep): void
}[] = [
  {
    name: 'drop_stream',
    strike: parts => eachLogin(parts, 'drop_stream', peer => peer.close('service restart')),
  },
  { name: 'half_open', strike: parts => eachLogin(parts, 'half_open', peer => peer.freeze()) },
  { name: 'venue_restart', strike: parts => once(parts, 'venue_restart', () => restart(parts)) },
  { name: 'maintenance', strike: beginMaintenance },
  { name: 'delisted', strike: delist },
]

export function strikeAtTick(parts: TickFaultParts, upkeep: Upkeep): void {
  const { venue, faults } = parts
  if (upkeep.maintenanceUntil > 0 && upkeep.maintenanceUntil <= venue.now()) {
    upkeep.maintenanceUntil = 0
    venue.exchange.setMaintenance(false)
  }
  for (const effect of EFFECTS) if (faults.has(effect.name)) effect.strike(parts, upkeep)
  if (faults.has('liquidation') || faults.has('adl'))
    strikePositions({
      exchange: venue.exchange,
      worldNow: venue.worldNow,
      strike: (name, occasion) => faults.strike(name, occasion) !== null,
    })
}

function once({ faults }: TickFaultParts, name: FaultName, act: (fault: Fault) => void): void {
  const fault = faults.strike(name, { account: null, target: null })
  if (fault !== null) act(fault)
}

function eachLogin({ gateway, faults }: TickFaultParts, name: FaultName, act: (peer: Peer) => void): void {
  for (const account of [...gateway.logins.names()]) {
    if (faults.strike(name, { account, target: null }) === null) continue
    for (const peer of gateway.logins.peersOf(account)) act(peer)
  }
}

function restart({ venue, peers }: TickFaultParts): void {
  venue.restartedAt = venue.worldNow()
  for (const peer of [...peers()]) peer.close('service restart')
}

function beginMaintenance(parts: TickFaultParts, upkeep: Upkeep): void {
  once(parts, 'maintenance', ({ delayMs }) => {
    upkeep.maintenanceUntil = parts.venue.now() + delayMs
    parts.venue.exchange.setMaintenance(true)
    restart(parts)
  })
}

function delist({ venue, faults }: TickFaultParts): void {
  for (const { symbol, status } of venue.exchange.instruments.values()) {
    if (status !== 'trading' || faults.strike('delisted', { account: null, target: symbol }) === null)
      continue
    venue.exchange.setSymbolStatus(symbol, 'closed', venue.worldNow())
  }
}
