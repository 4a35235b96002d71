import { expect, onTestFinished } from 'vitest'
import type { AccountId } from '../../domain/ids.ts'
import { accountIdOf, type ScriptedAccount } from './accounts.ts'
import { Device } from './device.ts'
import { LiveServer, type LiveServerOptions } from './server.ts'

/** A server with Ada (account 1), Bob (account 2), and Olga, who operates it and sees every account. */
export interface Home {
  readonly server: LiveServer
  readonly ada: ScriptedAccount
  readonly bob: ScriptedAccount
  device(token: string, headers?: Readonly<Record<string, string>>): Promise<Device>
  /** Resolves when the server has noticed who is gone. */
  sockets(count: number): Promise<void>
}

export const ADA: AccountId = accountIdOf(1)
export const BOB: AccountId = accountIdOf(2)

/** Ends with its test. */
export async function openHome(options: LiveServerOptions = {}): Promise<Home> {
  const server = await LiveServer.start(options)
  const devices: Device[] = []
  onTestFinished(async () => {
    for (const device of devices) device.close()
    await server.close()
  })
  server.authority.put({ name: 'ada', accounts: new Set([ADA]) })
  server.authority.put({ name: 'bob', accounts: new Set([BOB]) })
  server.authority.put({ name: 'olga', accounts: null })
  return {
    server,
    ada: server.accounts.add(ADA),
    bob: server.accounts.add(BOB),
    async device(token, headers) {
      const device = await Device.open(server.url, token, headers)
      devices.push(device)
      return device
    },
    sockets: count => expect.poll(() => server.gateway.size, { interval: 5 }).toBe(count),
  }
}
