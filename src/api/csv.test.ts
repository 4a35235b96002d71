import { once } from 'node:events'
import { expect, test } from 'vitest'
import { csvLine, csvStream } from './csv.ts'

test('[HS58] commas, quotes and line ends stay inside their field, and nothing is run by a spreadsheet', () => {
  expect(csvLine(['a,b', 'say "hi"', 'two\nlines', null, true])).toBe(
    '"a,b","say ""hi""","two\nlines",,true\r\n',
  )
  expect(csvLine(['=1+1', '+x', '@x', '-x', '-0.5'])).toBe("'=1+1,'+x,'@x,'-x,-0.5\r\n")
})

test('[HS58] a reader that leaves ends the reading of the database', async () => {
  let reads = 0
  let isEnded = false
  async function* parts() {
    try {
      for (;;) {
        reads += 1
        yield [['x'.repeat(1_000)]]
      }
    } finally {
      isEnded = true
    }
  }
  const stream = csvStream(['a'], parts())
  await once(stream, 'readable')
  stream.read()
  stream.destroy()
  await once(stream, 'close')
  expect(isEnded).toBe(true)
  expect(reads).toBeLessThan(1_000)
})
