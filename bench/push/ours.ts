import { must } from '../../src/domain/result.ts'
import { accountIdOf, type ScriptedAccount } from '../../src/live/testing/accounts.ts'
import { LiveServer } from '../../src/live/testing/server.ts'
import type { AccountChange } from '../../src/ports/watch.ts'
import { serveContender } from './feeder.ts'
import { updatesOf } from './updates.ts'

const accounts: {
  readonly account: ScriptedAccount
  readonly changes: readonly (readonly AccountChange[])[]
}[] = []

serveContender({
  async open(count) {
    const server = await LiveServer.start({ isSilent: true })
    for (let number = 0; number < count; number += 1) {
      const { view, changes } = updatesOf(number)
      const account = server.accounts.add(accountIdOf(number))
      account.view = () => view
      accounts.push({ account, changes: changes.map(change => [change]) })
      server.authority.put({ name: `user-${number}`, accounts: new Set([accountIdOf(number)]) })
    }
    return server.url
  },
  update(number, at) {
    const { account, changes } = must(accounts[number], 'every account was made')
    const change = must(changes[at % changes.length], 'every account changes')
    for (const listener of account.listeners) listener.changed(change)
  },
})
