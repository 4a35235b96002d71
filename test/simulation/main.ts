import { describeFailure, simulate } from './simulate.ts'

const [from, count, f] = process.argv.slice(2)
const t0 = performance.now()
let orders = 0,
  steps = 0,
  faults = 0
for (let s = Number(from); s < Number(from) + Number(count ?? 1); s++) {
  const r = await simulate({ seed: s, faults: f !== 'nofaults' })
  orders += r.orders
  steps += r.steps
  faults += r.faults
  if (r.violations.length)
    console.log(
      describeFailure({
        ...r,
        violations: r.violations.slice(0, 2),
        lastEvents: process.env.EV ? r.lastEvents : [],
      }),
    )
}
console.log({ ms: (performance.now() - t0) / Number(count ?? 1), orders, steps, faults })
