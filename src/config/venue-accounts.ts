import { assert } from '../domain/result.ts'
import type { BybitUrls } from '../venues/bybit/urls.ts'
import { parseCredential } from '../venues/lighter/credential.ts'
import type { LighterUrls } from '../venues/lighter/urls.ts'
import type { ReferenceProblem } from './problem.ts'
import type { ConfigValues } from './schema.ts'

type Account = ConfigValues['accounts'][number]
type Urls = NonNullable<Account['urls']>

/** The streams of each venue's paper exchange; a venue that is not here has no paper accounts. */
const STREAMS: Readonly<Partial<Record<Account['venue'], readonly (keyof Urls)[]>>> = {
  bybit: ['publicStream', 'privateStream', 'tradeStream'],
  lighter: ['stream'],
}

/** Where and at whose exchange accounts are: what is missing, and what their venue does not have. */
export function venueProblems({ accounts }: ConfigValues): ReferenceProblem[] {
  return accounts.flatMap((account, at) => accountProblems(account).map(each => placed(each, at)))
}

function placed({ path, message }: ReferenceProblem, at: number): ReferenceProblem {
  return { path: ['accounts', at, ...path], message }
}

function accountProblems({ venue, environment, urls }: Account): readonly ReferenceProblem[] {
  if (venue === 'lighter' && environment === 'demo')
    return [{ path: ['environment'], message: 'Lighter has no demo accounts; write testnet or paper' }]
  if (urls !== undefined && environment !== 'paper')
    return [{ path: ['urls'], message: 'only paper accounts have addresses of their own' }]
  if (urls !== undefined) return urlProblems(venue, urls)
  if (venue === 'lighter' && environment === 'paper')
    return [
      {
        path: ['urls'],
        message:
          'is missing; a paper account of Lighter has rest and stream, which lockstep exchange --venue lighter prints',
      },
    ]
  return []
}

function urlProblems(venue: Account['venue'], urls: Urls): readonly ReferenceProblem[] {
  const streams = STREAMS[venue] ?? []
  const needed = `a paper account of ${venue} has ${['rest', ...streams].join(', ')}`
  const given = Object.keys(urls).filter(name => name !== 'rest')
  return [
    ...streams
      .filter(name => urls[name] === undefined)
      .map(name => ({ path: ['urls', name], message: `is missing; ${needed}` })),
    ...given
      .filter(name => !streams.some(stream => stream === name))
      .map(name => ({ path: ['urls', name], message: `is not used; ${needed}` })),
  ]
}

/** What is wrong with a key whose venue's keys have a form of their own; null: nothing. Repeats no secret. */
export function keyFormProblem(
  { venue, key }: Pick<Account, 'venue' | 'key'>,
  secret: string,
): string | null {
  if (venue !== 'lighter') return null
  const parsed = parseCredential({ key, secret })
  return parsed.ok ? null : parsed.error
}

/** Of an account that `venueProblems` found nothing wrong with. */
export function bybitUrls({ rest, publicStream, privateStream, tradeStream }: Urls): BybitUrls {
  assert(
    publicStream !== undefined && privateStream !== undefined && tradeStream !== undefined,
    'urls were checked',
  )
  return { rest, publicStream, privateStream, tradeStream }
}

/** Of an account that `venueProblems` found nothing wrong with. */
export function lighterUrls({ rest, stream }: Urls): Pick<LighterUrls, 'rest' | 'stream'> {
  assert(stream !== undefined, 'urls were checked')
  return { rest, stream }
}
