import type { PairId } from '../../domain/ids.ts'
import type { LegName } from '../../domain/pair.ts'
import { ok, type Result } from '../../domain/result.ts'
import { afterEvents } from '../../logic/hedge/phases.ts'
import { type Close, closingLegOf, wouldClose } from '../../logic/hedge/plan-close.ts'
import type { Write } from '../../ports/store.ts'
import type { EngineContext } from '../context.ts'
import { type HandProblem, problem } from '../hand-problem.ts'
import type { PairRuntime } from '../state.ts'
import type { Turn } from '../turn.ts'
import { setPairState } from './pair-notices.ts'
import { viewOf } from './pair-view.ts'

const NO_PAIR = 'There is no such pair. See the list of pairs.'

/** What a person does with a pair. Each is durable when it is answered. */
export class PairHands {
  readonly #context: EngineContext

  constructor(context: EngineContext) {
    this.#context = context
  }

  /** A quotes no more and what rests is cancelled; what is unhedged goes on being hedged. What is being closed is so no more. */
  pause(id: PairId, alongside: readonly Write[] = []): Promise<Result<PairRuntime, HandProblem>> {
    return this.#change(id, alongside, (turn, runtime) => {
      const { state } = runtime
      if (state.pause !== null && state.phase !== 'closing') return
      const phase = afterEvents(state.phase, ['paused'])
      const anew = state.phase === 'closing' && { closingLeg: null, attempts: 0, unhedgedSince: null }
      setPairState(this.#context, turn, runtime, { ...state, ...anew, pause: 'by_hand', phase })
    })
  }

  /** It hedges and quotes again, with all its attempts before it. */
  resume(id: PairId, alongside: readonly Write[] = []): Promise<Result<PairRuntime, HandProblem>> {
    const runtime = this.#context.state.pairs.get(id)
    if (runtime?.state.phase === 'closing')
      return Promise.resolve(
        problem('over', 'It is being closed. Resume it when that is over, or pause it to end the closing.'),
      )
    return this.#change(id, alongside, (turn, known) => {
      // How long something is unhedged must not begin anew because somebody asked once more.
      if (known.state.pause === null) return
      const phase = afterEvents(known.state.phase, ['resumed'])
      const state = { ...known.state, pause: null, attempts: 0, unhedgedSince: null, phase }
      setPairState(this.#context, turn, known, state)
      known.isFitted = false
    })
  }

  /** What a flatten would trade now. Nothing is written. @param leg null: both */
  closes(id: PairId, leg: LegName | null): Result<readonly Close[], HandProblem> {
    const runtime = this.#context.state.pairs.get(id)
    if (runtime === undefined) return problem('unknown', NO_PAIR)
    const view = viewOf(this.#context, runtime)
    return view === null
      ? problem('busy', 'The pair has not begun: one of its accounts is not connected yet. Try again.')
      : ok(wouldClose(view, leg))
  }

  /**
   * Closes the legs, reduce-only and within the bound of a force-close, and leaves the pair paused.
   *
   * @param leg null: both; one that is closed alone leaves the other as it is
   */
  flatten(
    id: PairId,
    leg: LegName | null = null,
    alongside: readonly Write[] = [],
  ): Promise<Result<PairRuntime, HandProblem>> {
    return this.#change(id, alongside, (turn, runtime) => {
      const { state } = runtime
      const closing = { closingLeg: closingLegOf(state, leg), phase: afterEvents(state.phase, ['closing']) }
      setPairState(this.#context, turn, runtime, { ...state, pause: 'flattened', ...closing })
    })
  }

  #change(
    id: PairId,
    alongside: readonly Write[],
    change: (turn: Turn, runtime: PairRuntime) => void,
  ): Promise<Result<PairRuntime, HandProblem>> {
    const context = this.#context
    const runtime = context.state.pairs.get(id)
    if (runtime === undefined) return Promise.resolve(problem('unknown', NO_PAIR))
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
