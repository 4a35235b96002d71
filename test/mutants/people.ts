import type { Mutant } from './mutant.ts'

const TAKE = 'src/engine/take-roster.ts'
const RECONFIGURE = 'src/engine/reconfigure.ts'
const SIGNALS = 'src/engine/signals.ts'

/** What people change while everything runs, and signals. */
export const PEOPLE: readonly Mutant[] = [
  {
    name: 'link-begins-at-the-beginning',
    mistake: 'A link that is made at run time is held to what its leader did before.',
    file: RECONFIGURE,
    find: 'startSequence: state.sources.get(strategy.sourceId)?.lastSequence ?? 0',
    replace: 'startSequence: 0',
    breaks: ['I5'],
  },
  {
    name: 'removed-link-ends-nothing',
    mistake: 'What a removed link still wanted gets no outcome.',
    file: TAKE,
    find: "settleDecision(context, turn, holding, decision, { outcome: 'skipped', reason: 'link_removed' })",
    replace: 'void settleDecision',
    breaks: ['I5'],
  },
  {
    name: 'rate-forgotten-with-a-new-limit',
    mistake: 'A limit per minute that is set at run time does not know what was sent before the start.',
    file: RECONFIGURE,
    find: 'await this.#rememberOpenings(applied.value)',
    replace: '',
    breaks: ['I12'],
  },
  {
    name: 'signal-done-apart-from-its-trade',
    mistake: 'That a signal is applied is one commit, the trade that it makes another.',
    file: SIGNALS,
    find: "turn.rows([{ kind: 'signal_update', row: { ...signal, status: 'applied' } }])",
    replace:
      "turn.afterThis(next => next.rows([{ kind: 'signal_update', row: { ...signal, status: 'applied' } }]))",
    breaks: ['I11'],
  },
  {
    name: 'signals-left-at-a-start',
    mistake: 'What was answered and not applied before a crash is not taken up again.',
    file: 'src/engine/engine.ts',
    find: 'this.signals.resume(this.#pendingSignals)',
    replace: '',
    breaks: ['I11'],
  },
  {
    name: 'signal-answered-before-it-is-durable',
    mistake: 'A signal is answered when it has come, not when it is on the disk.',
    file: SIGNALS,
    find: "const stored = await this.#parts.context.ports.store.commit([{ kind: 'signal_insert', row: signal }])",
    replace:
      "const stored = ok()\n    void this.#parts.context.ports.store.commit([{ kind: 'signal_insert', row: signal }])",
    breaks: ['I11'],
  },
  {
    name: 'repeated-signal-acts-again',
    mistake: 'A signal that comes again with the same id moves its leader again.',
    file: SIGNALS,
    find: 'if (first !== null && first.digest === signal.digest) return ok(first)',
    replace:
      'if (first !== null && first.digest === signal.digest) {\n      this.#enqueue(first)\n      return ok(first)\n    }',
    breaks: ['I11', 'I3'],
  },
]
