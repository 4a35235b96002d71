import { type Decimal, decimal, multiplyDivide, ZERO } from '../../src/domain/decimal.ts'
import { type Disturb, pickFollower, sometimes } from './disturb.ts'
import { attachStop, ownerTrades } from './traders.ts'

/** What a follower's owner does, and what the venue does to the follower. */

const handTrades: Disturb = (simulation, random) =>
  sometimes(
    simulation,
    random,
    {
      share: 0.8,
      paces: [
        [2_000, 10_000],
        [20_000, 60_000],
      ],
    },
    () => {
      const account = pickFollower(simulation, random)
      simulation.faults.note('foreignTrade', { account })
      ownerTrades(simulation.host, account, random)
    },
  )

/** Withdraws what can be had, and pays in again later. */
const withdrawals: Disturb = (simulation, random) =>
  sometimes(
    simulation,
    random,
    {
      share: 0.4,
      paces: [
        [15_000, 60_000],
        [3_000, 15_000],
      ],
    },
    () => {
      const account = pickFollower(simulation, random)
      const { available } = simulation.exchange.wallet(account)
      const amount = multiplyDivide(available, decimal(`${random.integer(50, 100)}`), decimal('100'))
      if (amount <= ZERO) return
      simulation.faults.note('ranDry', { account })
      simulation.host.act((exchange, at) => exchange.transfer(account, -amount as Decimal, at))
      simulation.clock.after(random.integer(1_000, 30_000), () =>
        simulation.host.act((exchange, at) => exchange.transfer(account, amount, at)),
      )
    },
  )

const stops: Disturb = (simulation, random) =>
  sometimes(simulation, random, { share: 0.7, paces: [[500, 6_000]] }, () => {
    const account = pickFollower(simulation, random)
    if (attachStop(simulation.host, account, random)) simulation.faults.note('stopAttached', { account })
  })

const liquidations: Disturb = (simulation, random) =>
  sometimes(simulation, random, { share: 0.3, paces: [[15_000, 60_000]] }, () => {
    const account = pickFollower(simulation, random)
    simulation.faults.note('liquidated', { account })
    simulation.host.act((exchange, at) => {
      exchange.liquidate(account, at)
      if (random.chance(0.7)) exchange.transfer(account, decimal('20000'), at)
    })
  })

const deleveraging: Disturb = (simulation, random) =>
  sometimes(simulation, random, { share: 0.4, paces: [[5_000, 30_000]] }, () => {
    const account = pickFollower(simulation, random)
    const held = simulation.exchange.positions(account).find(({ quantity }) => quantity !== ZERO)
    if (held === undefined || simulation.exchange.maintenance) return
    simulation.faults.note('deleveraged', { account })
    const { symbol, positionIndex, quantity } = held
    const lot = simulation.exchange.instruments.get(symbol)?.lotSize ?? decimal('0.001')
    const size = (quantity < 0n ? -quantity : quantity) as Decimal
    const part = random.chance(0.5) ? size : ((((size / lot + 1n) / 2n) * lot) as Decimal)
    simulation.host.act((exchange, at) => exchange.deleverage(account, { symbol, positionIndex }, part, at))
  })

/** Possible only while nothing is held and nothing rests; switched back a while later. */
const hedgeMode: Disturb = (simulation, random) =>
  sometimes(simulation, random, { share: 0.4, paces: [[500, 8_000]] }, () => {
    const account = pickFollower(simulation, random)
    if (!simulation.setPositionMode(account, 'hedge')) return
    simulation.faults.note('hedgeMode', { account })
    simulation.clock.after(random.integer(1_000, 20_000), () =>
      simulation.setPositionMode(account, 'one_way'),
    )
  })

export const OWNER_DISTURBANCES = {
  handTrades,
  withdrawals,
  stops,
  liquidations,
  deleveraging,
  hedgeMode,
} as const satisfies Record<string, Disturb>
