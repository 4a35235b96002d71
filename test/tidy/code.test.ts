import { describe, expect, test } from 'vitest'
import { importCycles, wrongImports } from './imports.ts'
import { badMarks, strayEffects, tooLong } from './shape.ts'
import { parseSource, readSources } from './source.ts'

describe('the code as it is', () => {
  const sources = readSources()

  test('[TD1] every import follows the table of who may import whom', () => {
    expect(wrongImports(sources)).toEqual([])
  })

  test('[TD2] no files import each other in a circle', () => {
    expect(importCycles(sources)).toEqual([])
  })

  test('[TD3] files and functions stay short', () => {
    expect(tooLong(sources)).toEqual([])
  })

  test('[TD4] time, chance, timers and the network come in at the edge only', () => {
    expect(strayEffects(sources)).toEqual([])
  })

  test('[TD5] nothing is left undone, switched off, or untyped', () => {
    expect(badMarks(sources)).toEqual([])
  })
})

// A check that cannot fail checks nothing: each is shown something bad.
describe('the checks themselves', () => {
  test('[TD1] an import against the direction of the table is found, one along it is not', () => {
    const bad = [
      parseSource('src/domain/a.ts', "import { b } from '../logic/b.ts'\nimport { z } from 'zod'"),
      parseSource('src/engine/c.ts', "export { d } from '../venues/bybit/d.ts'"),
      parseSource('src/venues/okx/e.ts', ''),
      parseSource('src/store/f.ts', "const g = await import('./testing/g.ts')"),
    ]
    expect(wrongImports(bad)).toEqual([
      'src/domain/a.ts: src/domain may not import ../logic/b.ts',
      'src/domain/a.ts: src/domain may not import zod',
      'src/engine/c.ts: src/engine may not import ../venues/bybit/d.ts',
      'src/venues/okx/e.ts: its folder has no row in MAY_IMPORT',
      'src/store/f.ts: src/store may not import ./testing/g.ts',
    ])
    const good = "import type { a } from '../domain/a.ts'\nimport { b } from './b.ts'"
    expect(wrongImports([parseSource('src/logic/c.ts', good)])).toEqual([])
  })

  test('[TD2] a circle is told once, file by file', () => {
    const circle = [
      parseSource('src/logic/a.ts', "import { b } from './b.ts'"),
      parseSource('src/logic/b.ts', "import type { c } from './c.ts'"),
      parseSource('src/logic/c.ts', "import { b } from './b.ts'"),
    ]
    expect(importCycles(circle)).toEqual(['src/logic/b.ts -> src/logic/c.ts -> src/logic/b.ts'])
  })

  test('[TD3] the 301st line of a file and the 71st of a function are too many', () => {
    const functionOf = (lines: number) => `const f = () => {\n${'f()\n'.repeat(lines - 2)}}\n`
    expect(tooLong([parseSource('a.ts', functionOf(70))])).toEqual([])
    expect(tooLong([parseSource('a.ts', functionOf(71))])).toEqual(['a.ts:1: a function of 71 lines'])
    // A group of tests may be as long as its file.
    expect(tooLong([parseSource('a.ts', `describe('a', () => {${'\nf()'.repeat(80)}})`)])).toEqual([])
    expect(tooLong([parseSource('a.ts', 'f()\n'.repeat(300))])).toEqual([])
    expect(tooLong([parseSource('a.ts', 'f()\n'.repeat(301))])).toEqual(['a.ts: 301 lines'])
  })

  test('[TD4] a clock in the logic is found, one in a comment or at the edge is not', () => {
    const text = [
      "import WebSocket from 'ws'",
      '// Date.now() would be wrong here',
      'const a = Date.now()',
      'const b = new Date()',
      'const c = new Date(0)',
      'setTimeout(a, 1)',
    ].join('\n')
    expect(strayEffects([parseSource('src/logic/a.ts', text)])).toEqual([
      'src/logic/a.ts: imports ws; go through a port',
      'src/logic/a.ts:3: reads the clock, chance, a timer or the network',
      'src/logic/a.ts:4: reads the clock, chance, a timer or the network',
      'src/logic/a.ts:6: reads the clock, chance, a timer or the network',
    ])
    expect(strayEffects([parseSource('src/ops/a.ts', text)])).toEqual([])
  })

  test('[TD5] each kind of mark is found', () => {
    const mark = ['TO', 'DO'].join('')
    const text = [
      `// ${mark}: later`,
      'let a: any',
      'export default a',
      "test.only('b', a)",
      "export * from './c.ts'",
    ]
    expect(badMarks([parseSource('src/a.ts', text.join('\n'))])).toEqual([
      `src/a.ts: ${mark}: later`,
      'src/a.ts:2: any',
      'src/a.ts:3: a default export',
      'src/a.ts:4: test.only',
      'src/a.ts:5: exports everything of another file',
    ])
    expect(badMarks([parseSource('src/index.ts', "export { a } from './a.ts'")])).toEqual([
      'src/index.ts: only passes on what others export',
    ])
  })
})
