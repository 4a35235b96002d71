import type { PairId } from '../../domain/ids.ts'
import { ok, type Result } from '../../domain/result.ts'
import { afterEvents } from '../../logic/hedge/phases.ts'
import type { Write } from '../../ports/store.ts'
import type { EngineContext } from '../context.ts'
import { type HandProblem, problem } from '../hand-problem.ts'
import type { PairRuntime } from '../state.ts'
import type { Turn } from '../turn.ts'
import { setPairState } from './pair-notices.ts'

/** What a person does with a pair. Each is durable when it is answered. */
export class PairHands {
  readonly #context: EngineContext

  constructor(context: EngineContext) {
    this.#context = context
  }

  /** A quotes no more and what rests is cancelled; what is unhedged goes on being hedged. */
  pause(id: PairId, alongside: readonly Write[] = []): Promise<Result<PairRuntime, HandProblem>> {
    return this.#change(id, alongside, (turn, runtime) => {
      const { state } = runtime
      if (state.pause !== null) return
      const phase = afterEvents(state.phase, ['paused'])
      setPairState(this.#context, turn, runtime, { ...state, pause: 'by_hand', phase })
    })
  }

  /** It hedges and quotes again, with all its attempts before it. */
  resume(id: PairId, alongside: readonly Write[] = []): Promise<Result<PairRuntime, HandProblem>> {
    const runtime = this.#context.state.pairs.get(id)
    if (runtime?.state.phase === 'closing')
      return Promise.resolve(problem('refused', 'Its legs are being closed. Resume it when that is over.'))
    return this.#change(id, alongside, (turn, known) => {
      const phase = afterEvents(known.state.phase, ['resumed'])
      const state = { ...known.state, pause: null, attempts: 0, unhedgedSince: null, phase }
      setPairState(this.#context, turn, known, state)
      known.isFitted = false
    })
  }

  /** Closes both legs, reduce-only and within the bound of a force-close, and leaves the pair paused. */
  flatten(id: PairId, alongside: readonly Write[] = []): Promise<Result<PairRuntime, HandProblem>> {
    return this.#change(id, alongside, (turn, runtime) => {
      const phase = afterEvents(runtime.state.phase, ['closing'])
      setPairState(this.#context, turn, runtime, { ...runtime.state, pause: 'flattened', phase })
    })
  }

  #change(
    id: PairId,
    alongside: readonly Write[],
    change: (turn: Turn, runtime: PairRuntime) => void,
  ): Promise<Result<PairRuntime, HandProblem>> {
    const context = this.#context
    const runtime = context.state.pairs.get(id)
    if (runtime === undefined)
      return Promise.resolve(problem('unknown', 'There is no such pair. See the list of pairs.'))
    return new Promise(resolve => {
      const refuse = (): void =>
        resolve(problem('unavailable', 'The store takes nothing any more. Start the server again.'))
      if (context.halted) refuse()
      context.run(turn => {
        turn.afterFailure(refuse)
        turn.rows(alongside)
        change(turn, runtime)
        turn.revisit(runtime.a)
        turn.afterCommit(() => resolve(ok(runtime)))
      })
    })
  }
}
