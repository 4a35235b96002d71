/** What venues do differently with the same order. A wire chooses the record of its venue. */
export interface VenueRules {
  readonly name: string
  /** Of orders and trades: texts like UUIDs, or whole numbers above 2^48, where clients' own numbers end. */
  readonly ids: 'uuid' | 'number'
  /** A reduce-only order larger than its position is cut to it, or refused. */
  readonly reduceOnlyExcess: 'trim' | 'refuse'
  /** A reduce-only order that can reduce nothing is refused, or taken and never heard of again. */
  readonly reduceOnlyInVain: 'refuse' | 'vanish'
  readonly clientOrderIds: 'unique_for_ever' | 'unique_among_open'
  /** Whether orders that only reduce must reach the minima too. */
  readonly minimumsBindReductions: boolean
  readonly positionModes: 'one_way' | 'both'
  /** A limit price may reach this far through the mark; null: as far as it likes. */
  readonly priceBandBps: number | null
  /** What a market order does with a price: nothing, or it is the worst that it takes. */
  readonly marketOrderPrice: 'ignored' | 'worst'
  /** A market order takes nothing farther from the mark than this, where it has no price of its own. */
  readonly marketBoundBps: number
  /** Per account and symbol. */
  readonly maximumOpenOrders: number
  readonly maximumConditionalOrders: number
  /** Venues promise no row per closing order: with one per fill, rows come that nothing tells apart. */
  readonly closedPnlRows: 'per_order' | 'per_fill'
}

/**
 * bybit-exchange/docs, v5/order/create-order: "maximum of 500 active orders" and "10 active" conditional ones
 * per symbol; market orders become IOC orders inside a slippage limit. Stops of positions count apart.
 * Price band: riskParameters.priceLimitRatio, symbol by symbol.
 */
export const BYBIT_RULES: VenueRules = {
  name: 'bybit',
  ids: 'uuid',
  reduceOnlyExcess: 'trim',
  reduceOnlyInVain: 'refuse',
  clientOrderIds: 'unique_for_ever',
  minimumsBindReductions: false,
  positionModes: 'both',
  priceBandBps: 1000,
  marketOrderPrice: 'ignored',
  marketBoundBps: 300,
  maximumOpenOrders: 500,
  maximumConditionalOrders: 10,
  closedPnlRows: 'per_order',
}

/** OKX v5: an oversized reduceOnly is refused, clOrdId is unique among pending orders only. */
export const OKX_RULES: VenueRules = {
  name: 'okx',
  ids: 'uuid',
  reduceOnlyExcess: 'refuse',
  reduceOnlyInVain: 'refuse',
  clientOrderIds: 'unique_among_open',
  minimumsBindReductions: true,
  positionModes: 'both',
  priceBandBps: 500,
  marketOrderPrice: 'ignored',
  marketBoundBps: 500,
  maximumOpenOrders: 500,
  maximumConditionalOrders: 100,
  closedPnlRows: 'per_order',
}

/** Lighter: client order indexes are never used again; an order that can reduce nothing vanishes without a report. */
export const LIGHTER_RULES: VenueRules = {
  name: 'lighter',
  ids: 'number',
  reduceOnlyExcess: 'trim',
  reduceOnlyInVain: 'vanish',
  clientOrderIds: 'unique_for_ever',
  minimumsBindReductions: false,
  positionModes: 'one_way',
  priceBandBps: null,
  marketOrderPrice: 'worst',
  marketBoundBps: 500,
  maximumOpenOrders: 1000,
  maximumConditionalOrders: 100,
  closedPnlRows: 'per_order',
}
