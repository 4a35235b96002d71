import { drawConfiguration, LEADER, withFollowers } from './configuration.ts'
import { repeat } from './disturb.ts'
import { DISTURBANCES } from './disturbances.ts'
import { closeAll, leaderTrades } from './traders.ts'
import type { World } from './world.ts'

/** A leader, and accounts that follow it. */
export const COPIES: World = {
  draw: drawConfiguration,
  withFirst: withFollowers,
  disturbances: DISTURBANCES,
  laterDisturbances: {},
  trade: ({ clock, host }, random, pace) => repeat(clock, random, pace, () => leaderTrades(host, random)),
  leave: ({ host }, closes) => {
    // What rests of the leader's would go on trading.
    host.act((exchange, at) => exchange.cancelAll(LEADER, null, at))
    if (closes) closeAll(host, LEADER)
  },
  finish: async () => undefined,
}
