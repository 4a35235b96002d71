import type { Signals } from '../api/services.ts'
import { err, ok } from '../domain/result.ts'
import type { Signals as EngineSignals } from '../engine/signals.ts'
import type { Credentials } from '../security/credentials.ts'
import { signalRefusal } from './refusals.ts'

export interface SignalsParts {
  readonly engine: { readonly signals: Pick<EngineSignals, 'take'> }
  readonly credentials: Credentials
}

/** Signals in, as the API asks for them: the engine takes them, and a secret says whose they are. */
export function signalsOf({ engine, credentials }: SignalsParts): Signals {
  return {
    take: async signal => {
      const taken = await engine.signals.take(signal)
      return taken.ok ? taken : err(signalRefusal(taken.error))
    },
    sourceOfHook: token => credentials.sourceOfHook(token),
    renewHook: async (sourceId, by) => {
      const made = await credentials.setHook({ by, sourceId })
      return made.ok ? ok({ token: made.value }) : made
    },
    endHook: (sourceId, by) => credentials.endHook({ by, sourceId }),
  }
}
