import { beforeAll, describe, expect, test } from 'vitest'
import { Audit, type AuditRow } from '../e2e/audit.ts'
import { canTrouble } from './disk.ts'
import { FAILPOINTS } from './failpoints.ts'
import { kindOf, openedTooMuch } from './judge.ts'
import { endsWithKill, planRun } from './plan.ts'
import { type ChaosReport, runChaos } from './run.ts'

const WISH = { seed: 5, kills: 300, accounts: 20, manyAccounts: 200, withDisk: true }

describe('a short run', () => {
  const told: string[] = []
  let report: ChaosReport
  beforeAll(async () => {
    const wish = { seed: 4, kills: 6, accounts: 6, manyAccounts: 6, withDisk: canTrouble() }
    report = await runChaos(wish, line => told.push(line))
  }, 120_000)

  test('[CH1] killed at failpoints and at random, it loses nothing, doubles nothing and leaves nothing open', () => {
    expect(report.findings, told.join('\n')).toEqual([])
    expect(report.kills).toBeGreaterThanOrEqual(6)
    // A run in which nobody traded would show nothing.
    expect(report.trades).toBeGreaterThan(0)
  })

  test('[CH7] what was read of the past beside it is the exchange’s, row by row, once each', () => {
    const broken = report.findings.filter(({ text }) => text.startsWith('I16'))
    expect(broken, told.join('\n')).toEqual([])
    // Each trade is an execution and a change of the wallet; many are an order too.
    expect(report.pastRows).toBeGreaterThan(report.trades)
  })
})

test('[CH2] the same seed draws the same plan, another seed another one', () => {
  expect(planRun(WISH)).toEqual(planRun(WISH))
  expect(planRun({ ...WISH, seed: 6 })).not.toEqual(planRun(WISH))
})

test('[CH2] a plan has at least the kills that are asked for, in worlds of both sizes', () => {
  const worlds = planRun({ ...WISH, kills: 1_000 })
  const batches = worlds.flatMap(world => world.batches)
  const kills = batches.flatMap(({ steps, end }) => [
    ...steps.filter(endsWithKill),
    ...(end === 'SIGKILL' ? [end] : []),
  ])
  expect(kills.length).toBeGreaterThanOrEqual(1_000)
  expect(new Set(worlds.map(world => world.accounts))).toEqual(new Set([20, 200]))
})

test('[CH3] a long run sets a trap at every failpoint', () => {
  const steps = planRun({ ...WISH, kills: 1_000 }).flatMap(world =>
    world.batches.flatMap(batch => batch.steps),
  )
  const trapped = steps.flatMap(step => (step.kind === 'failpoint' ? [step.trap.point] : []))
  expect(new Set(trapped)).toEqual(new Set(FAILPOINTS))
})

/** One trade and the order behind it, as the exchange writes them down. */
function traded(account: string, quantity: string, positionAfter: string, clientOrderId: string): Row[] {
  const common = { at: 1, account, clientOrderId }
  const order = { symbol: 'BTCUSDT', side: 'buy', quantity } as const
  return [
    { ...common, ...order, kind: 'received', command: 'submit', reduceOnly: false },
    {
      ...common,
      ...order,
      kind: 'filled',
      orderId: clientOrderId,
      tradeId: clientOrderId,
      positionAfter,
      sequence: 1,
    },
  ]
}
type Row = AuditRow extends infer R ? (R extends AuditRow ? Omit<R, 'number'> : never) : never

function auditOf(rows: readonly Row[]): Audit {
  const audit = new Audit()
  for (const [index, row] of rows.entries()) audit.add({ ...row, number: index + 1 })
  return audit
}

test('[CH4] a follower that opened more than the leader did is found, though all its orders are known', () => {
  // follower1 follows at half the size.
  const once = [...traded('leader', '0.1', '0.1', 'a'), ...traded('follower1', '0.05', '0.05', 'b')]
  expect(openedTooMuch(auditOf(once), 'follower1')).toEqual([])
  const twice = [...once, ...traded('follower1', '0.05', '0.1', 'c')]
  expect(openedTooMuch(auditOf(twice), 'follower1')).toEqual([
    'I8: follower1 had opened 0.1 at trade c, 0.051 at most',
  ])
})

test('[CH4] what is broken counts as lost, doubled or unresolved', () => {
  const kinds = [
    ['I1', 'a was accepted 2 times'],
    ['I2', 'the exchange received a, which has no intent'],
    ['I3', 'trade 7 of the exchange is not stored'],
    ['I3', 'trade 7 is stored twice'],
    ['I4', 'the position here, and the trades of the audit log: 1 against 2'],
    ['I5', 'leader fill 3 (increase) has not one outcome each'],
    ['I5', 'decision 4 of fills 3 to 3 is working without an outcome'],
    ['I15', 'a is still open at rest'],
  ].map(([invariant = '', text = '']) => kindOf({ invariant, text }))
  expect(kinds).toEqual([
    'doubled',
    'lost',
    'lost',
    'doubled',
    'unresolved',
    'lost',
    'unresolved',
    'unresolved',
  ])
})
