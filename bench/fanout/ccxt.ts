import { type bybit, pro } from 'ccxt'
import type { Credential } from '../../src/domain/account.ts'
import { must } from '../../src/domain/result.ts'
import { type Contender, serveContender, type World } from './contender.ts'
import type { Meter } from './meter.ts'

const SYMBOL = 'BTC/USDT:USDT'
const OPENING_TOGETHER = 20

/**
 * How a copier is written on ccxt: wait for the leader's orders, then order for everyone at once. One instance
 * per account, because a key belongs to an instance; markets are read once and shared.
 */
class CcxtWay implements Contender {
  readonly #followers: bybit[] = []

  async open(world: World, meter: Meter): Promise<void> {
    const { urls, leader: credential, followers } = world
    const leader = await instanceOf(urls, credential)
    await leader.loadMarkets()
    for (let from = 0; from < followers.length; from += OPENING_TOGETHER) {
      const together = followers.slice(from, from + OPENING_TOGETHER)
      this.#followers.push(
        ...(await Promise.all(together.map(each => this.#follower(world, each, leader, meter)))),
      )
    }
    const handle = leader.handleMessage.bind(leader)
    leader.handleMessage = (client, message) => {
      if ('topic' in message) meter.frame()
      handle(client, message)
    }
    void this.#watch(leader)
    // The first look resolves with the first order; the subscription is there once it is logged in.
    await leader['authenticate'](urls.privateStream)
  }

  async #follower({ urls }: World, credential: Credential, leader: bybit, meter: Meter): Promise<bybit> {
    const follower = await instanceOf(urls, credential)
    follower.setMarketsFromExchange(leader)
    const url = must(urls.tradeStream, 'the exchange has a trade stream')
    await follower['authenticate'](url)
    const { connection } = must(follower.clients[url], 'a login opens its socket')
    const send = connection.send.bind(connection)
    connection.send = (text: string, ...rest: readonly unknown[]) => {
      send(text, ...rest)
      if (text.includes('"order.create"')) meter.sent()
    }
    return follower
  }

  async #watch(leader: bybit): Promise<void> {
    const done = new Set<string>()
    for (;;) {
      for (const { id, status, side, filled } of await leader.watchOrders(SYMBOL)) {
        if (status !== 'closed' || id === undefined || side === undefined || filled === undefined) continue
        if (done.has(id)) continue
        done.add(id)
        const orders = this.#followers.map(each => each.createOrderWs(SYMBOL, 'market', side, filled))
        void Promise.all(orders)
      }
    }
  }
}

async function instanceOf(urls: World['urls'], { key, secret }: Credential): Promise<bybit> {
  const instance = new pro.bybit({
    apiKey: key,
    secret,
    // Its own brake per instance would only slow it down.
    enableRateLimit: false,
    // Skips two questions about the account type.
    options: { enableUnifiedMargin: false, enableUnifiedAccount: true },
  })
  // Coins and other kinds of contracts are not traded here.
  instance.has['fetchCurrencies'] = false
  instance.options['fetchMarkets'] = { types: ['linear'] }
  const { api } = instance.urls
  for (const name of Object.keys(api)) if (typeof api[name] === 'string') api[name] = urls.rest
  api['ws'].private.trade = urls.tradeStream
  api['ws'].private.contract = urls.privateStream
  api['ws'].private.unified = urls.privateStream
  // Without it a plain ws:// address is refused.
  await instance.loadHttpProxyAgent()
  return instance
}

serveContender(new CcxtWay())
