import { balancesAnswer, positionsAnswer, venueOrdersAnswer } from '../../../protocol/rest/accounts.ts'
import type { AccountId } from '../../domain/ids.ts'
import type { AccountView, Watching, WatchState } from '../../ports/watch.ts'
import { onAccount, principalOf } from '../access.ts'
import type { Api } from '../api.ts'
import { RefusalError, refuse } from '../errors.ts'
import type { Services } from '../services.ts'
import { balanceView, positionView, venueOrderView } from '../views/account.ts'
import { accountOf, accountParams as params } from './accounts.ts'

/** How long an account may take to be read for the first time. */
const FIRST_READ_MS = 5_000
const RETRY_AFTER_MS = 2_000
const tags = ['accounts']

/** What an account holds at this moment, from the same session that trades and pushes. */
export function accountNowRoutes(app: Api, services: Services): void {
  const config = { access: onAccount('account.read') }
  app.get(
    '/accounts/:accountId/balance',
    { config, schema: { tags, summary: 'Its money', params, response: { 200: balancesAnswer } } },
    async request => {
      const { id } = accountOf(services, request.params)
      const { state, view } = await readNow(services, id, principalOf(request).actor)
      return { state, rows: view.balances.map(balanceView) }
    },
  )

  app.get(
    '/accounts/:accountId/positions',
    { config, schema: { tags, summary: 'Its open positions', params, response: { 200: positionsAnswer } } },
    async request => {
      const { id } = accountOf(services, request.params)
      const { state, view } = await readNow(services, id, principalOf(request).actor)
      return { state, rows: view.positions.map(positionView) }
    },
  )

  app.get(
    '/accounts/:accountId/orders',
    {
      config,
      schema: {
        tags,
        summary: 'Its orders at the venue, ours or not',
        params,
        response: { 200: venueOrdersAnswer },
      },
    },
    async request => {
      const { id } = accountOf(services, request.params)
      const { state, view } = await readNow(services, id, principalOf(request).actor)
      return { state, rows: view.orders.map(venueOrderView) }
    },
  )
}

interface Now {
  readonly state: WatchState
  readonly view: AccountView
}

/** Opens the account's session where there is none; it stays for its linger time, so that the next read is instant. */
async function readNow({ watch, clock }: Services, accountId: AccountId, user: string): Promise<Now> {
  const { promise: changed, resolve: wake } = Promise.withResolvers<void>()
  const watching = watch.watch(accountId, `${user} (REST)`, { changed: () => wake(), state: () => {} })
  if (watching === null) {
    refuse('account_inactive', 'The account has no session. Set it active, and see that it has a key.')
  }
  const cancel = clock.after(FIRST_READ_MS, wake)
  try {
    if (watching.view() === null) await changed
    return nowOf(watching)
  } finally {
    cancel()
    watching.end()
  }
}

function nowOf(watching: Watching): Now {
  const view = watching.view()
  if (view !== null) return { state: watching.state, view }
  throw new RefusalError({
    code: 'unavailable',
    message:
      'The venue has not answered for this account yet. Try again, or look at the state of its session.',
    retryAfterMs: RETRY_AFTER_MS,
  })
}
