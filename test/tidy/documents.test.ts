import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { brokenLinks, missingScriptFiles, specProblems, unknownCommands } from './documents.ts'
import { filesUnder, parseSource, ROOT, readSources, readText } from './source.ts'

const exists = (path: string) => existsSync(join(ROOT, path))

describe('the documents as they are', () => {
  const documents = filesUnder('.', '.md').map(path => ({ path, text: readText(path) }))
  const manifest = z.object({ scripts: z.record(z.string(), z.string()) })
  const { scripts } = manifest.parse(JSON.parse(readText('package.json')))

  test('[TD6] every numbered behaviour has a test that names it, and every test names one that exists', () => {
    // The README there explains ids with ids of no meaning.
    const spec = documents.filter(({ path }) => /^docs\/spec\/(?!README)/.test(path))
    expect(specProblems(spec, readSources())).toEqual([])
  })

  test('[TD7] every relative link leads somewhere', () => {
    expect(brokenLinks(documents, exists)).toEqual([])
  })

  test('[TD8] every command that a document names can be run', () => {
    expect(unknownCommands(documents, scripts)).toEqual([])
    expect(missingScriptFiles(scripts, exists)).toEqual([])
  })
})

describe('the checks themselves', () => {
  test('[TD6] a double id, an untested one and an unknown one are found', () => {
    const spec = { path: 'docs/spec/a.md', text: '[ZA1] One.\n[ZA1] Once more.\n[ZA2] Two.\n[ZA3] no stop\n' }
    const source = parseSource(
      'src/a.test.ts',
      "test('[ZA1] one', () => {})\ntest.each([1])(`[ZA9] nine`, f)",
    )
    expect(specProblems([spec], [source])).toEqual([
      'docs/spec/a.md: not one sentence after its id: [ZA3] no stop',
      'docs/spec/a.md: ZA1 is used twice',
      'docs/spec/a.md: no test names ZA2',
      'src/a.test.ts: docs/spec has no ZA9',
    ])
  })

  test('[TD7] a link to a file that is not there is found, a link to the web is not looked at', () => {
    const text = '[a](../a.md) [b](./b.md#part) [c](https://example.com) [d](#here)'
    expect(brokenLinks([{ path: 'docs/x.md', text }], path => path === 'a.md')).toEqual([
      'docs/x.md: ./b.md#part is not there',
    ])
  })

  test('[TD8] a command without a script, and a script without its file, are found', () => {
    const readme = { path: 'README.md', text: '`npm test`, `npm run bench -- fanout` and `npm run magic`' }
    const scripts = { test: 'node scripts/test.mjs', bench: 'node scripts/run.mjs bench/main.ts' }
    expect(unknownCommands([readme], scripts)).toEqual(['README.md: package.json has no script magic'])
    expect(missingScriptFiles(scripts, path => path.startsWith('scripts/'))).toEqual([
      'package.json: bench runs bench/main.ts, which is not there',
    ])
  })
})
