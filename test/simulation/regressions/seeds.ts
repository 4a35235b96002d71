/** Seeds that once broke an invariant, with what was wrong. They run for ever, whatever they draw by now. */
export const ONCE_FAILED: readonly (readonly [seed: number, wrong: string])[] = [
  [5, 'a resting buy was added to what a flip to short had to sell'],
  [92, 'an increase that waited when its leader went flat was bought with the next one'],
  [155, 'an increase was called replaced while an exit was still on its way'],
  [12, 'an increase was called replaced because of an order that was later proven absent'],
  [72, 'trades were given up as lost within the time in which the venue may still file them'],
  [271, 'a list that was older than our last trade was taken as proof of a flat position'],
  [153, 'what an absent order left was desired for ever, and nobody stood behind it'],
  [18, 'the orders of the last minute were forgotten at a restart'],
  [4, 'an order that was in doubt at a restart was told to nobody'],
  [9, "a late increase looked young because the venue's time was not known when it was decided"],
  [5, 'a copy that its owner closed in several trades was opened again'],
  [2164, 'an increase waited for a price of something of which nothing was held or ordered any more'],
  [63, 'a reduction waited for an opening that rests as it should'],
  [1621, 'a stale list was taken as proof of a flat position right after a start'],
  [3786, 'the same, after an older trade had been fetched'],
  [85, 'decisions without a place were left undone when a restart forbade their symbol'],
  [103, 'an increase that waited was sent although a restart had forbidden its side'],
  [8, 'what a refused leverage left to close was closed seconds later'],
  [17, 'an increase waited for a price of something else, and was not sent when that came'],
  [1917, 'an oversized order kept what another had left, which was then bought with the next increase'],
  [6553, 'what a link carried when it was switched off was bought when it was on again'],
  [4594, 'an exit that was withdrawn took an opening of the same moment out of the rate per minute'],
  [838, 'what a late trade had closed was forgone down to the lot, and its rest rounded an increase up'],
  [5689, 'what an order had traded by report was forgone when it ended before its trades were counted'],
  [1159, 'a clock that had jumped made an increase valid for a minute longer'],
]

/** The same of hedged pairs. */
export const PAIRS_ONCE_FAILED: typeof ONCE_FAILED = [
  [1561, 'payments of an outage, dated back, hid a trade behind it from who read the trades'],
  [324, 'a hedge left while a trade was on its way of which the venue had told behind the end of its order'],
  [1099, 'a hedge was called missing that could have traded with a quote in doubt'],
  [2222, 'the late answer of a process that had died ended the resume of another one'],
]
