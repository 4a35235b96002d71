import type { Environment } from '../../domain/account.ts'

export interface LighterUrls {
  /** Without a path. */
  readonly rest: string
  readonly stream: string
  /** Signed with every transaction, so that one network's cannot be sent to the other. */
  readonly chainId: number
}

const MAIN_CHAIN = 304
export const TEST_CHAIN = 300

/** apidocs.lighter.xyz, "Environments"; demo accounts do not exist. Paper is the simulated exchange. */
export const LIGHTER_URLS: Readonly<Record<Extract<Environment, 'live' | 'testnet'>, LighterUrls>> = {
  live: {
    rest: 'https://mainnet.zklighter.elliot.ai',
    stream: 'wss://mainnet.zklighter.elliot.ai/stream',
    chainId: MAIN_CHAIN,
  },
  testnet: {
    rest: 'https://testnet.zklighter.elliot.ai',
    stream: 'wss://testnet.zklighter.elliot.ai/stream',
    chainId: TEST_CHAIN,
  },
}
