import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'socket.io'
import { must, unreachable } from '../../src/domain/result.ts'
import { balanceRow, orderRow, pnlRow, positionRow } from '../../src/live/rows.ts'
import type { AccountChange } from '../../src/ports/watch.ts'
import { serveContender } from './feeder.ts'
import { updatesOf } from './updates.ts'

/** Socket.IO and nothing else: rooms, no numbers, no limits, nobody asked who they are. Amounts are text already. */
const accounts: { readonly state: object; readonly updates: readonly object[] }[] = []
const io = new Server({ transports: ['websocket'], serveClient: false, perMessageDeflate: false })

serveContender({
  async open(count) {
    for (let number = 0; number < count; number += 1) {
      const { view, changes } = updatesOf(number)
      const state = {
        balance: view.balances.map(balanceRow),
        positions: view.positions.map(positionRow),
        pnl: pnlRow(view.pnl),
        orders: view.orders.map(orderRow),
      }
      accounts.push({ state, updates: changes.map(wireOf) })
    }
    io.on('connection', socket => {
      const number = Number(socket.handshake.auth['account'])
      void socket.join(`account-${number}`)
      socket.emit('state', accounts[number]?.state)
    })
    const http = createServer()
    io.attach(http)
    http.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 })
    await once(http, 'listening')
    const { port } = http.address() as AddressInfo
    return `http://127.0.0.1:${port}`
  },
  update(number, at) {
    const { updates } = must(accounts[number], 'every account was made')
    const update = must(updates[at % updates.length], 'every account changes')
    io.to(`account-${number}`).emit('frame', { at: Date.now(), ...update })
  },
})

function wireOf(change: AccountChange): object {
  switch (change.kind) {
    case 'orders':
      return { stream: 'orders', data: change.rows.map(orderRow) }
    case 'positions':
      return { stream: 'positions', data: change.rows.map(positionRow) }
    case 'balances':
      return { stream: 'balance', data: change.rows.map(balanceRow) }
    case 'pnl':
      return { stream: 'pnl', data: pnlRow(change.row) }
    case 'replaced':
      return {}
    default:
      return unreachable(change)
  }
}
