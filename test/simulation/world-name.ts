export const WORLDS = ['copies', 'pairs'] as const
/** copies: leaders and those who follow them. pairs: legs that are hedged. */
export type WorldName = (typeof WORLDS)[number]
