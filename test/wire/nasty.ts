import fc from 'fast-check'

/** None looks like an inside that shows (fuzz.test.ts): what was sent rightly comes back in an answer. */
const TEXTS = [
  '',
  ' ',
  '0',
  '-0',
  '-1',
  '1e999',
  'NaN',
  '9'.repeat(400),
  'a'.repeat(70_000),
  "' OR 1=1; DROP TABLE users; --",
  "'); SELECT zeroblob(8); --",
  '../../../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  '%00',
  '\u0000',
  'a\u0000b',
  '\u202etxt.exe',
  '💥',
  '\ud800',
  '{{constructor.constructor("return process")()}}',
  '#{7*7}',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'line\r\nset-cookie: a=b',
  '00000000-0000-0000-0000-000000000000',
]
const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  0.1,
  1e308,
  Number.MAX_SAFE_INTEGER + 2,
  [],
  {},
  [[[[]]]],
  { toString: 1 },
  { constructor: { prototype: { isOwner: true } } },
  JSON.parse('{"__proto__":{"role":"owner"}}'),
  Array.from({ length: 3_000 }, () => 'x'),
]

export const nastyText = fc.oneof(fc.constantFrom(...TEXTS), fc.string({ unit: 'binary', maxLength: 40 }))
export const nasty: fc.Arbitrary<unknown> = fc.oneof(
  nastyText,
  fc.constantFrom(...VALUES),
  fc.jsonValue({ maxDepth: 3 }),
)

/** What is right but for one thing: that is how far a request gets. */
export function almost(right: Readonly<Record<string, unknown>>): fc.Arbitrary<unknown> {
  const names = [...Object.keys(right), 'more', '__proto__', 'constructor']
  const wrong = fc.tuple(fc.constantFrom(...names), nasty).map(([name, value]) => {
    const json = JSON.stringify({ ...right, [name]: undefined })
    // Put in as text, so that `__proto__` is a key like any other.
    const pair = `${JSON.stringify(name)}:${JSON.stringify(value)}`
    return { json: `${json.slice(0, -1)}${json === '{}' ? '' : ','}${pair}}` }
  })
  const without = fc
    .constantFrom(...names)
    .map(name => ({ json: JSON.stringify({ ...right, [name]: undefined }) }))
  return fc.oneof({ weight: 6, arbitrary: wrong }, without).map(({ json }) => JSON.parse(json))
}

const deep = fc.integer({ min: 1, max: 3_000 }).map(depth => '['.repeat(depth) + ']'.repeat(depth))

/** A body as text, or none. */
export function bodies(right: Readonly<Record<string, unknown>>): fc.Arbitrary<string | undefined> {
  const asText = (value: unknown): string => JSON.stringify(value) ?? ''
  return fc.oneof(
    { weight: 6, arbitrary: almost(right).map(asText) },
    nasty.map(asText),
    deep,
    nastyText,
    fc.constant(undefined),
  )
}

/** As a client can put it into a path or a query; half of it is not even well encoded. */
export function inUrl(text: string): string {
  if (!text.isWellFormed()) return '%ED%A0%80'
  const isPlain = /^[\x21-\x7e]+$/.test(text) && !/[?#&]/.test(text)
  return (isPlain ? text : encodeURIComponent(text)).slice(0, 2_000)
}
