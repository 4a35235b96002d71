/** `npm run bench -- <name> [options]`: each bench is a file of its own beside this one, loaded when it is asked for. */
const NAMES: readonly string[] = [
  'path',
  'fanout',
  'hedge',
  'push',
  'webhook',
  'history',
  'exchange-wire',
  'exchange-core',
  'sign',
]

interface Bench {
  main(argv: readonly string[]): Promise<void>
}

// A bench says what it measured and judges nothing: no figure makes it fail.
const [name = '', ...argv] = process.argv.slice(2)
if (NAMES.includes(name)) {
  const bench: Bench = await import(`./${name}.ts`)
  await bench.main(argv)
} else {
  console.error(`There is no bench "${name}". There are: ${NAMES.join(', ')}.`)
  process.exitCode = 1
}
